"""What people do to a live simulation, in their own words: agents by id, sizes in units, prices in currency.

Each becomes an intervention of `crossbook.lab.config.interventions`, made at once and kept for the run file. Whatever
is refused has changed nothing.
"""

import re
from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from types import MappingProxyType
from typing import Any, Final

from crossbook.core import ConfigError
from crossbook.lab.config.groups import AnyGroup
from crossbook.lab.config.units import DAY_NS
from crossbook.lab.live.classic import agent_group, classic_changes, is_classic
from crossbook.lab.live.figures import LiveMarket
from crossbook.lab.live.run import LiveRun
from crossbook.settings.wording import guidance

AGENTS_AT_ONCE_MAX: Final = 100_000
"""Agents that one command brings."""
GROUPS_MAX: Final = 10_000
"""Groups that a simulation may ever have while it is steered."""
SHOCK_PIECES_PER_SECOND: Final = 10
SHOCK_PIECES_MAX: Final = 10_000
SHOCK_SECONDS_MAX: Final = DAY_NS // 1_000_000_000
SHOCK_CASH: Final = 1 << 53
_SHOCK: Final = "block"
_WORDS: Final = (
    (re.compile(r"^(?:(?:enter\.)?agents\.|change\.)?params\b"), "config"),
    (re.compile(r"^(?:enter\.)?agents\."), ""),
    (re.compile(r"^(?:(?:enter|change)\.)?name\b"), "agent_id"),
)
"""What a run file calls things, and what who steers calls them."""


class Steer:
    """The hands of those who steer.

    Args:
        run: What is steered.
        markets: Its markets, in the kernel's order.
        classic: Groups that are of classic types: the type and its config, by their names.
    """

    def __init__(
        self,
        run: LiveRun,
        markets: Sequence[LiveMarket],
        classic: Mapping[str, tuple[str, dict[str, Any]]] = MappingProxyType({}),
    ) -> None:
        self._run: Final = run
        self._markets: Final = {market.name: market for market in markets}
        self._classic: Final = dict(classic)
        """The classic type of an agent and its config, by id."""
        self._shocks = 0

    def configs(self) -> list[dict[str, Any]]:
        """Return who is there, each with its type, its count and its parameters."""
        rows = []
        for name, group in self._run.driver.steering.groups.items():
            kind, config = self._classic.get(name, (group.kind, None))
            if config is None:
                params = group.params
                config = (
                    params if isinstance(params, dict) else params.model_dump(mode="json", exclude_none=True)
                )
            rows.append({**config, "agent_id": name, "agent_type": kind, "count": group.count})
        return rows

    def types(self) -> dict[str, str]:
        """Return the type of everybody who was ever there, by id."""
        every = self._run.driver.steering.every
        return {name: self._classic.get(name, (group.kind, None))[0] for name, group in every.items()}

    def create(
        self,
        agent_id: str,
        agent_type: str,
        config: Mapping[str, Any],
        *,
        count: int = 1,
        markets: list[str] | None = None,
        cash: int | None = None,
    ) -> None:
        """Let agents come in.

        Args:
            agent_id: A name that no group ever had.
            agent_type: A classic type, or a native kind.
            config: Its parameters.
            count: How many.
            markets: Where they trade; everywhere when left out.
            cash: Cash units of each; a sensible sum when left out.

        Raises:
            ConfigError: It cannot be.
        """
        if not 1 <= count <= AGENTS_AT_ONCE_MAX:
            raise ConfigError(f"count: must be from 1 to {AGENTS_AT_ONCE_MAX:,}, not {count:,}")
        if len(self._run.driver.steering.every) >= GROUPS_MAX:
            raise ConfigError(f"there were {GROUPS_MAX:,} groups of agents, as many as there may ever be")
        market = self._market_of(markets)
        group = agent_group(agent_type, config, market, count=count, cash=cash, markets=markets)
        self._steer({"do": "enter", "name": agent_id, "agents": plain(group)})
        if is_classic(agent_type, config):
            self._classic[agent_id] = (agent_type, dict(config))

    def update(self, agent_id: str, config: Mapping[str, Any]) -> None:
        """Have agents go by other parameters; those that are left out stay.

        Raises:
            ConfigError: It cannot be.
        """
        self._known(agent_id)
        params = config
        classic = self._classic.get(agent_id)
        if classic is not None:
            kind, before = classic
            market = self._market_of(self._run.driver.steering.groups[agent_id].markets)
            params = classic_changes(kind, before, config, market)
        self._steer({"do": "change", "name": agent_id, "params": dict(params)})
        if classic is not None:
            self._classic[agent_id] = (classic[0], {**classic[1], **config})

    def delete(self, agent_id: str) -> None:
        """Have agents take their orders back and do nothing any more.

        Raises:
            ConfigError: There are none of that name.
        """
        self._known(agent_id)
        self._run.steer({"do": "leave", "name": agent_id})

    def news(self, symbol: str | None, jump: Decimal, text: str) -> None:
        """Have news break: the fundamental jumps by so much in currency.

        Raises:
            ConfigError: There is no such market.
        """
        market = self._market(symbol)
        ticks = float(jump / market.price.size)
        self._run.steer({"do": "news", "symbol": market.symbol, "jump_ticks": ticks, "text": text})

    def shock(self, symbol: str | None, side: str, size: Decimal, seconds: float) -> str:
        """Have a large order come, in equal pieces; return the name of who sends it.

        Raises:
            ConfigError: There is no such market, or the size is out of range.
        """
        market = self._market(symbol)
        lots = int((size / market.size.size).to_integral_value(ROUND_HALF_UP))
        if lots < 1:
            raise ConfigError(f"size: must be {market.size.size:f} at least")
        if not 0 <= seconds <= SHOCK_SECONDS_MAX:
            raise ConfigError("seconds: must be from 0 to a day")
        pieces = min(lots, SHOCK_PIECES_MAX, max(1, round(seconds * SHOCK_PIECES_PER_SECOND)))
        params: dict[str, Any] = {"buy": side == "buy", "lots": lots, "pieces": pieces}
        if pieces > 1:
            params["interval_ns"] = max(1, round(seconds * 1e9 / pieces))
        every = self._run.driver.steering.every
        while (name := f"shock {self._shocks + 1}") in every:
            self._shocks += 1
        agents = {"kind": _SHOCK, "markets": [market.name], "cash": SHOCK_CASH, "params": params}
        self._run.steer({"do": "enter", "name": name, "agents": agents})
        return name

    def _steer(self, what: dict[str, Any]) -> None:
        """Do something to agents.

        Raises:
            ConfigError: It cannot be; in the words of who asked.
        """
        try:
            self._run.steer(what)
        except ConfigError as error:
            words = str(error)
            for inner, outer in _WORDS:
                words = inner.sub(outer, words)
            raise ConfigError(words) from None

    def _known(self, agent_id: str) -> None:
        present = self._run.driver.steering.groups
        if agent_id not in present:
            raise ConfigError(f'agent_id: there is no "{agent_id}"{guidance(agent_id, list(present))}')

    def _market(self, name: str | None) -> LiveMarket:
        known = list(self._markets)
        if name is None:
            if len(known) > 1:
                raise ConfigError(f"symbol: there are several: {', '.join(known)}")
            return self._markets[known[0]]
        if name not in self._markets:
            raise ConfigError(f'symbol: there is no "{name}"{guidance(name, known)}')
        return self._markets[name]

    def _market_of(self, markets: list[str] | None) -> Any:
        """Return the settings of the market that a group's sizes and prices are counted in."""
        name = next(iter(self._markets)) if not markets else markets[0]
        return self._run.plan.run.markets[self._market(name).symbol]


def plain(group: AnyGroup) -> dict[str, Any]:
    """Return a group as a run file spells it."""
    return group.model_dump(mode="json", exclude_none=True)
