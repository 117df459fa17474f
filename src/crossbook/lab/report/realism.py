"""The table of stylised facts: what the run shows beside what real markets do."""

import math
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any, Final

from crossbook.lab.report import markup, numbers
from crossbook.lab.report.manifest import Fact
from crossbook.lab.report.markup import Cell, Markup, fill
from crossbook.realism import GROUPS

GOOD: Final = frozenset(
    {"pass", "passed", "accepted", "ok", "yes", "within", "realistic", "holds", "match", "real"}
)
BAD: Final = frozenset(
    {"fail", "failed", "rejected", "no", "outside", "unrealistic", "broken", "mismatch", "unreal"}
)
WARN: Final = frozenset(
    {"inconclusive", "unclear", "borderline", "weak", "warn", "warning", "marginal", "open"}
)

HEADERS: Final = (
    Cell("Fact"),
    Cell("Verdict"),
    Cell("Value", "number"),
    Cell("Interval", "number"),
    Cell("Accepted", "text"),
    Cell("Against the accepted range"),
    Cell("Source"),
)
_TITLES: Final[Mapping[str, str]] = {group: title[0].upper() + title[1:] for group, title in GROUPS.items()}
_WIDTH, _HEIGHT = 168.0, 22.0


def section(facts: Sequence[Fact] | None) -> Markup:
    """Return the section of the realism facts."""
    if not facts:
        return markup.section(
            "realism", "Realism", markup.empty("This run was not compared with real markets.")
        )
    # Facts of one group stand together, the groups in the order in which they first appear.
    groups = {fact.group: number for number, fact in reversed(list(enumerate(facts)))}
    ordered = sorted(facts, key=lambda fact: groups[fact.group])
    rows: list[Sequence[Cell] | Markup] = []
    for group, members in groupby(ordered, key=lambda fact: fact.group):
        if group:
            rows.append(markup.part(_TITLES.get(group, group), len(HEADERS)))
        rows += [_row(fact) for fact in members]
    return markup.section("realism", "Realism", markup.table("Realism", HEADERS, rows), note=summary(facts))


def summary(facts: Iterable[Fact]) -> Markup:
    """Return how many facts have which verdict, each as a tag."""
    counts: dict[str, int] = {}
    for fact in facts:
        counts[fact.verdict] = counts.get(fact.verdict, 0) + 1
    return markup.join(
        fill("$tag ", tag=markup.tag(f"{count} {verdict or 'without a verdict'}", tone(verdict)))
        for verdict, count in counts.items()
    )


def tone(verdict: str) -> str:
    """Return the tone of a verdict by its first word; an unknown one is plain."""
    word = verdict.lower().replace("_", " ").partition(" ")[0]
    tones = (("good", GOOD), ("bad", BAD), ("warn", WARN))
    return next((tone for tone, words in tones if word in words), "")


def accepted_text(accepted: Any) -> str:
    """Return an accepted range as text."""
    ends = accepted_range(accepted)
    if ends is None:
        return str(accepted) if accepted not in (None, "") else numbers.ABSENT
    low, high = ends
    if low is None:
        return f"at most {numbers.shortest(high)}"
    if high is None:
        return f"at least {numbers.shortest(low)}"
    return f"{numbers.shortest(low)} to {numbers.shortest(high)}"


def accepted_range(accepted: Any) -> tuple[float | None, float | None] | None:
    """Return the two ends of an accepted range, of which one may be open; nothing where it is not a range."""
    if not isinstance(accepted, list) or len(accepted) != 2:
        return None
    if not all(end is None or (isinstance(end, int | float) and math.isfinite(end)) for end in accepted):
        return None
    low, high = accepted
    return None if low is None and high is None else (low, high)


def interval_text(fact: Fact) -> str:
    """Return the interval of a fact's value."""
    if fact.low is None or fact.high is None:
        return numbers.ABSENT
    return f"{numbers.significant(fact.low, 3)} to {numbers.significant(fact.high, 3)}"


def _row(fact: Fact) -> list[Cell]:
    title = fact.name or fact.key
    note = fill("<small>$note</small>", note=fact.note) if fact.note else Markup()
    formula = (
        fill(
            '<details><summary>Formula</summary><code class="formula">$formula</code></details>',
            formula=fact.formula,
        )
        if fact.formula
        else Markup()
    )
    return [
        Cell(
            fill(
                '<span title="$formula_text">$title</span>$note$formula',
                title=title,
                formula_text=fact.formula,
                note=note,
                formula=formula,
            ),
            header=True,
        ),
        Cell(markup.tag(fact.verdict or "none", tone(fact.verdict))),
        markup.number(numbers.significant(fact.value, 3)),
        markup.number(interval_text(fact)),
        Cell(accepted_text(fact.accepted), "text"),
        Cell(_scale(fact), "strip"),
        Cell(fact.source or numbers.ABSENT, "text"),
    ]


def _scale(fact: Fact) -> Markup:
    """Draw the value and its interval over the accepted range, which is a shaded box."""
    told = isinstance(fact.accepted, str)
    ends = accepted_range([fact.accepted_low, fact.accepted_high] if told else fact.accepted)
    if ends is None or fact.value is None or not math.isfinite(fact.value):
        return Markup()
    low, high = ends
    points = [
        end for end in (low, high, fact.value, fact.low, fact.high) if end is not None and math.isfinite(end)
    ]
    least, most = min(points), max(points)
    margin = (most - least) * 0.12 or abs(most) * 0.1 or 1.0
    least, most = least - margin, most + margin

    def place(value: float | None, otherwise: float) -> str:
        return (
            f"{2 + (_WIDTH - 4) * (value - least) / (most - least):.1f}"
            if value is not None
            else f"{otherwise:.1f}"
        )

    left, right = place(low, 0), place(high, _WIDTH)
    return fill(
        '<svg class="scale" viewBox="0 0 168 22" role="img" aria-label="$label">'
        '<line class="axis" x1="0" x2="168" y1="11" y2="11"/>'
        '<rect class="accepted" x="$left" width="$width" y="4" height="14" rx="2"/>'
        '<line class="interval" x1="$from_" x2="$to" y1="11" y2="11"/><circle class="value" cx="$value" cy="11" r="3.5"/>'
        "</svg>",
        label=f"{numbers.significant(fact.value)}, accepted {accepted_text(fact.accepted)}",
        left=left,
        width=f"{float(right) - float(left):.1f}",
        from_=place(fact.low, float(place(fact.value, 0))),
        to=place(fact.high, float(place(fact.value, 0))),
        value=place(fact.value, 0),
    )
