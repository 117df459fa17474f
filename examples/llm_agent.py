"""A trader whose decisions a language model makes, with any model behind one function.

The model is a callable `complete(prompt) -> str`. What it answers is data, never trusted: only actions that are
complete, known, within the limits and affordable are sent, and everything else is left out with a reason that the
next prompt tells.

    export LLM_URL=https://host/v1 LLM_MODEL=name LLM_API_KEY=...    # any endpoint that speaks OpenAI's chat format
    python examples/llm_agent.py --rounds 5
    python examples/llm_agent.py --recorded examples/llm_answers.json    # without a model
"""

import argparse
import json
import os
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, TypeAlias

import httpx

from crossbook.client import DEFAULT_URL, Client, Refused, Unavailable

Complete: TypeAlias = Callable[[str], str]

ACTIONS_MAX = 3
"""Actions of one answer; further ones are left out."""
QUANTITY_MAX = 10
"""Largest order."""
SHARE_MAX = Decimal("0.25")
"""Largest part of the free cash that one order may cost."""
BAND = Decimal("0.05")
"""How far from the current price an order may be, as a part of it."""
ANSWER_CHARACTERS_MAX = 20_000
"""Of a longer answer the rest is not read."""

TASK = """You trade on a small exchange. Reply with JSON only, in this form:
{"actions": [{"action": "buy" or "sell", "ticker": "...", "quantity": whole number, "price": "decimal"},
{"action": "cancel_all"}]}
At most %d actions, at most %d shares each, prices within %d %% of the current price. An empty list means to wait.
You can only sell what you hold."""


@dataclass(frozen=True, slots=True)
class Order:
    """An action that passed every check."""

    side: str
    ticker: str
    quantity: int
    price: Decimal


def endpoint(url: str, model: str, key: str, timeout_s: float = 60.0) -> Complete:
    """Return a model behind an endpoint that speaks OpenAI's chat format."""
    headers = {"Authorization": f"Bearer {key}"} if key else {}

    def complete(prompt: str) -> str:
        body = {"model": model, "messages": [{"role": "user", "content": prompt}], "temperature": 0}
        answer = httpx.post(
            f"{url.rstrip('/')}/chat/completions", json=body, headers=headers, timeout=timeout_s
        )
        content = answer.raise_for_status().json()["choices"][0]["message"]["content"]
        return content if isinstance(content, str) else ""

    return complete


def recorded(path: Path) -> Complete:
    """Return a model that gives the answers of a file, one after the other, and then none."""
    answers: Iterator[str] = iter(json.loads(path.read_text(encoding="utf-8")))
    return lambda _: next(answers, "")


def found_json(text: str) -> Any:
    """Return the first JSON object in a text: models like to talk around it. None where there is none."""
    decoder = json.JSONDecoder()
    text = text[:ANSWER_CHARACTERS_MAX]
    place = text.find("{")
    while place >= 0:
        try:
            return decoder.raw_decode(text, place)[0]
        except (ValueError, RecursionError):
            place = text.find("{", place + 1)
    return None


class Agent:
    """Ask a model what to do, check it, and do it."""

    def __init__(self, client: Client, complete: Complete) -> None:
        """Trade as the client's user."""
        self.client = client
        self.complete = complete
        self.notes: list[str] = []
        """What became of the last answer; the next prompt tells."""

    def step(self) -> list[str]:
        """Do one round; return what became of each action."""
        state = self._state()
        prompt = f"{TASK % (ACTIONS_MAX, QUANTITY_MAX, BAND * 100)}\n\n{json.dumps(state)}\n\nLast time: {self.notes}"
        try:
            text = self.complete(prompt)
        except (httpx.HTTPError, LookupError, TypeError, ValueError) as error:
            self.notes = [f"the model did not answer: {type(error).__name__}"]
            return self.notes
        self.notes = [self._do(action) for action in self._actions(text)] or ["nothing to do"]
        return self.notes

    def _state(self) -> dict[str, Any]:
        portfolio = self.client.portfolio()
        markets = self.client.tickers()
        return {
            "cash": str(portfolio.cash),
            "holdings": {one.ticker: str(one.quantity - one.locked) for one in portfolio.holdings},
            "prices": {ticker: str(market.current_price) for ticker, market in markets.items()},
            "open_orders": len(self.client.orders(status="open", limit=100)),
        }

    def _actions(self, text: str) -> list[Any]:
        answer = found_json(text)
        actions = answer.get("actions") if isinstance(answer, dict) else None
        return actions[:ACTIONS_MAX] if isinstance(actions, list) else []

    def _do(self, action: Any) -> str:
        """Carry out one action, or say why not."""
        try:
            if isinstance(action, dict) and action.get("action") == "cancel_all":
                return f"cancelled {self.client.cancel_all().cancelled} orders"
            order = self._checked(action)
            placed = self.client.place(order.ticker, order.side, order.quantity, order.price)  # type: ignore[arg-type]
        except ValueError as error:
            return f"left out: {error}"
        except (Refused, Unavailable) as error:
            return f"refused: {error}"
        return f"{order.side} {order.quantity} {order.ticker} at {order.price}: {placed.status}"

    def _checked(self, action: Any) -> Order:
        """Return an action as an order.

        Raises:
            ValueError: It is none that may be sent.
        """
        if not isinstance(action, dict) or action.get("action") not in {"buy", "sell"}:
            raise ValueError("it is neither buy, sell nor cancel_all")
        markets = self.client.tickers()
        ticker, quantity = action.get("ticker"), action.get("quantity")
        if not isinstance(ticker, str) or ticker not in markets:
            raise ValueError("there is no such ticker")
        if type(quantity) is not int or not 1 <= quantity <= QUANTITY_MAX:
            raise ValueError(f"the quantity is no whole number from 1 to {QUANTITY_MAX}")
        try:
            price = Decimal(str(action.get("price"))).quantize(Decimal("0.01"))
        except InvalidOperation:
            raise ValueError("the price is no number") from None
        current = markets[ticker].current_price
        if not price.is_finite() or abs(price - current) > BAND * current:
            raise ValueError(f"the price is not within {BAND:%} of {current}")
        portfolio = self.client.portfolio()
        held = sum(
            (one.quantity - one.locked for one in portfolio.holdings if one.ticker == ticker), Decimal(0)
        )
        if action["action"] == "sell" and quantity > held:
            raise ValueError(f"only {held} are held")
        if action["action"] == "buy" and price * quantity > SHARE_MAX * portfolio.cash:
            raise ValueError(f"it costs more than {SHARE_MAX:%} of the free cash")
        return Order(action["action"], ticker, quantity, price)


def main() -> None:
    """Read the arguments, and trade for some rounds."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--url", default=DEFAULT_URL)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--pause", type=float, default=2.0, help="seconds between two rounds")
    parser.add_argument("--recorded", type=Path, help="a file of answers in the place of a model")
    arguments = parser.parse_args()
    if arguments.recorded:
        complete = recorded(arguments.recorded)
    else:
        url, model = os.environ.get("LLM_URL"), os.environ.get("LLM_MODEL")
        if not url or not model:
            parser.error("set LLM_URL and LLM_MODEL, or give --recorded")
        complete = endpoint(url, model, os.environ.get("LLM_API_KEY", ""))
    with Client(arguments.url) as client:
        registered = client.register(f"llm-{uuid.uuid4().hex[:8]}", uuid.uuid4().hex)
        agent = Agent(client, complete)
        for number in range(arguments.rounds):
            if number:
                time.sleep(arguments.pause)
            for note in agent.step():
                print(f"{number + 1}: {note}")
        client.cancel_all()
        print(f"{registered.username} is worth {client.portfolio().total_value:,.2f}")


if __name__ == "__main__":
    main()
