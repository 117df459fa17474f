"""Simulations, and what the traders in them see. Times are nanoseconds, prices ticks, quantities lots."""

from collections.abc import Callable, Mapping
from typing import Any, final

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "Book",
    "Context",
    "Fill",
    "OrderUpdate",
    "Random",
    "Simulation",
    "Trade",
    "exp",
    "log",
]

def exp(value: float) -> float:
    """Return e to the power of a number: the same bits on every machine."""

def log(value: float) -> float:
    """Return the natural logarithm of a number: the same bits on every machine."""

@final
class Random:
    """An agent's own stream of random numbers. Nobody else draws from it."""

    def uniform(self) -> float:
        """Return a number from 0 to below 1."""

    def integer(self, low: int, high: int) -> int:
        """Return a whole number from `low` to `high`, both included; `low` where the range is empty."""

    def chance(self, probability: float) -> bool:
        """Return true with a probability."""

    def normal(self, mean: float = 0.0, deviation: float = 1.0) -> float:
        """Return a normally distributed number."""

    def exponential(self, mean: float = 1.0) -> float:
        """Return an exponentially distributed number."""

    def lognormal(self, mean: float = 0.0, deviation: float = 1.0) -> float:
        """Return the exponential of a normally distributed number."""

    def pareto(self, scale: float, shape: float) -> float:
        """Return a Pareto distributed number of at least `scale`, with the tail exponent `shape`."""

    def wait(self, mean_ns: float) -> int:
        """Return an exponentially distributed waiting time in whole nanoseconds, at least one."""

@final
class Book:
    """The best prices of a market, as an agent sees them. It does not change; ask for another to see more."""

    @property
    def symbol(self) -> str:
        """The market."""
    @property
    def time_ns(self) -> int:
        """Since when it looks like this."""
    @property
    def bid(self) -> int | None:
        """The best bid, or none."""
    @property
    def bid_quantity(self) -> int:
        """Lots at the best bid."""
    @property
    def ask(self) -> int | None:
        """The best ask, or none."""
    @property
    def ask_quantity(self) -> int:
        """Lots at the best ask."""
    @property
    def mid(self) -> float | None:
        """The middle of both, or none."""
    @property
    def spread(self) -> int | None:
        """Ask less bid, or none."""
    @property
    def imbalance(self) -> float:
        """What stands at the bid less what stands at the ask, as a part of both; 0 for an empty book."""
    def bids(self) -> list[tuple[int, int]]:
        """Return the best bids now as price and lots, at most ten; the trader must be interested in depth."""

    def asks(self) -> list[tuple[int, int]]:
        """Return the best asks now, as `bids`."""

@final
class Trade:
    """A trade in the market."""

    @property
    def symbol(self) -> str:
        """The market."""
    @property
    def time_ns(self) -> int:
        """When."""
    @property
    def price(self) -> int:
        """In ticks."""
    @property
    def quantity(self) -> int:
        """In lots."""
    @property
    def side(self) -> int:
        """1 where the buyer came to the seller's price, -1 the other way, 0 in an auction."""

@final
class Fill:
    """A fill of an order of the agent's own."""

    @property
    def symbol(self) -> str:
        """The market."""
    @property
    def time_ns(self) -> int:
        """When it happened at the venue."""
    @property
    def order(self) -> int:
        """The agent's own name for the order."""
    @property
    def order_id(self) -> int:
        """The exchange's number of the order."""
    @property
    def side(self) -> int:
        """1 for a buy, -1 for a sell."""
    @property
    def price(self) -> int:
        """In ticks."""
    @property
    def quantity(self) -> int:
        """In lots."""
    @property
    def left(self) -> int:
        """Lots of the order still open."""
    @property
    def fee(self) -> int:
        """Fee paid in cash units; below zero a rebate."""
    @property
    def maker(self) -> bool:
        """Whether the order stood in the book."""

@final
class OrderUpdate:
    """What became of an order of the agent's own, other than a fill."""

    @property
    def symbol(self) -> str:
        """The market."""
    @property
    def time_ns(self) -> int:
        """When it happened at the venue."""
    @property
    def order(self) -> int:
        """The agent's own name for the order."""
    @property
    def order_id(self) -> int:
        """The exchange's number of the order; 0 where it never got one."""
    @property
    def status(self) -> str:
        """`accepted`, `replaced`, `ended` or `refused`."""
    @property
    def reason(self) -> int:
        """The `RejectCode` of a refused order, the `EndReason` of an ended or replaced one; 0 of an accepted one."""
    @property
    def left(self) -> int:
        """Lots still open."""

@final
class Context:
    """The world as one agent sees it. Calls that name no symbol mean the agent's first market."""

    @property
    def now(self) -> int:
        """The time in nanoseconds."""
    @property
    def name(self) -> str:
        """The agent's name."""
    @property
    def symbol(self) -> str:
        """The agent's first market."""
    @property
    def symbols(self) -> tuple[str, ...]:
        """All markets of the agent."""
    @property
    def rng(self) -> Random:
        """The agent's own stream of random numbers."""
    @property
    def position(self) -> int:
        """Lots held in the agent's first market, as it knows by now; below zero is short."""
    @property
    def positions(self) -> dict[str, int]:
        """Lots held in each market."""
    @property
    def cash(self) -> int:
        """Cash in cash units, as the agent knows by now."""
    @property
    def equity(self) -> int:
        """Cash and positions at the middle of the book, in cash units."""
    @property
    def open_orders(self) -> list[tuple[int, str, int, int | None, int]]:
        """Orders that the agent believes to be open: own name, symbol, side (1 buy, -1 sell), price, lots open."""
    def book(self, symbol: str | None = None) -> Book:
        """Return the best prices of a market, as the agent's feed shows them."""

    def last(self, symbol: str | None = None) -> int | None:
        """Return the price of the last trade, or none before the first."""

    def volume(self, symbol: str | None = None) -> int:
        """Return the lots traded so far."""

    def fundamental(self, symbol: str | None = None) -> float:
        """Return the fundamental value in ticks. Simulations have one; live venues do not."""

    def hours(self, symbol: str | None = None) -> tuple[int, int]:
        """Return when continuous trading begins, and the close; a closing auction lies before it."""

    def initial_price(self, symbol: str | None = None) -> int:
        """Return the price at which a market started."""

    def steps(self, symbol: str | None = None) -> tuple[int, int]:
        """Return the price step in ticks and the lot step in lots."""

    def fit_price(self, side: int, price: float, symbol: str | None = None) -> int:
        """Return a wished price on the step and in range: down for a buy (1), up for a sell (-1).

        Raises:
            UsageError: The side is neither 1 nor -1, such as a `Side` of the core, or the price is no number.
        """

    def buy(
        self,
        quantity: int,
        price: int | None = None,
        *,
        symbol: str | None = None,
        time_in_force: int | None = None,
        stop_price: int | None = None,
        display: int | None = None,
        expiry_ns: int | None = None,
        post_only: bool = False,
        reduce_only: bool = False,
    ) -> int:
        """Send an order to buy: a market order without a price, with a stop price one that sleeps.

        Returns:
            The agent's own name for the order; what becomes of it is told later. 0 where its orders have no names.

        Raises:
            UsageError: An argument is of the wrong type or out of range, or the symbol is none of the agent's.
        """

    def sell(
        self,
        quantity: int,
        price: int | None = None,
        *,
        symbol: str | None = None,
        time_in_force: int | None = None,
        stop_price: int | None = None,
        display: int | None = None,
        expiry_ns: int | None = None,
        post_only: bool = False,
        reduce_only: bool = False,
    ) -> int:
        """Send an order to sell; as `buy`."""

    def cancel(self, order: int) -> None:
        """Send a cancel for an order of the agent's own."""

    def replace(self, order: int, price: int | None = None, quantity: int | None = None) -> None:
        """Send a change of an order of the agent's own: what is left out stays."""

    def cancel_all(self, symbol: str | None = None) -> None:
        """Send a cancel for all the agent's orders, in one market or in all."""

    def timer(self, name: str, after_ns: int | None = None, *, at_ns: int | None = None) -> None:
        """Ask to be called by `on_timer` with this name, after so long or at a time; at once if that is over."""

@final
class Simulation:
    """A simulation made from a specification in JSON, with traders written in Python."""

    def __new__(cls, spec: str, /) -> Simulation:
        """Make a simulation.

        Raises:
            UsageError: The specification is no JSON, contradicts itself or is out of range.
        """

    def fork(self) -> Simulation:
        """Return a copy of the simulation as it stands, without traders: connect them again."""

    def connect(
        self,
        agent: int,
        methods: Mapping[str, Callable[..., Any]],
        *,
        follows_orders: bool = True,
        like: Context | None = None,
    ) -> Context:
        """Make a trader's bound methods, by their names, the mind of an agent; return its context.

        Args:
            agent: The number of an agent of a group of the kind `foreign`.
            methods: `on_start`, `on_timer`, `on_book`, `on_trade`, `on_fill`, `on_order`, `on_news`, `on_phase`.
            follows_orders: Whether `Context.open_orders` is kept.
            like: A context, of a simulation that this is a fork of, whose open orders are taken over.
        """

    def advance(self, until_ns: int = ..., steps: int = ...) -> int:
        """Run until a time is reached (0), so many steps are done (1), or the simulation is over (2).

        Raises:
            Exception: What a trader raised; `failed` says whose, and when.
            UsageError: It runs already: a trader that is called cannot run it further.
        """

    def intervene(self, what: str, /) -> int:
        """Do something to the simulation where it stands, wholly or not at all.

        Args:
            what: JSON with a `kind`: `enter` with a `group` as in the specification; `tune` with the name of a `group`
                and its `agent` with all its parameters; `leave` with the name of a `group`; `news` with the number of a
                `symbol`, the `jump` of its value in ticks, and a `text`.

        Returns:
            The number of the group's first agent, or of the news.

        Raises:
            UsageError: It cannot be done, or the simulation is running.
        """

    @property
    def failed(self) -> tuple[str, int] | None:
        """The name of the agent that raised, and when; none if none did."""
    @property
    def now(self) -> int:
        """The simulated time."""
    @property
    def end(self) -> int:
        """When the simulation ends."""
    def counts(self) -> tuple[int, int]:
        """Return how many steps were made, and how many calls to agents."""

    def waiting(self) -> int:
        """Return how many recorded rows wait to be taken."""

    def take_events(self, venue: int) -> NDArray[np.void]:
        """Return the events recorded of a venue since the last call, as an array of `EVENT`."""

    def take_quotes(self) -> NDArray[np.void]:
        """Return the changes of best prices since the last call, as an array of `QUOTE`."""

    def take_samples(self) -> NDArray[np.void]:
        """Return the samples since the last call, as an array of `SAMPLE`."""

    def groups(self) -> list[tuple[str, str, int, int, list[int]]]:
        """Return the groups: name, kind, number of the first agent, count, numbers of the markets."""

    def markets(self) -> list[tuple[str, str, int, str, int, int]]:
        """Return the markets: name, symbol, number of the symbol, venue, number of the venue, instrument."""

    def attach_script(self, market: int, rows: NDArray[np.void], /) -> None:
        """Let recorded orders be carried out on a market's real book.

        Args:
            market: Its number. A group of three agents of the kind `recorded` trades in it.
            rows: Array of `SCRIPT_ROW`.

        Raises:
            UsageError: There is no such market or group, a recording is there already, or a row is unsound.
        """

    def attach_tape(self, market: int, rows: NDArray[np.void], settings: str = ..., /) -> None:
        """Let a market's feed be a recording that nobody changes.

        Args:
            market: Its number. A group of the kind `recorded` trades in it.
            rows: Array of `L2_ROW` or `TAPE_ROW`.
            settings: The settings of `crossbook.lab.recorded.TapeSettings` as JSON.

        Raises:
            UsageError: As above, or the settings are unsound.
        """

    def script_progress(self, market: int) -> tuple[int, int, int, int, int] | None:
        """Return how far a market's script is.

        Rows done, then how many orders that entered, cancels, changes and aggressive orders could not be carried out
        as recorded. None where the market has no script.
        """

    def tape_progress(self, market: int) -> tuple[int, list[tuple[int, float]]] | None:
        """Return how far a market's tape is.

        Rows done, then for each agents' order beside it its number and how many recorded lots are thought to stand
        before it. None where the market has no tape.
        """

    def depth(self, market: int, side: int, levels: int, /) -> list[tuple[int, int]]:
        """Return the best levels of a side of a market now, without any delay: price and lots, from the best on.

        Args:
            market: Its number.
            side: 0 for bids, 1 for asks.
            levels: How many at most; of a recorded book ten.

        Raises:
            UsageError: There is no such market, or no such side.
        """

    def holdings(self, first: int, count: int, /) -> tuple[int, int, int, list[int]]:
        """Return what some agents have together, over all venues.

        Args:
            first: The number of the first.
            count: How many.

        Returns:
            Cash and profit in cash units, how many orders stand, and lots by market.

        Raises:
            UsageError: There are not so many agents.
        """

    def profits(self) -> list[int]:
        """Return the profit of each agent in cash units."""

    def audit(self) -> list[tuple[str, bool, str]]:
        """Return what must add up: the claim, whether it holds, the figures."""

    def hashes(self) -> list[tuple[str, int, int]]:
        """Return the hashes of each venue: its name, the state's and the events'."""

    def volumes(self) -> list[tuple[int, int]]:
        """Return how many commands each venue was given, and how many events it made."""

    def fundamental(self, symbol: int, most: int) -> list[tuple[int, float]]:
        """Return points of a symbol's fundamental: time and value in ticks."""

    def news(self) -> list[tuple[int, int, float, str]]:
        """Return all news: time, number of the symbol, jump in ticks, text."""
