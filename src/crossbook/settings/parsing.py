"""From text to a tree of nodes.

The text is YAML with the plain values of YAML 1.2, of which JSON is a part: only `true` and `false` are truth values,
so a symbol `NO` is text, and a date is text too. PyYAML finds the events in it and is not asked to make objects of
them: nothing that a tag names is ever made. The pure scanner is used even where a faster one is installed, so that
every machine words a mistake alike.

Refuses tags, keys that stand twice, keys that are no text, merge keys, more than one document, numbers that are not
finite or very long, and everything beyond the limits of a tree, as soon as the limit is passed.
"""

import re
from dataclasses import dataclass, field
from typing import Final, NoReturn

import yaml

from crossbook.settings.tree import (
    MAX_DEPTH,
    MAX_NODES,
    Key,
    Node,
    Place,
    Scalar,
    branch,
    moved,
    refuse,
)
from crossbook.settings.wording import quoted, shortened

MAX_NUMBER_CHARACTERS: Final = 80
"""Enough for any 256-bit number."""

NULLS: Final = frozenset({"", "~", "null", "Null", "NULL"})
TRUTHS: Final = {
    "true": True,
    "True": True,
    "TRUE": True,
    "false": False,
    "False": False,
    "FALSE": False,
}
# Source: YAML 1.2.2, section 10.3.2, the core schema.
WHOLE: Final = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
NUMBER: Final = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
NOT_FINITE: Final = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")


def parse(text: str, source: str, *, one_value: bool = False) -> Node | None:
    """Read a text into a node; `None` where there is nothing in it.

    Args:
        text: The whole text.
        source: The file as it is shown in messages.
        one_value: The text is the value of an override: a scalar, or a map or list in brackets, without lines.

    Raises:
        ConfigError: Where the text is no single document of values that we read.
    """
    builder = _Builder(source, one_value=one_value)
    try:
        loader = yaml.SafeLoader(text)
        while loader.check_event():
            builder.take(loader.get_event())  # type: ignore[no-untyped-call]
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        problem = error.problem or error.context or "no reason given"
        if "'\\t'" in problem:
            problem = "a tab stands where only spaces may"
        refuse(builder.place_of_line(mark.line + 1 if mark else 0), (), f"malformed YAML: {problem}")
    except yaml.reader.ReaderError as error:
        place = builder.place_of_line(text.count("\n", 0, error.position) + 1)
        refuse(place, (), f"the character U+{ord(text[error.position]):04X} may not stand in a text file")
    except (ValueError, ArithmeticError, LookupError):
        # The scanner turns escapes and version numbers into numbers and characters without looking whether it can.
        problem = "malformed YAML: an escape or a version number that cannot be"
        refuse(builder.place_of_line(builder.line), (), problem)
    return builder.root


@dataclass(slots=True)
class _Open:
    """A map or list whose end has not come yet."""

    place: Place
    value: list[Node] | dict[str, Node]
    anchor: str | None
    key: str | None = None
    key_place: Place | None = None


@dataclass(slots=True)
class _Builder:
    """Takes events one by one, and holds what is open instead of calling itself."""

    source: str
    one_value: bool = False
    root: Node | None = None
    line: int = 1
    _documents: int = 0
    _count: int = 0
    _open: list[_Open] = field(default_factory=list)
    _anchors: dict[str, Node] = field(default_factory=dict)

    def take(self, event: yaml.Event) -> None:
        """Take the next event."""
        if event.start_mark is not None:
            self.line = event.start_mark.line + 1
        match event:
            case yaml.DocumentStartEvent():
                self._documents += 1
                if self._documents > 1:
                    self.refuse("a second document begins; one file is one document")
            case yaml.AliasEvent():
                self._alias(str(event.anchor))
            case yaml.ScalarEvent():
                self._scalar(event)
            case yaml.CollectionStartEvent():
                self._begin(event)
            case yaml.CollectionEndEvent():
                closed = self._open.pop()
                self._put(branch(closed.place, closed.value), closed.anchor, weight=1)
            case _:
                pass

    def place_of_line(self, line: int) -> Place:
        """Name a line of the source, if it has lines."""
        return Place(self.source, 0 if self.one_value else line)

    def refuse(self, problem: str) -> NoReturn:
        """Raise the error at the line that was reached and with the path that is open.

        Raises:
            ConfigError: Always.
        """
        refuse(self.place_of_line(self.line), self._path(), problem)

    def _path(self) -> list[Key]:
        """Write down the keys that lead to the value that comes next."""
        return [
            key
            for frame in self._open
            if (key := len(frame.value) if isinstance(frame.value, list) else frame.key) is not None
        ]

    def _wants_key(self) -> bool:
        return bool(self._open) and isinstance(self._open[-1].value, dict) and self._open[-1].key is None

    def _place(self) -> Place:
        """Say where the next value stands: at its key if it has one."""
        key_place = self._open[-1].key_place if self._open else None
        return key_place or self.place_of_line(self.line)

    def _begin(self, event: yaml.CollectionStartEvent) -> None:
        self._refuse_tag(event.tag)
        if self._wants_key():
            self.refuse("a key must be text, not a map or a list")
        if self.one_value and not event.flow_style:
            self.refuse("a map or a list must stand in brackets here, and text with a colon in quotes")
        if len(self._open) >= MAX_DEPTH:
            self.refuse(f"more than {MAX_DEPTH} maps and lists inside one another")
        empty: list[Node] | dict[str, Node] = {} if isinstance(event, yaml.MappingStartEvent) else []
        self._open.append(_Open(self._place(), empty, event.anchor))

    def _scalar(self, event: yaml.ScalarEvent) -> None:
        self._refuse_tag(event.tag)
        text = self._joined(event.value)
        if self._wants_key():
            self._take_key(text, is_plain=event.style is None)
        else:
            value = self._value(text) if event.style is None else text
            self._put(Node(self._place(), value), event.anchor, weight=1)

    def _refuse_tag(self, tag: str | None) -> None:
        if tag is not None:
            self.refuse(f"the tag {quoted(tag.replace('tag:yaml.org,2002:', '!!'))} is not read")

    def _take_key(self, key: str, *, is_plain: bool) -> None:
        frame = self._open[-1]
        if is_plain and key == "":
            self.refuse("a key is missing before the colon")
        if is_plain and key == "<<":
            self.refuse('the merge key "<<" is not read; name a template instead')
        if isinstance(frame.value, dict) and key in frame.value:
            earlier = frame.value[key].place
            where = f" in line {earlier.line}" if earlier.line else ""
            self.refuse(f"the key {quoted(key)} stands twice, first{where or ' before'}")
        frame.key, frame.key_place = key, self.place_of_line(self.line)

    def _alias(self, name: str) -> None:
        if self._wants_key():
            self.refuse("a key must be text, not an alias")
        if any(frame.anchor == name for frame in self._open):
            self.refuse(f"the alias {quoted(name)} stands inside what it names")
        if name not in self._anchors:
            self.refuse(f"the alias {quoted(name)} names nothing before it")
        node = self._anchors[name]
        self._put(moved(node, self._place()), None, weight=node.size)

    def _put(self, node: Node, anchor: str | None, *, weight: int) -> None:
        """Put a finished value where it belongs; the weight is what it adds to the nodes written out."""
        self._count += weight
        if anchor is not None:
            self._anchors[anchor] = node
        if not self._open:
            self.root = node
            return
        frame = self._open[-1]
        if isinstance(frame.value, list):
            frame.value.append(node)
        elif frame.key is not None:
            frame.value[frame.key] = node
            frame.key = frame.key_place = None
        if self._count > MAX_NODES:
            self.refuse(f"more than {MAX_NODES:,} values when written out")

    def _joined(self, text: str) -> str:
        """Join the halves of characters that JSON writes as two escapes."""
        if not any("\ud800" <= character <= "\udfff" for character in text):
            return text
        try:
            return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le")
        except UnicodeDecodeError:
            self.refuse("a text holds half a character")

    def _value(self, text: str) -> Scalar:
        """Say what a plain scalar is."""
        if text in NULLS:
            return None
        if text in TRUTHS:
            return TRUTHS[text]
        if NOT_FINITE.fullmatch(text):
            self.refuse(f"must be a finite number, not {text}")
        is_whole = WHOLE.fullmatch(text) is not None
        if not is_whole and NUMBER.fullmatch(text) is None:
            return text
        if len(text) > MAX_NUMBER_CHARACTERS:
            self.refuse(f"the number {shortened(text)} has more than {MAX_NUMBER_CHARACTERS} characters")
        if is_whole:
            return int(text, {"0o": 8, "0x": 16}.get(text[:2], 10))
        number = float(text)
        if number in (float("inf"), float("-inf")):
            self.refuse(f"must be a finite number, and {shortened(text)} is too large for one")
        return number
