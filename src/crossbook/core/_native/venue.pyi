"""What a live venue tells of each batch of commands, as the bytes that its doors send."""

from typing import Self, TypeAlias, final

import numpy as np
from numpy.typing import NDArray

from crossbook.core._native import Exchange

__all__ = ["OrderReader", "Teller", "framed", "framed_message", "framed_owned", "framed_reply"]

_Rows: TypeAlias = NDArray[np.void]
_Names: TypeAlias = list[tuple[int, str]]
_Numbers: TypeAlias = list[int]
_Answers: TypeAlias = list[bytes | int]
_Trades: TypeAlias = list[tuple[int, int, int, int, int, bytes]]
_Owned: TypeAlias = dict[int, list[tuple[int, bytes]]]
_Phases: TypeAlias = list[tuple[int, int, int]]

@final
class OrderReader:
    """From the bytes of a message to the command of an order or a cancel.

    It reads ordinary ones only: one flat JSON object, each member once, in plain words and plain numbers; orders in an
    instrument that it knows, on its grid. It never says what is wrong.
    """

    def __new__(cls) -> Self: ...
    def list(self, instrument: int, ticker: str, price_step: str, quantity_step: str, /) -> None:
        """Make an instrument known.

        Raises:
            UsageError: A step is no decimal above zero.
        """

    def read(
        self, message: bytes, account: int, /
    ) -> tuple[bytes, int | str, int | None, str | None, int] | None:
        """Read a message, if it is an ordinary order or cancel.

        Returns:
            The bytes of one `COMMAND` without its time, the message's `id`, its `timestamp`, the owner's name of a new
            order, and the number of the order to cancel, 0 for a new one; `None` for any other message.
        """

def framed(payload: bytes, /) -> bytes:
    """Return a text as a WebSocket frame, which a server does not mask."""

def framed_reply(message_id: int, data: bytes, /) -> bytes:
    """Return the frame that answers a message, by the number that it has as its `id`, with data, which are JSON."""

def framed_message(kind: str, channel: str, sequence: int, previous: int, data: bytes, /) -> bytes:
    """Return the frame of a message of a channel; the data are JSON, the words need no escapes."""

def framed_owned(
    channel: str, last: int, messages: list[tuple[int, bytes]], /
) -> tuple[list[tuple[int, int, bytes]], bytes]:
    """Return the frames of messages to an owner, numbered one by one.

    Args:
        channel: Its name.
        last: The number of the message before.
        messages: Each 0 for an order or 1 for a trade, and its data as JSON.

    Returns:
        For each the number before, its own, and its frame; and all frames in a row.
    """

@final
class Teller:
    """From the events of batches to what a live venue tells, as JSON; and the open orders as their owners see them.

    It must be handed every event of its exchange, in order.

    Args:
        cash_step: The unit of cash as a decimal.

    Raises:
        UsageError: Where it is no decimal above zero; so everywhere below.
    """

    def __new__(cls, cash_step: str, /) -> Self: ...
    def list(self, instrument: int, ticker: str, price_step: str, quantity_step: str, /) -> None:
        """Make an instrument known, before anything trades in it."""

    def hold(self, account: int, user_id: str, /) -> None:
        """Make known who holds an account."""

    def follow(self, account: int, /) -> None:
        """Say that the owner of an account listens; the others are told nothing."""

    def restore(
        self,
        *,
        order_id: int,
        account: int,
        instrument: int,
        side: int,
        order_type: int,
        time_in_force: int,
        price: int,
        stop_price: int,
        quantity: int,
        filled: int,
        remaining: int,
        paid: int,
        created_ns: int,
        updated_ns: int,
        client_order_id: str | None,
    ) -> None:
        """Take over an open order of an earlier run.

        Units: ticks, lots and nanoseconds; `paid` is ticks times lots of its fills.
        """

    def find(self, order_id: int, /) -> tuple[int, int] | None:
        """Return account and instrument of an open order."""

    def __len__(self) -> int: ...
    def open_orders(self, exchange: Exchange, account: int, /) -> bytes:
        """Return an account's open orders, newest first, as JSON."""

    def tell(
        self, commands: _Rows, first: int, names: _Names, events: _Rows, /
    ) -> tuple[
        _Answers,
        _Trades,
        _Owned,
        _Phases,
        _Numbers,
        _Numbers,
        int,
        _Numbers,
        int,
    ]:
        """Read the events of a batch.

        Args:
            commands: Array of `COMMAND` whose answers are waited for; none for those of administration.
            first: The number of the first of them.
            names: The owners' names of new orders, by the place of their command, rising.
            events: Array of `EVENT`: all that these commands caused.

        Returns:
            The answer to each command (JSON, how many orders it ended, or minus its `RejectCode`); the trades (sequence,
            time, instrument, price, lots, JSON); messages to owners (by account: 0 for an order or 1 for a trade, JSON); phase
            changes (sequence, instrument, phase); instruments that changed; expiries of new orders; how many were
            accepted; the reasons of refusals; the last event's sequence.
        """
