"""A page as a browser would see it, as far as the tests ask."""

import json
from html.parser import HTMLParser
from typing import Any


class Page(HTMLParser):
    """What a browser would make of a page, as far as the tests ask."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.loads: list[str] = []
        self.ids: list[str] = []
        self.scripts: list[str] = []
        self.policy = ""
        self.text = ""
        self._inside = ""
        self._data = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = dict(attrs)
        self.loads += [
            value or "" for name, value in attrs if name in {"src", "href", "srcset", "action", "data"}
        ]
        assert not any(name.startswith("on") for name in known), f"{tag} has a handler"
        if "id" in known:
            self.ids.append(known["id"] or "")
        if known.get("http-equiv") == "Content-Security-Policy":
            self.policy = known["content"] or ""
        self._inside = tag
        if tag == "script":
            self._data = known.get("type") or "script"
            self.scripts.append("")

    def handle_endtag(self, tag: str) -> None:
        if tag == self._inside:
            self._inside = ""

    def handle_data(self, data: str) -> None:
        if self._inside == "script":
            self.scripts[-1] += data
        elif self._inside != "style":
            self.text += data

    @property
    def charts(self) -> dict[str, Any]:
        plain: dict[str, Any] = json.loads(self.scripts[0])
        return plain
