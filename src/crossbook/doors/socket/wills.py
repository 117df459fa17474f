"""What is done for a client that is gone: the orders of its connection are cancelled.

The cancels go through the account's rate like all others. What the rate or a full queue refuses is tried again.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable
from functools import partial
from typing import Final

from crossbook.doors.socket.seams import Desk
from crossbook.venue.principal import Principal
from crossbook.venue.refusals import BUSY, RATE_LIMITED, Refused
from crossbook.venue.sequencer import Outcome

RETRY_SECONDS: Final = 0.05
TRIES_MAX: Final = 2_000
"""Of one order: a hundred seconds in all."""


class Wills:
    """Cancels orders for clients that are gone.

    Args:
        desk: Where to cancel.
        open_orders: The numbers of an account's open orders.
    """

    def __init__(self, desk: Desk, open_orders: Callable[[Principal], Iterable[str]]) -> None:
        self._desk = desk
        self._open_orders = open_orders
        self._again: deque[tuple[Principal, str, int]] = deque()
        """Bounded by the open orders of all accounts."""
        self._timer: asyncio.TimerHandle | None = None

    def carry_out(self, who: Principal, order_ids: Iterable[str]) -> None:
        """Cancel those of some orders that are still open."""
        for order_id in set(order_ids).intersection(self._open_orders(who)):
            self._cancel(who, order_id, 1)

    def _cancel(self, who: Principal, order_id: str, tries: int) -> None:
        self._desk.cancel(who, order_id, partial(self._answered, who, order_id, tries))

    def _answered(self, who: Principal, order_id: str, tries: int, answer: Outcome) -> None:
        if isinstance(answer, Refused) and answer.code in (RATE_LIMITED, BUSY) and tries < TRIES_MAX:
            self._again.append((who, order_id, tries + 1))
            if self._timer is None:
                self._timer = asyncio.get_running_loop().call_later(RETRY_SECONDS, self._try_again)

    def _try_again(self) -> None:
        self._timer = None
        again, self._again = self._again, deque()
        for who, order_id, tries in again:
            self._cancel(who, order_id, tries)
