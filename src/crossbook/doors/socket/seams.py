"""What the WebSocket door needs of the venue, as narrow as it can be said.

The door is handed these parts one by one, so it is tested with small stand-ins and knows nothing else of the venue.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol

from crossbook.venue.channels import Subscriber
from crossbook.venue.desk import Read
from crossbook.venue.principal import Principal
from crossbook.venue.requests import PlaceOrder, ReplaceOrder
from crossbook.venue.sequencer import Reply


class Desk(Protocol):
    """The order desk. Each `reply` is called exactly once, at once or later in the loop: with JSON or a `Refused`."""

    def read(self, who: Principal, message: bytes, /) -> Read | None:
        """Read an ordinary order or cancel, to `enter` it; none where a message is anything else."""

    def enter(self, who: Principal, read: Read, reply: Reply, /) -> None:
        """Carry out what was read; answers as `place` or `cancel`."""

    def place(self, who: Principal, request: PlaceOrder, reply: Reply, /) -> None:
        """Place an order; answers `PlacedOrder`."""

    def replace(self, who: Principal, order_id: str, request: ReplaceOrder, reply: Reply, /) -> None:
        """Change an open order; answers `OrderView`."""

    def cancel(self, who: Principal, order_id: str, reply: Reply, /) -> None:
        """Cancel an order; answers `CancelledOrder`."""

    def cancel_all(self, who: Principal, ticker: str | None, reply: Reply, /) -> None:
        """Cancel all orders, or those of an instrument; answers `CancelledAll`."""


class Gate(Protocol):
    """Who is behind a credential. Both methods raise `Refused` with status 401."""

    @property
    def cookie_name(self) -> str:
        """The name of the cookie that holds a token."""

    def by_api_key(self, text: str, /) -> Principal:
        """Tell who holds the key."""

    def by_token(self, text: str, /) -> Principal:
        """Tell whom the token was given to."""


class Feeds(Protocol):
    """The channels."""

    def subscribe(
        self, client: Subscriber, channel: str, who: Principal | None, resume: int | None = None, /
    ) -> None:
        """Deliver the channel's state, or what came after `resume`, and from then on all that comes.

        Raises:
            Refused: There is no such channel, or it is a private one and nobody is signed in.
        """

    def unsubscribe(self, client: Subscriber, channel: str, who: Principal | None, /) -> None:
        """Deliver no more of the channel."""

    def leave(self, client: Subscriber, /) -> None:
        """Deliver nothing more."""


@dataclass(frozen=True, slots=True)
class Parts:
    """All that the door is given of the venue."""

    desk: Desk
    gate: Gate
    feeds: Feeds
    open_orders: Callable[[Principal], Iterable[str]]
    """The numbers of an account's open orders."""
    sequence: Callable[[], int]
    """The newest sequence of the core."""
    epoch: int
    """Another one after each start of the venue: its channels are numbered anew."""
    durability: str
    """What an acknowledgement means, as `VenueSettings.durability`."""
    count: Callable[[int], None]
    """Takes how many connections are open, whenever that changes."""
    name: str = "crossbook"
