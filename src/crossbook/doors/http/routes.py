"""The table of fast routes, and how a path finds its line in it.

One line says everything of a route: how it is reached, who may use it, what it reads and answers, and what the
documentation says. Dispatch, the OpenAPI document and the tests of who may do what are all made from the same lines.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal, TypeAlias

import msgspec

from crossbook.core import UsageError
from crossbook.doors.http.venue_face import TradingFace
from crossbook.doors.json import StrictDecoder
from crossbook.venue.principal import Principal

Method: TypeAlias = Literal["GET", "POST", "PATCH", "DELETE"]


class NoQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The query of a route that takes none."""


@dataclass(slots=True)
class Call:
    """A request that has been read: what a handler works on."""

    venue: TradingFace
    who: Principal | None
    """Who asks; always known where the route needs it."""
    parameter: str
    """What stands in the path's one open place; empty where it has none."""
    query: Any
    """The route's `query` struct."""
    body: Any
    """The route's `request` struct, where it has one."""
    sequence: int | None = None
    """The last event that the answer knows of, where that is not the venue's newest; the handler says it."""

    @property
    def caller(self) -> Principal:
        """Return who asks, on a route that needs to know."""
        if self.who is None:
            raise UsageError("the route does not say that it needs a caller")
        return self.who


Handler: TypeAlias = Callable[[Call], Awaitable[msgspec.Struct | msgspec.Raw]]
"""Answers with the route's `answer` struct, or with its JSON."""


@dataclass(frozen=True, slots=True)
class Route:
    """A line of the table."""

    method: Method
    path: str
    """With at most one open place, such as `/api/orders/{order_id}`."""
    handler: Handler
    answer: type[msgspec.Struct]
    summary: str
    answer_example: Mapping[str, object]
    tag: str
    private: bool = True
    """Whether it needs a caller who is signed in."""
    query: type[msgspec.Struct] = NoQuery
    request: type[msgspec.Struct] | None = None
    request_examples: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    parameter_example: str = ""
    parameter_text: str = ""
    statuses: tuple[int, ...] = ()
    """Statuses of refusals beside those that follow from the rest of the line."""
    tells_durability: bool = False
    """Whether the answer says how safe it is."""

    @property
    def parameter(self) -> str | None:
        """The name of the open place in the path."""
        return self.path.partition("{")[2].partition("}")[0] or None


@dataclass(slots=True)
class Ready:
    """A route with everything that can be made ahead of a request."""

    route: Route
    number: int
    decoder: StrictDecoder[msgspec.Struct] | None
    default_query: msgspec.Struct


@dataclass(slots=True)
class _Place:
    """What may follow one part of a path."""

    named: dict[str, "_Place"] = field(default_factory=dict)
    open: "_Place | None" = None
    methods: dict[str, Ready] = field(default_factory=dict)


class RouteTable:
    """Find the route of a path without a regular expression.

    Args:
        routes: The lines.

    Raises:
        UsageError: Two lines have the same method and path.
    """

    def __init__(self, routes: Iterable[Route]) -> None:
        self.routes: Final = tuple(routes)
        self._root: Final = _Place()
        self._exact: Final[dict[str, dict[str, Ready]]] = {}
        for number, route in enumerate(self.routes):
            ready = Ready(
                route=route,
                number=number,
                decoder=None if route.request is None else StrictDecoder(route.request),
                default_query=route.query(),
            )
            place = self._place_of(route.path)
            if route.method in place.methods:
                raise UsageError(f"{route.method} {route.path} stands twice in the table")
            place.methods[route.method] = ready
            if route.parameter is None:
                self._exact[route.path] = place.methods

    def find(self, path: str) -> tuple[dict[str, Ready] | None, str]:
        """Return the methods of a path with what stands in its open place; none where no route has such a path."""
        methods = self._exact.get(path)
        if methods is not None:
            return methods, ""
        place = self._root
        parameter = ""
        for part in path.split("/")[1:]:
            following = place.named.get(part)
            if following is None:
                following = place.open
                if following is None or not part:
                    return None, ""
                parameter = part
            place = following
        return (place.methods, parameter) if place.methods else (None, "")

    def _place_of(self, path: str) -> _Place:
        place = self._root
        for part in path.split("/")[1:]:
            if part.startswith("{"):
                place.open = place.open or _Place()
                place = place.open
            else:
                place = place.named.setdefault(part, _Place())
        return place
