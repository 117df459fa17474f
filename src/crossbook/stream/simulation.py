"""A live simulation from Python: made of agents, run at any speed, steered, watched, and streamed to others.

It is what `crossbook stream` runs, in a thread of this process instead of a process of its own, so that agents that are
objects here take part.
"""

import contextlib
import socket
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from crossbook.core import ConfigError, UsageError
from crossbook.doors.stream import channels
from crossbook.doors.stream.host import Host
from crossbook.doors.stream.hub import Hub
from crossbook.doors.stream.rights import Rights
from crossbook.doors.stream.server import streaming
from crossbook.doors.stream.wanted import Start
from crossbook.lab.config import RunFile
from crossbook.lab.config.model import Market
from crossbook.lab.config.units import midnight
from crossbook.lab.live.classic import agent_group, cash_of_each, is_classic
from crossbook.lab.live.steer import plain
from crossbook.lab.run import Plan
from crossbook.stream.adapter import AsyncTrader
from crossbook.stream.agents import AsyncAgent, ClassicAgent, plain_number
from crossbook.stream.inside import Reader, SimulationThread

DEFAULT_SECONDS: Final = 7 * 86_400
NS: Final = 1_000_000_000
MEMORY_BYTES: Final = 2 << 30
PRICE_TIMES: Final = 10
"""The highest price of an order, in initial prices."""
VOLATILITY_PER_DAY: Final = 0.03


class MarketSimulation:
    """A market of agents that runs while others watch.

    Used as `async with`, it begins and ends by itself; what it leaves is an ordinary run directory.

    Args:
        agents: Who trades: classic agents, and agents of one's own.
        initial_price: Where the price starts.
        agent_wakeup_interval_us: Microseconds between two wakeups of an agent that has no interval of its own.
        speed_multiplier: Simulated seconds for one on the wall; 0 for as fast as it goes.
        symbol: What is traded.
        price_step: The smallest difference of two prices.
        lot_size: The smallest size.
        seed: Everything that is drawn follows from it.
        duration_seconds: Simulated time after which it ends.
        volatility: Deviation over a day of the logarithm of the value that informed agents know.
        out: Where its directory goes.

    Raises:
        ConfigError: An agent or a parameter is wrong, in one line that names it.
    """

    def __init__(  # noqa: PLR0913 - the parameters of a market
        self,
        agents: Sequence[ClassicAgent | AsyncAgent],
        initial_price: Decimal | int | str,
        *,
        agent_wakeup_interval_us: int = 100_000,
        speed_multiplier: float = 1.0,
        symbol: str = "BTC/USD",
        price_step: Decimal | str = "0.01",
        lot_size: Decimal | str = "0.00000001",
        seed: int = 1,
        duration_seconds: float = DEFAULT_SECONDS,
        volatility: float = VOLATILITY_PER_DAY,
        out: Path | str = "runs",
    ) -> None:
        price = Decimal(plain_number(initial_price))
        market = {
            "initial_price": format(price, "f"),
            "price_step": str(price_step),
            "lot_size": str(lot_size),
            "max_price": format(price * PRICE_TIMES, "f"),
            "fundamental": {"kind": "geometric", "volatility": volatility, "per_ns": "1d"},
        }
        self._market: Final = Market.model_validate(market)
        self._wakeup_us: Final = agent_wakeup_interval_us
        self._own: Final[dict[str, AsyncAgent]] = {}
        self._classic: Final[dict[str, tuple[str, dict[str, Any]]]] = {}
        self._epoch_s: Final = midnight(datetime.now(UTC))
        groups = {}
        for agent in agents:
            if agent.agent_id in groups:
                raise ConfigError(f"agents: two have the id {agent.agent_id!r}")
            groups[agent.agent_id] = self._group(agent)
        self._run: Final = RunFile.model_validate(
            {
                "name": "simulation",
                "seed": seed,
                "day": {"start": 0, "open": 0, "close": int(duration_seconds * NS)},
                "markets": {symbol: market},
                "agents": groups,
            }
        )
        self._speed: Final = speed_multiplier
        self._out: Final = Path(out)
        self._hub: Hub | None = None
        self._host: Host | None = None
        self._stack: Final = contextlib.AsyncExitStack()
        self.url: str | None = None
        """Where others find the stream, once it is served."""
        self.token: str | None = None
        """What lets them steer."""

    def _group(self, agent: ClassicAgent | AsyncAgent) -> dict[str, Any]:
        if isinstance(agent, AsyncAgent):
            self._own[agent.agent_id] = agent
            return self._own_group(agent)
        kind, config = kind_of(agent), agent.config(self._wakeup_us)
        try:
            group = agent_group(kind, config, self._market, count=agent.count)
        except ConfigError as error:
            raise ConfigError(f"{agent.agent_id}: {error}") from None
        if is_classic(kind, config):
            self._classic[agent.agent_id] = (kind, config)
        return plain(group)

    def _own_group(self, agent: AsyncAgent) -> dict[str, Any]:
        """Return the group of an agent of one's own, from which it can be made again where its class can be imported."""
        kind = type(agent)
        given, named = agent.made_with
        unit = Decimal(self._market.price_step) * Decimal(self._market.lot_size)
        params = {
            "agent": f"{_place_of(kind)}:{kind.__qualname__}",
            "arguments": [
                [plain_number(value) for value in given],
                {k: plain_number(v) for k, v in named.items()},
            ],
            "wakeup_interval_us": agent.wakeup_interval_us or self._wakeup_us,
            "price_step": self._market.price_step,
            "lot_size": self._market.lot_size,
            "cash_unit": format(unit, "f"),
            "epoch_us": self._epoch_s * 1_000_000,
        }
        return {
            "kind": f"{AsyncTrader.__module__}:{AsyncTrader.__name__}",
            "cash": cash_of_each(self._market, 1),
            "params": params,
        }

    # From its beginning to its end

    async def start(self, *, serve: bool = True, host: str = "127.0.0.1", port: int = 8765) -> None:
        """Begin, and serve the stream to others.

        Args:
            serve: Whether others can watch.
            host: The address to listen on.
            port: The port, or zero for any that is free.

        Raises:
            ConfigError: An agent is wrong, or nothing can listen there.
        """
        if self._host is not None:
            raise UsageError("the simulation has begun already")
        if serve:
            self.token = Rights.new_token()
            rights = Rights(self.token)
            server = await self._stack.enter_async_context(streaming(rights, host, port, launch=self._launch))
            self.url = f"ws://{server.at.host}:{server.at.port}"
            self._host, self._hub = server.host, server.door.hub
        else:
            self._hub = Hub(self._watched)
            self._host = Host(self._launch, self._hub)
            self._stack.push_async_callback(self._host.close)
        run = self._run.model_dump(mode="json", exclude_none=True)
        await self._host.start(
            Start(
                run=run,
                folder=str(Path.cwd()),
                out=str(self._out),
                speed=self._speed,
                epoch_s=self._epoch_s,
                memory_bytes=MEMORY_BYTES,
                classic=self._classic,
            )
        )

    async def stop(self) -> Path:
        """End, and return the directory that the run has left."""
        host = self._begun
        await host.end()
        folder = self._out / str(host.state.get("run"))
        await self._stack.aclose()
        return folder

    async def wait(self) -> None:
        """Wait until it is over by itself."""
        await self._begun.over.wait()

    async def __aenter__(self) -> Self:
        """Begin, if that was not done."""
        if self._host is None:
            await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End."""
        await self.stop()

    # Looking at it

    @property
    def state(self) -> Mapping[str, Any]:
        """The newest message of the channel `simulation`."""
        return self._begun.state

    async def messages(self, *names: str) -> AsyncIterator[dict[str, Any]]:
        """Yield the messages of some channels, or of all, as others get them.

        Args:
            names: Of channels, such as `trade` or `kline:1m`.

        Raises:
            UsageError: There is no such channel, or the reader is too slow.
        """
        try:
            followed = channels.numbers_of(list(names) or list(channels.CHANNELS))
        except KeyError as error:
            raise UsageError(f"there is no channel {error.args[0]!r}") from None
        reader = Reader(followed)
        if self._hub is None:
            raise UsageError("the simulation has not begun")
        self._hub.enter(reader)
        try:
            while True:
                async for message in reader.take():
                    yield message
        finally:
            self._hub.leave(reader)

    # Steering it

    async def pause(self) -> None:
        """Have time stand still."""
        await self._control("pause")

    async def resume(self) -> None:
        """Go on."""
        await self._control("resume")

    async def step(self, steps: int = 1, *, seconds: float | None = None) -> None:
        """Go on for so many steps of the kernel, or for some simulated time, while paused."""
        await self._control("step", steps if seconds is None else {"seconds": seconds})

    async def set_speed(self, multiplier: float) -> None:
        """Go on at another speed; 0 is as fast as it goes."""
        await self._control("speed", multiplier)

    async def news(self, jump: Decimal | int | str, text: str = "news") -> None:
        """Have the value jump by so much, and tell those who listen."""
        await self._control("news", {"jump": Decimal(plain_number(jump)), "text": text})

    async def shock(self, side: str, size: Decimal | int | str, seconds: float = 0.0) -> None:
        """Have a large order come, in equal pieces."""
        await self._control("shock", {"side": side, "size": Decimal(plain_number(size)), "seconds": seconds})

    async def create_agent(self, agent: ClassicAgent) -> None:
        """Let an agent come in; agents of one's own are there from the beginning or not at all."""
        config = agent.config(self._wakeup_us)
        await self._command(
            {
                "action": "create",
                "agent_id": agent.agent_id,
                "agent_type": kind_of(agent),
                "config": config,
                "count": agent.count,
            }
        )

    async def update_agent(self, agent_id: str, **config: Any) -> None:
        """Have an agent go by other parameters."""
        plain_config = {key: plain_number(value) for key, value in config.items()}
        await self._command({"action": "update", "agent_id": agent_id, "config": plain_config})

    async def delete_agent(self, agent_id: str) -> None:
        """Have an agent take its orders back and do nothing any more."""
        await self._command({"action": "delete", "agent_id": agent_id})

    @property
    def _begun(self) -> Host:
        if self._host is None:
            raise UsageError("the simulation has not begun")
        return self._host

    async def _control(self, action: str, value: Any = None) -> None:
        await self._ask("control", {"type": "control", "action": action, "value": value})

    async def _command(self, command: dict[str, Any]) -> None:
        await self._ask("agent", {"type": "agent_command", **command})

    async def _ask(self, what: str, body: dict[str, Any]) -> None:
        answer = await self._begun.ask(what, body)
        if not answer["success"]:
            raise UsageError(answer["error"])

    # Where it lives

    def _watched(self) -> None:
        if self._host is not None:
            self._host.watched()

    def _launch(self, link: socket.socket) -> SimulationThread:
        return SimulationThread(link, self._plan)

    def _plan(self, run: RunFile, folder: Path, sources: tuple[Path, ...]) -> Plan:
        """Return the plan of the run, with the very agents that were given."""
        plan = Plan.of(run, folder, sources)
        for name, agent in self._own.items():
            plan.specification.traders[name] = type(AsyncTrader.__name__, (AsyncTrader,), {"given": agent})
        return plan


def kind_of(agent: ClassicAgent) -> str:
    """Return the agent type of an agent, as the stream calls it."""
    return str(getattr(agent, "agent_type", None) or agent.kind)


def _place_of(kind: type) -> str:
    """Return the module of a class, or its file where it is that of a program."""
    if kind.__module__ != "__main__":
        return kind.__module__
    file = getattr(sys.modules["__main__"], "__file__", None)
    return str(Path(file).resolve()) if file else "__main__"
