"""HTML put together so that no text of a run can become markup.

Everything that is filled in is escaped, unless it is `Markup`, which only this module and the assets make.
"""

import base64
import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from importlib.resources import files
from string import Template

from crossbook.lab.report import numbers


class Markup(str):
    """Text that is HTML already."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table with a class of the style sheet."""

    content: str
    style: str = ""
    header: bool = False


def fill(pattern: str, **values: object) -> Markup:
    """Fill the `$names` of a pattern in; what is no markup is escaped."""
    safe = {
        name: value if isinstance(value, Markup) else escape(str(value), quote=True)
        for name, value in values.items()
    }
    return Markup(Template(pattern).substitute(safe))


def asset(name: str) -> Markup:
    """Return a file of the page as it is."""
    return Markup(files("crossbook.lab.report").joinpath("assets", name).read_text(encoding="utf-8"))


def join(parts: Iterable[Markup]) -> Markup:
    """Put markup together."""
    return Markup("".join(parts))


def section(key: str, title: str, *content: Markup, note: str | Markup = "") -> Markup:
    """Return a section that the page's navigation can point at."""
    return fill(
        '<section id="$key" aria-labelledby="$key-title"><div class="heading"><h2 id="$key-title">$title</h2>'
        "$note</div>$content</section>",
        key=key,
        title=title,
        note=fill("<p>$note</p>", note=note) if note else Markup(),
        content=join(content),
    )


def empty(text: str) -> Markup:
    """Return what stands where there is nothing to show."""
    return fill('<p class="empty">$text</p>', text=text)


def tag(text: str, tone: str = "") -> Markup:
    """Return a short word in a colour: good, bad, warn, or plain."""
    return fill('<span class="tag $tone">$text</span>', text=text, tone=tone)


def name(text: str, small: str = "") -> Cell:
    """Return the cell that names a row."""
    below = fill("<small>$small</small>", small=small) if small else Markup()
    return Cell(fill("$text$below", text=text, below=below), header=True)


def number(text: str) -> Cell:
    """Return a cell whose digits stand under those of the row above."""
    return Cell(text, "number")


def share(value: float | None) -> Cell:
    """Return a fraction as a bar and a percentage."""
    if value is None:
        return number(numbers.ABSENT)
    bar = fill(
        '<span class="share"><i style="width:${width}%"></i></span>',
        width=f"{min(max(value, 0), 1):.1%}"[:-1],
    )
    return Cell(
        fill("$bar$text", bar=bar, text=fill("<span>$text</span>", text=numbers.percent(value))), "number"
    )


def table(
    label: str, headers: Sequence[Cell], rows: Iterable[Sequence[Cell] | Markup], *, even: bool = False
) -> Markup:
    """Return a table that scrolls sideways where it is wider than the page.

    Args:
        label: What the table is called to those who do not see it.
        headers: The heads of the columns.
        rows: The cells of each row, or a row that is markup already.
        even: Make all columns equally wide, so that tables below each other line up.
    """
    head = join(
        fill('<th scope="col" class="$style">$text</th>', style=one.style, text=one.content)
        for one in headers
    )
    body = join(
        row if isinstance(row, Markup) else fill("<tr>$cells</tr>", cells=join(_cell(one) for one in row))
        for row in rows
    )
    return fill(
        '<div class="scroll" tabindex="0" role="region" aria-label="$label">'
        '<table class="$style" style="--columns:$columns"><thead><tr>$head</tr></thead><tbody>$body</tbody></table></div>',
        label=label,
        style="even" if even else "",
        columns=len(headers),
        head=head,
        body=body,
    )


def part(title: str, columns: int) -> Markup:
    """Return the row that heads a part of a table."""
    return fill(
        '<tr class="part"><th colspan="$columns" scope="colgroup">$title</th></tr>',
        columns=columns,
        title=title,
    )


def definitions(style: str, pairs: Iterable[tuple[str, str]], wide: Iterable[str] = ()) -> Markup:
    """Return names with their values; the wide ones take two columns."""
    spread = set(wide)
    return fill(
        '<dl class="$style">$rows</dl>',
        style=style,
        rows=join(
            fill(
                '<div class="$wide"><dt>$term</dt><dd>$value</dd></div>',
                wide="wide" if term in spread else "",
                term=term,
                value=value,
            )
            for term, value in pairs
        ),
    )


def page(title: str, folder: str, sections: Sequence[tuple[str, str]], body: Markup, data: object) -> str:
    """Return a whole page that loads nothing and runs no script but ours.

    Args:
        title: What the browser's tab says.
        folder: Where the page was made from.
        sections: Key and name of what the navigation points at.
        body: The page's content.
        data: What the charts are drawn from.
    """
    scripts = [asset(name) for name in ("uPlot.iife.min.js", "marks.js", "charts.js", "page.js")]
    allowed = " ".join(f"'sha256-{_digest(script)}'" for script in scripts)
    return fill(
        asset("page.html"),
        policy=Markup(f"default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src {allowed}"),
        title=title,
        folder=folder,
        style=_style(),
        navigation=join(fill('<a href="#$key">$text</a>', key=key, text=text) for key, text in sections),
        body=body,
        data=embedded(data),
        licence=asset("uPlot.LICENSE.txt"),
        scripts=join(Markup(f"<script>{script}</script>\n") for script in scripts),
    )


def embedded(data: object) -> Markup:
    """Return data as JSON that cannot end the script element that it stands in."""
    text = json.dumps(data, allow_nan=False, separators=(",", ":"))
    return Markup(text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))


def _cell(cell: Cell) -> Markup:
    pattern = (
        '<th scope="row" class="$style">$content</th>' if cell.header else '<td class="$style">$content</td>'
    )
    return fill(pattern, style=cell.style, content=cell.content)


def _style() -> Markup:
    """Return the style sheet: dark where the reader chose it, or the system asks for it and the reader did not."""
    dark = asset("dark.css")
    return Markup(
        f"{asset('uPlot.min.css')}\n{asset('page.css')}\n"
        f"@media screen and (prefers-color-scheme: dark) {{ :root:not([data-theme]) {{\n{dark}}} }}\n"
        f'@media screen {{ :root[data-theme="dark"] {{\n{dark}}} }}\n'
    )


def _digest(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
