"""A recorded market that writes down everything it does to its exchange.

What it writes is a script, which another exchange can carry out, and a tape, which tells of the same orders what
became of them. Both name an order by a number of their own.
"""

from crossbook.core import EventKind, Exchange, Phase, ScriptKind, TapeKind
from crossbook.lab.replay.market import NAMED, SIDES, RecordedMarket

ScriptEntry = tuple[int, int, int, int, int, int, int]
"""Time, price, lots, reference, kind, account, side: as the columns of `SCRIPT_ROW`."""
TapeEntry = tuple[int, int, int, int, int, int]
"""Time, price, quantity, reference, kind, side."""

NAMED_ORDERS, TAKER_ORDERS, UNNAMED_ORDERS = 0, 1, 2
"""The accounts of a script."""


class LoggedMarket(RecordedMarket):
    """A recorded market with a log of what it does."""

    def __init__(self, exchange: Exchange) -> None:
        super().__init__(exchange)
        self.script: list[ScriptEntry] = []
        self.tape: list[TapeEntry] = []
        self.script_rows: list[int] = []
        """The row of the record to which each entry of the script belongs."""
        self.tape_rows: list[int] = []
        self.row = 0
        """The row of the record that is carried out."""
        self._references: dict[int, int] = {}
        """The own number of each open order, by the core's."""
        self._entered = 0

    def enter(self, order_id: int, side: int, price: int, size: int, time_ns: int) -> None:
        """Enter an order that the record names."""
        super().enter(order_id, side, price, size, time_ns)
        self._log_entry(self.orders[order_id], NAMED_ORDERS, side, price, size, time_ns)

    def enter_unnamed(self, side: int, price: int, size: int, time_ns: int) -> int:
        """Enter quantity that the record shows without telling whose it is."""
        number = super().enter_unnamed(side, price, size, time_ns)
        self._log_entry(number, UNNAMED_ORDERS, side, price, size, time_ns)
        return number

    def take_off(self, number: int, size: int, time_ns: int) -> int:
        """Take lots off an open order of the exchange."""
        order = self.exchange.order(number)
        if order is None:
            return 0
        account = NAMED_ORDERS if order.account == NAMED else UNNAMED_ORDERS
        reference, side, open_lots = self._references[number], int(order.side), order.open
        left = order.quantity - size
        taken = super().take_off(number, size, time_ns)
        if size >= open_lots:
            self._log(time_ns, 0, 0, reference, ScriptKind.CANCEL, account, side)
        else:
            self._log(time_ns, 0, left, reference, ScriptKind.SHRINK, account, side)
        self._tell(time_ns, 0, taken, reference, TapeKind.CANCEL, side)
        return taken

    def trade(self, side: int, price: int, size: int, time_ns: int) -> list[int]:
        """Trade against the resting orders of a side."""
        fills = super().trade(side, price, size, time_ns)
        self._log(time_ns, price, size, 0, ScriptKind.TAKE, TAKER_ORDERS, int(SIDES[-side]))
        events = self.exchange.events()
        trades = events[events["kind"] == EventKind.TRADE]
        for maker, at, lots in trades[["counter_id", "price", "quantity"]].tolist():
            self._tell(time_ns, at, lots, self._references[maker], TapeKind.EXECUTE, int(SIDES[side]))
        return fills

    def trade_hidden(self, side: int, price: int, size: int, time_ns: int) -> None:
        """Note a trade with an order of a side that did not show: the exchange knows nothing of it."""
        self._tell(time_ns, price, size, 0, TapeKind.TRADE, int(SIDES[-side]))

    def gather(self, time_ns: int) -> None:
        """Let orders gather without trading."""
        super().gather(time_ns)
        self._log_phase(Phase.AUCTION, time_ns)

    def resume(self, time_ns: int) -> None:
        """Cross what gathered, and let orders trade as they arrive."""
        super().resume(time_ns)
        self._log(time_ns, 0, 0, 0, ScriptKind.UNCROSS, NAMED_ORDERS, 0)
        self._log_phase(Phase.CONTINUOUS, time_ns)

    def _log_phase(self, phase: Phase, time_ns: int) -> None:
        self._log(time_ns, 0, phase, 0, ScriptKind.PHASE, NAMED_ORDERS, 0)
        self._tell(time_ns, 0, phase, 0, TapeKind.PHASE, 0)

    def _log_entry(self, number: int, account: int, side: int, price: int, size: int, time_ns: int) -> None:
        reference = self._references[number] = self._entered
        self._entered += 1
        self._log(time_ns, price, size, reference, ScriptKind.ENTER, account, int(SIDES[side]))
        self._tell(time_ns, price, size, reference, TapeKind.ENTER, int(SIDES[side]))

    def _log(self, *entry: int) -> None:
        time_ns, price, lots, reference, kind, account, side = entry
        self.script.append((time_ns, price, lots, reference, kind, account, side))
        self.script_rows.append(self.row)

    def _tell(self, *entry: int) -> None:
        time_ns, price, quantity, reference, kind, side = entry
        self.tape.append((time_ns, price, quantity, reference, kind, side))
        self.tape_rows.append(self.row)
