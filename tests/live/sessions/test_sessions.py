"""Whole sessions of several users against the real server, step by step beside an oracle that must agree.

After each step the answers, the portfolios, the open orders (as the keeper wrote them), the books and the audit of the
venue (I1 to I9 of the invariants) are compared; at the end of a session the tape, everybody's own trades, and what each
was told on his private channel.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests.live.abuse.server import Person, Server
from tests.live.sessions.oracle import LIVES, SELF_TRADES, TICKERS, TYPES, Oracle, cents_of
from tests.live.sessions.people import (
    BANK_LOTS,
    SETTINGS,
    STARTING_CASH_CENTS,
    Trader,
    found_bank,
)

pytestmark = pytest.mark.slow

SESSIONS = 10
STEPS = 30
SPARED = 12
"""Orders that are placed before somebody cancels all of his, so that the books fill."""
AROUND = 5 * len(TICKERS)
"""Trades around a session: three gifts at its beginning and two at its end, in each instrument."""
GIFT_LOTS = 20
"""Of each instrument, bought from the bank at the beginning of a session."""
FAR_MS = int(time.time() * 1_000) + 86_400_000


@dataclass
class Scene:
    """A server and its oracle, which see the same sessions one after the other."""

    venue: Server
    oracle: Oracle
    bank: Person
    mirror: Person
    """Trades with the bank between two sessions, so that each begins at the first prices."""


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    folder = tmp_path_factory.mktemp("venue")
    bank = found_bank(folder / "data")
    # The day must not end, and with it the orders of the day, while a session lasts.
    hours = (time.gmtime().tm_hour + 12) % 24
    server = Server(folder, {**SETTINGS, "day_ends": f"{hours:02}:30"})
    try:
        server.start()
        oracle = Oracle()
        oracle.open(bank.username, STARTING_CASH_CENTS, BANK_LOTS)
        mirror = server.register("mirror")
        oracle.open(mirror.username, STARTING_CASH_CENTS)
        yield Scene(server, oracle, bank, mirror)
        server.sound()
    finally:
        server.stop()


def optional(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | strategy


TICKS = st.integers(-3, 3)
QUANTITIES = st.integers(1, 12)
NAMES = st.none() | st.none() | st.sampled_from(["one", "two", "three"])
WORDS: dict[str, st.SearchStrategy[Any]] = {
    "ticker": st.sampled_from(sorted(TICKERS)),
    "side": st.sampled_from(["buy", "sell"]),
    "quantity": QUANTITIES,
    "self_trade_prevention": st.sampled_from(sorted(SELF_TRADES)),
    "client_order_id": NAMES,
}
PLAIN = st.fixed_dictionaries({**WORDS, "price": TICKS})
"""What rests or trades."""
SPECIAL = st.fixed_dictionaries(
    {
        **WORDS,
        "price": TICKS,
        "time_in_force": st.sampled_from(["DAY", "IOC", "FOK"]),
        "post_only": st.booleans(),
    }
)
ICEBERGS = st.fixed_dictionaries({**WORDS, "price": TICKS, "display_quantity": st.integers(1, 4)})
MARKETS = st.fixed_dictionaries({**WORDS, "type": st.just("market"), "time_in_force": st.just("IOC")})
STOPS = st.fixed_dictionaries({**WORDS, "type": st.just("stop"), "stop_price": TICKS})
STOP_LIMITS = st.fixed_dictionaries(
    {**WORDS, "type": st.just("stop_limit"), "stop_price": TICKS, "price": TICKS}
)
DATED = st.fixed_dictionaries(
    {**WORDS, "price": TICKS, "time_in_force": st.just("GTD"), "expires_at": st.just(FAR_MS)}
)
ODD = st.fixed_dictionaries(
    {
        **WORDS,
        "quantity": QUANTITIES | st.integers(1, 2_000),
        "price": optional(TICKS),
        "type": st.sampled_from(sorted(TYPES)),
        "time_in_force": st.sampled_from(sorted(LIVES)),
        "stop_price": optional(TICKS),
        "display_quantity": optional(st.integers(1, 6)),
        "post_only": st.booleans(),
        "expires_at": optional(st.just(FAR_MS)),
    }
)
"""Any words together; most of these are refused, and the names of the refusals must agree."""
UNUSUAL = st.one_of(SPECIAL, ICEBERGS, MARKETS, STOPS, STOP_LIMITS, DATED)
WHO = st.integers(0, 2)
WHICH = st.integers(0, 1_000)
BY_SOCKET = st.booleans()


def written(ticker: str, ticks: int | None) -> str | None:
    """Return a price so many ticks from the first, as a decimal text."""
    return None if ticks is None else f"{(TICKERS[ticker] + ticks) / 100:.2f}"


class Sessions(RuleBasedStateMachine):
    """One session: three users who place, change and cancel by both doors."""

    scene: Scene

    @initialize()
    def come(self) -> None:
        venue, oracle = self.scene.venue, self.scene.oracle
        self.trades_before = len(oracle.trades)
        self.answers: dict[tuple[str, str], Any] = {}
        self.placed: list[str] = []
        self.spared = SPARED
        self.agreed = False
        self.traders = [Trader.coming(venue, venue.register("trader")) for _ in range(3)]
        self.helpers = [Trader.coming(venue, one) for one in (self.scene.bank, self.scene.mirror)]
        for trader in self.traders:
            oracle.open(trader.name, STARTING_CASH_CENTS)
            for ticker in TICKERS:
                self._trade(ticker, self.helpers[0], trader, GIFT_LOTS)
        self._compare()

    @rule(who=WHO, wanted=PLAIN, socket=BY_SOCKET)
    def place(self, who: int, wanted: dict[str, Any], *, socket: bool) -> None:
        self._step(who, wanted, socket=socket)

    @rule(wants=st.lists(st.tuples(WHO, PLAIN, BY_SOCKET), min_size=2, max_size=4))
    def place_several(self, wants: list[tuple[int, dict[str, Any], bool]]) -> None:
        for who, wanted, socket in wants:
            self._step(who, wanted, socket=socket)

    @rule(who=WHO, wanted=UNUSUAL, socket=BY_SOCKET)
    def place_unusual(self, who: int, wanted: dict[str, Any], *, socket: bool) -> None:
        self._step(who, wanted, socket=socket)

    @rule(who=WHO, wanted=ODD, socket=BY_SOCKET)
    def place_odd(self, who: int, wanted: dict[str, Any], *, socket: bool) -> None:
        self._step(who, wanted, socket=socket)

    def _step(self, who: int, wanted: dict[str, Any], *, socket: bool) -> None:
        self.agreed = False
        trader = self.traders[who]
        ticker = wanted["ticker"]
        prices = {name: written(ticker, wanted.get(name)) for name in ("price", "stop_price")}
        asked = {name: value for name, value in {**wanted, **prices}.items() if value is not None}
        key = (trader.name, asked.get("client_order_id", ""))
        if key[1] and key in self.answers:
            assert trader.place(asked, socket=socket) == self.answers[key]
        else:
            answer = self._place(trader, asked, socket=socket)
            if key[1] and isinstance(answer, dict):
                self.answers[key] = answer
        self._compare()

    @rule(
        who=WHO, which=WHICH, ticks=optional(TICKS), quantity=optional(st.integers(1, 15)), socket=BY_SOCKET
    )
    def replace(self, who: int, which: int, ticks: int | None, quantity: int | None, *, socket: bool) -> None:
        self.agreed = False
        order_id = self._some_order(which)
        trader, oracle = self.traders[who], self.scene.oracle
        found = oracle.exchange.order(oracle.numbers.get(order_id, 1 << 40))
        ticker = "FUN" if found is None else self._ticker(found.instrument)
        asked = {"price": written(ticker, ticks), "quantity": quantity}
        asked = {name: value for name, value in asked.items() if value is not None}
        answer = trader.replace(order_id, asked, socket=socket)
        refused = oracle.replace(trader.name, order_id, asked)
        if refused is None:
            assert isinstance(answer, dict)
            assert answer["order_id"] == order_id
        else:
            assert answer == refused
        self._compare()

    @rule(who=WHO, which=WHICH, socket=BY_SOCKET)
    def cancel(self, who: int, which: int, *, socket: bool) -> None:
        self.agreed = False
        order_id = self._some_order(which)
        answer = self.traders[who].cancel(order_id, socket=socket)
        refused = self.scene.oracle.cancel(self.traders[who].name, order_id)
        if refused is None:
            assert isinstance(answer, dict)
            assert (answer["order_id"], answer["status"]) == (order_id, "cancelled")
        else:
            assert answer == refused
        self._compare()

    @precondition(lambda self: len(self.placed) > self.spared)
    @rule(who=WHO, ticker=optional(st.sampled_from(sorted(TICKERS))), socket=BY_SOCKET)
    def cancel_all(self, who: int, ticker: str | None, *, socket: bool) -> None:
        self.agreed = False
        self._cancel_all(self.traders[who], ticker, socket=socket)
        self.spared = len(self.placed) + SPARED
        self._compare()

    def teardown(self) -> None:
        if not hasattr(self, "helpers"):
            return
        try:
            if self.agreed:
                self._end()
            for trader in self.traders:
                trader.cancel_all(None, socket=False)
                self.scene.oracle.cancel_all(trader.name, None)
            for ticker in TICKERS:
                bank, mirror = self.helpers
                self._trade(ticker, bank, mirror, 1)
                self._trade(ticker, mirror, bank, 1)
        finally:
            for trader in (*self.traders, *self.helpers):
                trader.leave()

    # Steps

    def _end(self) -> None:
        for trader in self.traders:
            trader.listen(self.scene.oracle)
        for trader in self.traders:
            self._cancel_all(trader, None, socket=True)
        for trader in self.traders:
            trader.listen(self.scene.oracle)
        self._compare()
        self._compare_trades()

    def _place(self, trader: Trader, asked: dict[str, Any], *, socket: bool) -> dict[str, Any] | str:
        answer = trader.place(asked, socket=socket)
        known = {name: value for name, value in asked.items() if name != "client_order_id"}
        expected = self.scene.oracle.place(trader.name, known)
        if isinstance(expected, str) or isinstance(answer, str):
            assert answer == expected
            return answer
        self.scene.oracle.numbers[answer["order_id"]] = expected["number"]
        self.placed.append(answer["order_id"])
        assert answer["filled_quantity"] == expected["filled_quantity"]
        fills = [(cents_of(trade["price"]), trade["quantity"]) for trade in answer["trades"]]
        assert fills == expected["trades"]
        assert (answer["status"] in {"open", "partial"}) == expected["open"]
        assert (answer["status"] == "partial") == (expected["open"] and expected["filled_quantity"] > 0)
        if answer["status"] == "filled":
            assert answer["filled_quantity"] == asked["quantity"]
        return answer

    def _cancel_all(self, trader: Trader, ticker: str | None, *, socket: bool) -> None:
        answer = trader.cancel_all(ticker, socket=socket)
        assert isinstance(answer, dict)
        assert answer["cancelled"] == self.scene.oracle.cancel_all(trader.name, ticker)

    def _trade(self, ticker: str, seller: Trader, buyer: Trader, quantity: int) -> None:
        for trader, side in ((seller, "sell"), (buyer, "buy")):
            asked = {"ticker": ticker, "side": side, "quantity": quantity, "price": written(ticker, 0)}
            assert isinstance(self._place(trader, asked, socket=False), dict)

    def _some_order(self, which: int) -> str:
        return self.placed[-1 - which % len(self.placed)] if which % 17 else "123456789"

    def _ticker(self, instrument: int) -> str:
        return next(one for one, number in self.scene.oracle.instruments.items() if number == instrument)

    # What must agree

    def _compare(self) -> None:
        venue, oracle = self.scene.venue, self.scene.oracle
        for trader in self.traders:
            assert trader.portfolio() == oracle.balance(trader.name)
            rows = trader.written_orders()
            seen = {
                (oracle.numbers[one["order_id"]], one["side"], one["quantity"], one["filled_quantity"])
                for one in rows
            }
            assert len(rows) == len(seen)
            assert seen == oracle.open_orders(trader.name)
        for ticker in TICKERS:
            book = venue.http.get(f"/api/market/{ticker}/orderbook", params={"depth": 1_000}).json()
            sides = [
                [(cents_of(level["price"]), level["quantity"]) for level in book[side]]
                for side in ("bids", "asks")
            ]
            assert sides == oracle.book(ticker)
            assert not (sides[0] and sides[1]) or sides[0][0][0] < sides[1][0][0]
        venue.audit()
        oracle.exchange.check()
        self.agreed = True

    def _compare_trades(self) -> None:
        venue, oracle = self.scene.venue, self.scene.oracle
        new = oracle.trades[self.trades_before :]
        for ticker in TICKERS:
            expected = [trade[1:] for trade in new if trade[0] == ticker]
            tape = venue.http.get(f"/api/market/{ticker}/trades", params={"limit": len(expected)}).json()
            seen = [(cents_of(trade["price"]), trade["quantity"]) for trade in reversed(tape["trades"])]
            assert seen == expected
        for trader in self.traders:
            fills = venue.http.get("/api/trades", params={"limit": 1_000}, headers=trader.person.key).json()[
                "trades"
            ]
            bought = [(fill["side"], cents_of(fill["price"]), fill["quantity"]) for fill in fills]
            signs = {"buy": -1, "sell": 1}
            cash = STARTING_CASH_CENTS + sum(signs[side] * price * lots for side, price, lots in bought)
            free, escrow, held = oracle.balance(trader.name)
            assert cash == free + escrow
            lots = -sum(signs[side] * quantity for side, _, quantity in bought)
            assert lots == sum(quantity for quantity, _ in held.values())
            assert all(fill["buyer_id"] != fill["seller_id"] for fill in fills)


def test_sessions_of_several_users_agree_with_the_oracle_step_by_step(scene: Scene) -> None:
    class Here(Sessions):
        pass

    Here.scene = scene
    run_state_machine_as_test(
        Here,
        settings=settings(
            max_examples=SESSIONS,
            stateful_step_count=STEPS,
            # Shrinking asks the same again, of a server that remembers what it was asked before.
            phases=[Phase.generate],
            derandomize=True,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert len(scene.oracle.trades) > (AROUND + 1) * SESSIONS, "users have traded with each other"
