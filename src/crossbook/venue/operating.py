"""What an operator does with the market. Whether somebody may is the door's to check."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

import msgspec

from crossbook.core import Phase, UsageError
from crossbook.venue.instruments import Listed
from crossbook.venue.notes import NEWS, NewsNote
from crossbook.venue.refusals import MALFORMED, Refused
from crossbook.venue.settings import InstrumentSettings
from crossbook.venue.trading import Trading

NEWS_LENGTH_MAX: Final = 280
IMPACT_MAX: Final = 0.5
"""No news move what an instrument is worth by more than this part of it."""
NS_PER_DAY: Final = 86_400_000_000_000


@dataclass(frozen=True, slots=True)
class Audited:
    """A state in which everything adds up."""

    commands: int
    """Those that it came from."""
    sequence: int
    """The newest event."""
    state_hash: str
    """Sixteen hexadecimal digits, as the next."""
    event_hash: str


class Operating:
    """Halt, resume, list, bound, tell, audit, stop.

    Args:
        trading: What is operated.
        clock_ns: The wall clock.
        request_stop: Asks the venue to stop in good order.
    """

    def __init__(
        self, trading: Trading, clock_ns: Callable[[], int], request_stop: Callable[[], None]
    ) -> None:
        self._trading = trading
        self._clock_ns = clock_ns
        self._request_stop = request_stop

    async def halt(self, ticker: str) -> None:
        """Stop trading in an instrument; its orders stay and may be cancelled."""
        await self._set_phase(self._trading.listed(ticker), Phase.HALT)

    async def resume(self, ticker: str) -> None:
        """Go on with trading in an instrument."""
        await self._set_phase(self._trading.listed(ticker), Phase.CONTINUOUS)

    async def list_instrument(self, wanted: InstrumentSettings) -> None:
        """List another instrument and open it.

        Raises:
            ConfigError: Its steps do not fit, or its ticker is taken.
        """
        await self._trading.list_instrument(wanted)

    async def set_band(self, ticker: str, low: Decimal | None, high: Decimal | None) -> None:
        """Keep orders of an instrument within a band of prices; what is left out is the instrument's own range."""
        listed = self._trading.listed(ticker)
        state = self._trading.sequencer.exchange.instrument(listed.number)
        try:
            low_ticks = state.min_price if low is None else listed.price.steps(low)
            high_ticks = state.max_price if high is None else listed.price.steps(high)
        except UsageError:
            raise Refused(
                "price_off_tick", f"a band's prices must be multiples of {listed.price.text}"
            ) from None
        await self._trading.sequencer.carry_out(
            "set_band",
            instrument=listed.number,
            low=low_ticks,
            high=high_ticks,
            reference=state.reference_price,
        )

    async def tell_news(self, text: str, ticker: str | None, impact: float | None) -> None:
        """Tell everybody news, which may move what an instrument is worth."""
        if not 1 <= len(text) <= NEWS_LENGTH_MAX or not text.isprintable():
            raise Refused(MALFORMED, f"news are from 1 to {NEWS_LENGTH_MAX} printable characters", 422)
        if impact is not None and not -IMPACT_MAX <= impact <= IMPACT_MAX:
            raise Refused(MALFORMED, f"an impact is from {-IMPACT_MAX} to {IMPACT_MAX}", 422)
        if ticker is not None:
            self._trading.listed(ticker)
        note = NewsNote(time_ns=self._clock_ns(), text=text, ticker=ticker, impact=impact)
        # Moving the clock is a command that changes nothing, and carries the note into the journal.
        await self._trading.sequencer.carry_out("advance_clock", NEWS + msgspec.json.encode(note))
        self._trading.looks.add_news(note)
        self._trading.feeds.tell_news(self._trading.looks.sequence, note)

    async def end_day(self) -> None:
        """End the day: its orders expire, and trading goes on. Instruments that are halted stay so."""
        for listed in tuple(self._trading.instruments):
            if self._trading.markets[listed.number].phase == Phase.CONTINUOUS:
                await self._set_phase(listed, Phase.CLOSE)
                await self._set_phase(listed, Phase.CONTINUOUS)

    async def audit(self) -> Audited:
        """Compute every sum anew and compare; return which state it was.

        A replay of the journal up to the same command has the same hashes.

        Raises:
            CoreFault: With the first claim that does not hold.
        """
        await self._trading.sequencer.settled()
        exchange = self._trading.sequencer.exchange
        exchange.check()
        return Audited(
            exchange.commands,
            exchange.sequence,
            f"{exchange.state_hash():016x}",
            f"{exchange.event_hash():016x}",
        )

    def request_stop(self) -> None:
        """Have the venue stop in good order, soon."""
        self._request_stop()

    async def _set_phase(self, listed: Listed, phase: Phase) -> None:
        await self._trading.sequencer.carry_out("set_phase", instrument=listed.number, phase=phase)
