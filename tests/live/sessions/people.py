"""Who takes part in a session: a user with two doors to the venue and an ear on his private channel."""

import asyncio
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from crossbook.venue.settings import VenueSettings
from crossbook.venue.venue import Venue
from tests.live.abuse.server import LOOSE, PASSWORD, Person, Server
from tests.live.sessions.oracle import TICKERS, Oracle, cents_of
from tests.unit.doors.socket.stage import Client

BANK_LOTS = 1_000_000_000
"""Of each instrument, for the bank, which nobody could have otherwise: a venue without bots has no shares."""
STARTING_CASH_CENTS = 1_000_000
SETTINGS: dict[str, Any] = {"limits": LOOSE, "durability": "memory"}


@dataclass
class Trader:
    """A user, his connections, and what he was told on his private channel."""

    venue: Server
    person: Person
    orders: Client
    private: Client
    told: dict[str, dict[str, Any]] = field(default_factory=dict)
    balance: dict[str, Any] = field(default_factory=dict)
    last: int = 0

    @classmethod
    def coming(cls, venue: Server, person: Person) -> "Trader":
        private = venue.connect("/ws/account", headers=person.key)
        trader = cls(venue, person, venue.trader(person), private)
        snapshot = private.json()
        trader.last = snapshot["sequence"]
        trader.balance = snapshot["data"]["balance"]
        trader.told = {order["order_id"]: order for order in snapshot["data"]["orders"]}
        return trader

    @property
    def name(self) -> str:
        return self.person.username

    def leave(self) -> None:
        self.orders.close()
        self.private.close()

    # What he does, by either door: the answer, or the name of the refusal

    def place(self, asked: dict[str, Any], *, socket: bool) -> dict[str, Any] | str:
        if socket:
            return self._said({"op": "place", **asked})
        return self._requested("POST", "/api/orders", json=asked)

    def replace(self, order_id: str, asked: dict[str, Any], *, socket: bool) -> dict[str, Any] | str:
        if socket:
            return self._said({"op": "replace", "order_id": order_id, **asked})
        return self._requested("PATCH", f"/api/orders/{order_id}", json=asked)

    def cancel(self, order_id: str, *, socket: bool) -> dict[str, Any] | str:
        if socket:
            return self._said({"op": "cancel", "order_id": order_id})
        return self._requested("DELETE", f"/api/orders/{order_id}")

    def cancel_all(self, ticker: str | None, *, socket: bool) -> dict[str, Any] | str:
        chosen = {} if ticker is None else {"ticker": ticker}
        if socket:
            return self._said({"op": "cancel_all", **chosen})
        return self._requested("DELETE", "/api/orders", params=chosen)

    def _said(self, message: dict[str, Any]) -> dict[str, Any] | str:
        reply = self.orders.ask({"id": 1, **message})
        answer: dict[str, Any] | str = reply["data"] if reply["ok"] else reply["error"]["code"]
        return answer

    def _requested(self, method: str, path: str, **more: Any) -> dict[str, Any] | str:
        answer = self.venue.http.request(method, path, headers=self.person.key, **more)
        assert answer.status_code in {200, 400, 404}, answer.text
        said: dict[str, Any] = answer.json()
        if answer.status_code == 200:
            return said
        code: str = said["code"]
        return code

    # What he sees

    def portfolio(self) -> tuple[int, int, dict[str, tuple[int, int]]]:
        seen = self.venue.http.get("/api/portfolio", headers=self.person.key).json()
        held = {
            holding["ticker"]: (holding["quantity"], holding["locked"])
            for holding in seen["holdings"]
            if holding["quantity"]
        }
        return cents_of(seen["cash"]), cents_of(seen["escrowed_cash"]), held

    def written_orders(self) -> list[dict[str, Any]]:
        """Return his open orders as the database has them."""
        rows: list[dict[str, Any]] = []
        for status in ("open", "partial"):
            query: dict[str, Any] = {"status": status, "limit": 1_000}
            answer = self.venue.http.get("/api/orders", params=query, headers=self.person.key)
            rows += answer.json()["orders"]
        return rows

    def listen(self, oracle: Oracle) -> None:
        """Hear what is told until it is what the oracle knows; it fails where nothing more comes."""
        while not self._knows(oracle):
            frame = self.private.json()
            assert frame["previous"] == self.last, "a message of the private channel is missing"
            self.last = frame["sequence"]
            if (order := frame["data"].get("order")) is not None:
                self.told[order["order_id"]] = order
            if (balance := frame["data"].get("balance")) is not None:
                self.balance = balance

    def _knows(self, oracle: Oracle) -> bool:
        numbers = {
            order["order_id"] for order in self.told.values() if order["status"] in {"open", "partial"}
        }
        theirs = {
            (
                oracle.numbers[one],
                self.told[one]["side"],
                self.told[one]["quantity"],
                self.told[one]["filled_quantity"],
            )
            for one in numbers
            if one in oracle.numbers
        }
        held = {one["ticker"]: (one["quantity"], one["locked"]) for one in self.balance["holdings"]}
        cash = cents_of(self.balance["cash"]), cents_of(self.balance["escrowed_cash"])
        return (
            len(theirs) == len(numbers)
            and theirs == oracle.open_orders(self.name)
            and (*cash, held) == oracle.balance(self.name)
        )


def found_bank(directory: Path) -> Person:
    """Make a data directory with a user who owns shares, before the server has it."""

    async def found() -> Person:
        venue = await Venue.open(directory, VenueSettings.model_validate(SETTINGS))
        try:
            made = await venue.gate.register("bank", PASSWORD, "127.0.0.1")
            account = venue.trading.accounts.of_user(made.user_id)
            assert account is not None
            for listed in venue.trading.instruments:
                if listed.ticker in TICKERS:
                    await venue.sequencer.carry_out(
                        "deposit", account=account, amount=BANK_LOTS, instrument=listed.number
                    )
        finally:
            await venue.stop()
        return Person(made.user_id, made.username, made.api_key, made.jwt_token)

    return asyncio.run(found())
