"""How many lots an order has: distributions that a run file names.

A size is a map with the key `kind`: `fixed`, `uniform`, `lognormal`, `normal`, `pareto` or `mixture`.

Units: lots. Draws are rounded to the nearest whole lot, halves up, and are at least one and at most
`LOTS_MAX`. Assumes a stream that nobody else draws from; refuses keys that a kind does not have.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from crossbook.agents.parameters import real, whole
from crossbook.core.simulation import Random

LOTS_MAX: Final = (1 << 40) - 1
"""No draw is larger: far below the core's own limit."""

DEPTH_MAX: Final = 16
"""Most mixtures inside one another."""


class Size(Protocol):
    """A distribution of order sizes."""

    def draw(self, rng: Random) -> int:
        """Return a number of lots."""
        ...


def _lots(drawn: float) -> int:
    return math.floor(min(max(drawn + 0.5, 1.0), float(LOTS_MAX)))


@dataclass(frozen=True, slots=True)
class Fixed:
    """Always the same. Draws nothing from the stream."""

    lots: int = 1

    def __post_init__(self) -> None:
        """Check the range."""
        whole("lots", self.lots, 1, LOTS_MAX)

    def draw(self, rng: Random) -> int:
        """Return the number of lots."""
        return self.lots


@dataclass(frozen=True, slots=True)
class Uniform:
    """Uniform, both ends included."""

    low: int
    high: int

    def __post_init__(self) -> None:
        """Check the range."""
        whole("low", self.low, 1, LOTS_MAX)
        whole("high", self.high, self.low, LOTS_MAX)

    def draw(self, rng: Random) -> int:
        """Return a number of lots."""
        return rng.integer(self.low, self.high)


@dataclass(frozen=True, slots=True)
class Lognormal:
    """The exponential of a normal draw with this mean and deviation."""

    mean: float
    deviation: float

    def __post_init__(self) -> None:
        """Check the range."""
        real("mean", self.mean, -math.inf)
        real("deviation", self.deviation)

    def draw(self, rng: Random) -> int:
        """Return a number of lots."""
        return _lots(rng.lognormal(self.mean, self.deviation))


@dataclass(frozen=True, slots=True)
class Normal:
    """Normal, cut at one."""

    mean: float
    deviation: float

    def __post_init__(self) -> None:
        """Check the range."""
        real("mean", self.mean, -math.inf)
        real("deviation", self.deviation)

    def draw(self, rng: Random) -> int:
        """Return a number of lots."""
        return _lots(rng.normal(self.mean, self.deviation))


@dataclass(frozen=True, slots=True)
class Pareto:
    """Pareto with the smallest size, the tail exponent and the largest size."""

    least: float
    exponent: float
    most: float

    def __post_init__(self) -> None:
        """Check the range."""
        real("least", self.least, 1.0)
        if real("exponent", self.exponent) == 0.0:
            raise ValueError("exponent must be above zero")
        real("most", self.most, self.least)

    def draw(self, rng: Random) -> int:
        """Return a number of lots."""
        return _lots(min(rng.pareto(self.least, self.exponent), float(self.most)))


@dataclass(frozen=True, slots=True)
class Mixture:
    """One of several, by weight: pairs of a weight and a size."""

    parts: tuple[tuple[float, Size], ...]

    def __post_init__(self) -> None:
        """Check the range."""
        if not self.parts:
            raise ValueError("a mixture needs parts")
        for weight, _ in self.parts:
            real("weight", weight)

    def draw(self, rng: Random) -> int:
        """Return a number of lots."""
        total = 0.0
        for weight, _ in self.parts:  # Not `sum`, which is more exact than one addition after another.
            total += weight
        chosen = rng.uniform() * total
        for weight, size in self.parts:
            chosen -= weight
            if chosen < 0.0:
                return size.draw(rng)
        return 1


_KINDS: Final[Mapping[str, tuple[Callable[..., Size], frozenset[str]]]] = {
    "fixed": (Fixed, frozenset({"lots"})),
    "uniform": (Uniform, frozenset({"low", "high"})),
    "lognormal": (Lognormal, frozenset({"mean", "deviation"})),
    "normal": (Normal, frozenset({"mean", "deviation"})),
    "pareto": (Pareto, frozenset({"least", "exponent", "most"})),
}


def _exactly(what: str, given: Mapping[str, Any], keys: frozenset[str]) -> None:
    missing, unknown = sorted(keys - given.keys()), sorted(map(str, given.keys() - keys))
    if missing or unknown:
        wrong = [f"lacks {', '.join(missing)}"] * bool(missing)
        wrong += [f"has no {', '.join(unknown)}"] * bool(unknown)
        raise ValueError(f"{what} {' and '.join(wrong)}")


def size_of(given: Mapping[str, Any] | None) -> Size:
    """Return the size that a map of a run file names; one lot where there is none.

    Raises:
        TypeError: It is no map, or a value in it is of the wrong type.
        ValueError: There is no such kind, or a key or a value is none that the kind has.
    """
    return Fixed() if given is None else _size_of(given, 0)


def _size_of(given: object, depth: int) -> Size:
    if not isinstance(given, Mapping):
        raise TypeError(f"size must be a map with a kind, not {given!r}")
    if depth > DEPTH_MAX:
        raise ValueError(f"at most {DEPTH_MAX} mixtures fit inside one another")
    kind = given.get("kind")
    rest = {key: value for key, value in given.items() if key != "kind"}
    if kind == "mixture":
        _exactly("a mixture", rest, frozenset({"parts"}))
        return Mixture(_parts_of(rest["parts"], depth))
    if not isinstance(kind, str) or kind not in _KINDS:
        raise ValueError(
            f"there is no kind of size {kind!r}; the kinds are {', '.join([*_KINDS, 'mixture'])}"
        )
    made, keys = _KINDS[kind]
    _exactly(f"a {kind} size", rest, keys)
    return made(**rest)


def _parts_of(given: object, depth: int) -> tuple[tuple[float, Size], ...]:
    if isinstance(given, str) or not isinstance(given, Sequence):
        raise TypeError(f"parts must be a list, not {given!r}")
    parts = []
    for part in given:
        if not isinstance(part, Mapping):
            raise TypeError(f"a part must be a map with a weight and a size, not {part!r}")
        _exactly("a part", part, frozenset({"weight", "size"}))
        parts.append((real("weight", part["weight"]), _size_of(part["size"], depth + 1)))
    return tuple(parts)
