"""From the errors of pydantic to the one line that the operator reads.

The first mistake in the order of the files is told, and how many more there are. Keys that are missing come last: most
often the key is there and misspelt. Of the members of a union only those are heard that fit best; what they want is
put together where none of them got further than the value itself.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel, ValidationError

from crossbook.core import ConfigError
from crossbook.settings.files import shown_path
from crossbook.settings.shape import Shape, Spot
from crossbook.settings.tree import Key, Node, Place, complaint
from crossbook.settings.wording import alternatives, bare, choices, shown, suggestion

KINDS: Final = {
    "a whole number": ("int_type", "int_parsing", "int_from_float", "int_parsing_size"),
    "a number": ("float_type", "float_parsing", "decimal_type", "decimal_parsing"),
    "text": ("string_type", "string_sub_type"),
    "true or false": ("bool_type", "bool_parsing"),
    "a list": ("list_type", "tuple_type", "set_type", "frozen_set_type", "iterable_type"),
    "a map": (
        "dict_type",
        "mapping_type",
        "model_type",
        "model_attributes_type",
        "dataclass_type",
        "dataclass_exact_type",
    ),
    "null": ("none_required",),
    "a date": ("date_type", "date_parsing", "date_from_datetime_parsing"),
    "a time of day": ("time_type", "time_parsing"),
    "a date and time": ("datetime_type", "datetime_parsing", "datetime_from_date_parsing"),
    "a length of time": ("time_delta_type", "time_delta_parsing"),
}
KIND_OF: Final = {error: kind for kind, errors in KINDS.items() for error in errors}
BOUNDS: Final = {
    "greater_than": ("greater than", "gt"),
    "greater_than_equal": ("at least", "ge"),
    "less_than": ("less than", "lt"),
    "less_than_equal": ("at most", "le"),
    "multiple_of": ("a multiple of", "multiple_of"),
    "string_pattern_mismatch": ("text of the pattern", "pattern"),
}
QUOTES: Final = "; put it in quotes"
LENGTHS: Final = {
    "too_short": ("at least", "min_length", "entries"),
    "too_long": ("at most", "max_length", "entries"),
    "string_too_short": ("at least", "min_length", "characters"),
    "string_too_long": ("at most", "max_length", "characters"),
}


@dataclass(slots=True)
class Mistake:
    """One thing that is wrong."""

    place: Place
    path: list[Key]
    problem: str
    """All of it, or what follows what was wanted."""
    wanted: str | None = None
    """What the value must be, where that is what is wrong."""
    rank: int = 1
    """How well the value fits otherwise: 0 where it is another kind of value, else 1."""
    cost: int = 1
    """How far from right the map around it is, when members of a union are compared."""
    is_missing: bool = False
    location: tuple[Key, ...] = ()
    unions: list[tuple[int, str]] = field(default_factory=list)

    @property
    def words(self) -> str:
        """What is wrong, in words."""
        return self.problem if self.wanted is None else f"must be {self.wanted}{self.problem}"


def explained(
    error: ValidationError, model: type[BaseModel], root: Node, sources: Sequence[Path]
) -> ConfigError:
    """Put what pydantic found into one line.

    Args:
        error: What pydantic found.
        model: The model that it was asked about.
        root: What it was given, with places.
        sources: The files in the order in which their mistakes count. Overrides count before all files.
    """
    shape = Shape(model)
    found = [_mistake(row, shape, root) for row in error.errors(include_url=False)]
    order = {shown_path(path): number for number, path in enumerate(sources)}
    mistakes = sorted(
        _best(found),
        key=lambda mistake: (mistake.is_missing, order.get(mistake.place.source, -1), mistake.place.line),
    )
    lines = list(dict.fromkeys(complaint(one.place, one.path, one.words) for one in mistakes))
    more = len(lines) - 1
    return ConfigError(lines[0] if more == 0 else f"{lines[0]} (and {more} more mistake{'s' * (more > 1)})")


def _mistake(row: Any, shape: Shape, root: Node) -> Mistake:
    spot = shape.follow(row["loc"], root)
    mistake = _described(row["type"], row, spot, shape)
    mistake.location, mistake.unions = row["loc"], spot.unions
    if spot.in_key:
        mistake.problem = f"the key {mistake.words}"
        mistake.wanted = None
    return mistake


def _described(kind: str, row: Any, spot: Spot, shape: Shape) -> Mistake:
    """Say in our words what is wrong."""
    place, path = spot.node.place, spot.path
    if kind in ("extra_forbidden", "unexpected_keyword_argument"):
        near = suggestion(str(row["loc"][-1]), shape.keys(spot.around))
        # A key that nothing is like speaks against the member; one that is misspelt hardly does.
        return Mistake(place, path, f"unknown key{near}", cost=1 if near else 3)
    if kind in ("missing", "missing_argument", "missing_keyword_only_argument"):
        return Mistake(place, path, "missing, and it must be there", is_missing=True)
    if kind in ("union_tag_invalid", "union_tag_not_found"):
        return _wrong_tag(kind, spot, shape, row["input"])
    problem, wanted, rank = _of_value(kind, row, shape.options(spot.schema))
    return Mistake(place, path, problem, wanted, rank)


def _of_value(kind: str, row: Any, options: Sequence[object]) -> tuple[str, str | None, int]:
    """Say what is wrong with a value: the problem, what was wanted, and the rank."""
    value, context = row["input"], row.get("ctx", {})
    problem, wanted, rank = f", not {bare(value)}", None, 1
    if kind in KIND_OF:
        problem, wanted, rank = f", not {shown(value)}{_advice(kind, value)}", KIND_OF[kind], 0
    elif kind in ("literal_error", "enum"):
        near = suggestion(value, map(str, options)) if isinstance(value, str) else ""
        problem, rank = f", not {shown(value)}{near}", 0
        wanted = choices(options) if options else str(context["expected"])
    elif kind in BOUNDS:
        words, name = BOUNDS[kind]
        wanted = f"{words} {context[name]}"
    elif kind in LENGTHS:
        words, name, unit = LENGTHS[kind]
        has = len(value) if isinstance(value, (str, list, dict)) else context.get("actual_length")
        problem = f"must have {words} {context[name]} {unit}, and has {has}"
    elif kind in ("value_error", "assertion_error"):
        problem = str(context["error"])
    elif row["msg"].startswith("Input should be "):
        wanted = row["msg"].removeprefix("Input should be ")
    else:
        problem = row["msg"][:1].lower() + row["msg"][1:]
    return problem, wanted, rank


def _wrong_tag(kind: str, spot: Spot, shape: Shape, value: object) -> Mistake:
    """Say which members there are to a union of which the file names another one, or none."""
    key = shape.tag_key(spot.schema)
    options = shape.options(spot.schema)
    path = spot.path if key is None else [*spot.path, key]
    tag = value.get(key) if isinstance(value, dict) and key is not None else None
    node = spot.node.value.get(key) if isinstance(spot.node.value, dict) and key is not None else None
    place = spot.node.place if node is None else node.place
    if key is None:
        # A function tells the members apart, and by what is its own affair.
        return Mistake(place, path, f"does not show which of {choices(options)} it is")
    if kind == "union_tag_not_found" and tag is None:
        return Mistake(place, path, f"missing; must be {choices(options)}", is_missing=True)
    near = suggestion(tag, map(str, options)) if isinstance(tag, str) else ""
    return Mistake(place, path, f", not {shown(tag)}{near}", choices(options))


def _advice(kind: str, value: object) -> str:
    """Say what helps where YAML took something for another thing than text."""
    is_scalar = isinstance(value, (bool, int, float))
    return QUOTES if is_scalar and KIND_OF[kind] == "text" else ""


def _best(mistakes: list[Mistake]) -> list[Mistake]:
    """Keep of each union the members that fit best."""
    unions = {mistake.location[:depth] for mistake in mistakes for depth, _ in mistake.unions}
    for union in sorted(unions, key=len):
        inside = [mistake for mistake in mistakes if any(depth == len(union) for depth, _ in mistake.unions)]
        inside = [mistake for mistake in inside if mistake.location[: len(union)] == union]
        if not inside:
            continue
        members: dict[Key, list[Mistake]] = {}
        for mistake in inside:
            members.setdefault(mistake.location[len(union)], []).append(mistake)
        kept = _kept(list(members.values()), len(union))
        first = mistakes.index(inside[0])
        dropped = {id(mistake) for mistake in inside}
        others = [mistake for mistake in mistakes[first:] if id(mistake) not in dropped]
        mistakes = [*mistakes[:first], *kept, *others]
    return mistakes


def _kept(members: list[list[Mistake]], depth: int) -> list[Mistake]:
    """Keep of the members of one union, which stands at this depth, those that fit best."""
    inside = [member for member in members if any(len(mistake.location) > depth + 1 for mistake in member)]
    if inside:
        return min(inside, key=lambda member: sum(mistake.cost for mistake in member))
    best = max(member[0].rank for member in members)
    heard = [member[0] for member in members if member[0].rank == best]
    if any(mistake.wanted is None for mistake in heard):
        return heard[:1]
    first = heard[0]
    problem = first.problem if len(heard) == 1 else first.problem.removesuffix(QUOTES)
    return [Mistake(first.place, first.path, problem, alternatives(_different(heard)), first.rank)]


def _different(mistakes: Iterable[Mistake]) -> list[str]:
    return list(dict.fromkeys(mistake.wanted for mistake in mistakes if mistake.wanted is not None))
