"""Steer a live simulation: pause it, change an agent, let one come and go, send a large order, and print every answer.

    crossbook stream --speed 10                     # in one terminal
    python examples/consumers/steer.py              # in another
    python examples/consumers/steer.py '{"type":"control","action":"speed","value":100}'

Given messages, it sends those in place of the tour. It needs the library `websockets`, and the control token: that of
CROSSBOOK_CONTROL_TOKEN, or of the file where `crossbook stream` keeps it. Its exit status is 1 when anything was refused.
"""

import argparse
import asyncio
import json
import os
import secrets
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

TOKEN_VARIABLE: Final = "CROSSBOOK_CONTROL_TOKEN"  # noqa: S105 - the name of a variable
STATE: Final = Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state")
TOKEN_FILE: Final = STATE / "crossbook" / "control.token"
CHANNELS: Final = ("simulation", "agent_configs", "market_data")
ANSWER_S: Final = 30.0
"""How long an answer may take: that to a long step comes at its end."""

Message = dict[str, Any]


class Simulation:
    """A simulation that is steered over one connection, whose newest messages are at hand.

    Args:
        stream: The connection.
    """

    def __init__(self, stream: ClientConnection) -> None:
        self.newest: dict[str, Message] = {}
        """By type."""
        self.refused = 0
        self._stream = stream
        self._asked = 0

    async def ask(self, message: Message) -> Message:
        """Send a message, and return its answer; what comes before that is kept as the newest of its type.

        Raises:
            TimeoutError: No answer came.
        """
        self._asked += 1
        # An `id` finds the answer among all else that comes, and answers may come in another order.
        message = {"id": self._asked, **message}
        hidden = {**message, **({"token": "..."} if "token" in message else {})}
        print(f"> {json.dumps(hidden)}")
        await self._stream.send(json.dumps(message))
        async with asyncio.timeout(ANSWER_S):
            while (answer := await self._next()).get("id") != message["id"]:
                self.newest[answer["type"]] = answer
        print(f"< {json.dumps(answer, default=str)}")
        self.refused += answer["type"] == "error" or answer.get("success") is False
        return answer

    async def control(self, action: str, value: Any = None) -> Message:
        """Steer time, or what happens."""
        return await self.ask(
            {"type": "control", "action": action} | ({} if value is None else {"value": value})
        )

    async def agent(self, action: str, agent_id: str, **fields: Any) -> Message:
        """Let agents come, change or go."""
        return await self.ask({"type": "agent_command", "action": action, "agent_id": agent_id, **fields})

    async def first(self, kind: str) -> Message:
        """Return the newest message of a type, once there is one.

        Raises:
            TimeoutError: None came.
        """
        async with asyncio.timeout(ANSWER_S):
            while kind not in self.newest:
                message = await self._next()
                self.newest[message["type"]] = message
        return self.newest[kind]

    async def after_step(self, seconds: float) -> Decimal:
        """Go on for so many simulated seconds while paused, and return the last price then."""
        await self.control("step", {"seconds": seconds})
        # An answer comes when all is done; what it changed is told in the messages around it. The newest of each
        # channel comes again to who subscribes.
        self.newest.pop("market_data", None)
        await self.ask({"type": "subscribe", "channels": CHANNELS})
        price: Decimal = (await self.first("market_data"))["last_price"]
        return price

    async def _next(self) -> Message:
        message: Message = json.loads(await self._stream.recv(), parse_float=Decimal)
        return message


async def tour(simulation: Simulation) -> None:
    """Show what can be done, and leave the simulation as it was but for what the agents made of it."""
    state = (await simulation.first("simulation"))["state"]
    if state not in {"running", "paused"}:
        print(f"no simulation runs: it is {state}")
        simulation.refused += 1
        return
    symbol = simulation.newest["simulation"]["symbols"][0]["symbol"]
    await simulation.control("pause")

    print("\nMakers quote twice as wide, and as before again:")
    configs = (await simulation.first("agent_configs"))["configs"]
    for config in configs:
        if "spread" in config:
            name, spread = config["agent_id"], float(config["spread"])
            await simulation.agent("update", name, config={"spread": 2 * spread})
            await simulation.agent("update", name, config={"spread": spread})
            break
    else:
        print("nobody here has a spread to change")

    print("\nA market maker comes:")
    # Nobody may have had this name before, not even a guest that left.
    guest = f"guest_{secrets.token_hex(4)}"
    config = {"spread": 0.001, "order_size": 0.5, "max_position": 10}
    await simulation.agent("create", guest, agent_type="market_maker", config=config, markets=[symbol])
    before = await simulation.after_step(1.0)

    print("\nSomebody buys a lot within a simulated second:")
    shock = {"symbol": symbol, "side": "buy", "size": 5, "seconds": 1}
    await simulation.control("shock", shock)
    after = await simulation.after_step(2.0)
    print(f"{symbol} was at {before}, and is at {after}")

    print("\nThe market maker leaves, and time goes on:")
    await simulation.agent("delete", guest)
    if state == "running":
        await simulation.control("resume")


async def steer(url: str, token: str | None, messages: list[Message]) -> int:
    """Steer, and return how much of it was refused."""
    async with connect(f"{url}/?channels={','.join(CHANNELS)}", max_size=1 << 24) as stream:
        simulation = Simulation(stream)
        if token is not None:
            await simulation.ask({"type": "auth", "token": token})
        if simulation.refused:
            return simulation.refused
        for message in messages:
            await simulation.ask(message)
        if not messages:
            await tour(simulation)
    return simulation.refused


def token_of(file: Path | None) -> str | None:
    """Return the control token: of the file that was given, of the environment, or of where it is kept."""
    if file is None and (token := os.environ.get(TOKEN_VARIABLE)):
        return token
    if file is None and not TOKEN_FILE.exists():
        # A server may let everybody steer; one that does not says so.
        return None
    return (file or TOKEN_FILE).read_text().strip()


def message_of(text: str) -> Message:
    """Return a message from its JSON.

    Raises:
        ArgumentTypeError: It is no JSON object.
    """
    try:
        return {**json.loads(text)}
    except (TypeError, ValueError) as error:
        raise argparse.ArgumentTypeError(f"no JSON object: {error}") from None


def main() -> None:
    """Steer, and say whether all of it was done."""
    options = argparse.ArgumentParser(description="Steer a live simulation.")
    options.add_argument("messages", nargs="*", type=message_of, help="JSON to send in place of the tour")
    options.add_argument("--url", default="ws://127.0.0.1:8765")
    options.add_argument("--token-file", type=Path, help=f"default: ${TOKEN_VARIABLE}, or {TOKEN_FILE}")
    given = options.parse_args()
    try:
        refused = asyncio.run(steer(given.url, token_of(given.token_file), given.messages))
    except (OSError, TimeoutError, WebSocketException) as error:
        sys.exit(f"{type(error).__name__}: {error}")
    sys.exit(1 if refused else 0)


if __name__ == "__main__":
    main()
