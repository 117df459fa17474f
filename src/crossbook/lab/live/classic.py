"""From a classic agent type and its parameters to a group of the kernel's, and from changed ones to what changes there.

The types themselves, and what each assumes, stand in `crossbook.lab.live.classic_types`.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from crossbook.core import ConfigError
from crossbook.lab.config.agents import NATIVE
from crossbook.lab.config.groups import AnyGroup
from crossbook.lab.config.model import Market
from crossbook.lab.live.classic_measures import Measures, refuse
from crossbook.lab.live.classic_types import CLASSIC, Classic
from crossbook.settings.wording import guidance

__all__ = [
    "CLASSIC",
    "agent_group",
    "cash_of_each",
    "classic_changes",
    "classic_group",
    "is_classic",
    "read_classic",
]

CASH_DEFAULT: Final = Decimal(100_000)
"""What an agent begins with where nobody says, in currency."""
CASH_DEFAULT_UNITS_MAX: Final = 1 << 58
"""Of a group together, where nobody says: a sixteenth of what a venue can carry."""

_GROUP: Final[TypeAdapter[AnyGroup]] = TypeAdapter(AnyGroup)


def is_classic(agent_type: str, config: Mapping[str, Any]) -> bool:
    """Say whether a type with these parameters is a classic one.

    Some native kinds have the name of a classic type. No parameter of theirs has the name of one of its, so the parameters
    tell; without any it is the classic type.
    """
    model, native = CLASSIC.get(agent_type), NATIVE.get(agent_type)
    if model is None or native is None:
        return model is not None
    return not any(key in native.model_fields for key in config) or any(
        key in model.model_fields for key in config
    )


def classic_group(
    agent_type: str,
    config: Mapping[str, Any],
    market: Market,
    *,
    count: int = 1,
    cash: int | None = None,
    markets: list[str] | None = None,
) -> AnyGroup:
    """Return the native group that agents of a classic type are.

    Args:
        agent_type: The type.
        config: Its parameters; those that are left out have their defaults.
        market: The market that they trade in, or the first of them: its ticks and lots count.
        count: How many agents.
        cash: Cash units of each; what `cash_of_each` says when left out.
        markets: Names of the markets; all when left out.

    Raises:
        ConfigError: There is no such type, or a parameter is wrong, in one line that begins with its name.
    """
    model = read_classic(agent_type, config)
    params = model.native(Measures(market))
    return _group(model.kind, params, count, cash_of_each(market, count) if cash is None else cash, markets)


def agent_group(
    agent_type: str,
    config: Mapping[str, Any],
    market: Market,
    *,
    count: int = 1,
    cash: int | None = None,
    markets: list[str] | None = None,
) -> AnyGroup:
    """Return the group that agents of a classic type, or of a native kind, are.

    Args:
        agent_type: The type, or the kind.
        config: Its parameters.
        market: As for `classic_group`.
        count: How many agents.
        cash: Cash units of each; what `cash_of_each` says when left out.
        markets: Names of the markets; all when left out.

    Raises:
        ConfigError: There is no such type, or a parameter is wrong, in one line that begins with its name.
    """
    if agent_type not in CLASSIC and agent_type not in NATIVE:
        known = list(dict.fromkeys([*CLASSIC, *NATIVE]))
        raise ConfigError(f'agent_type: there is no "{agent_type}"{guidance(agent_type, known)}')
    if is_classic(agent_type, config):
        return classic_group(agent_type, config, market, count=count, cash=cash, markets=markets)
    money = cash_of_each(market, count) if cash is None else cash
    return _group(agent_type, dict(config), count, money, markets)


def classic_changes(
    agent_type: str, before: Mapping[str, Any], changed: Mapping[str, Any], market: Market
) -> dict[str, Any]:
    """Return the native parameters that change where some of a classic type's do.

    Args:
        agent_type: The type.
        before: The parameters until now, as they were given.
        changed: Those that change.
        market: As for `classic_group`.

    Raises:
        ConfigError: As `classic_group`; or nothing changes.
    """
    if not changed:
        raise ConfigError("config: nothing changes")
    to = Measures(market)
    old = read_classic(agent_type, before).native(to)
    new = read_classic(agent_type, {**before, **changed}).native(to)
    # Whoever sets what is so already has done no wrong, and an intervention must have something to say.
    return {key: value for key, value in new.items() if value != old[key]} or new


def read_classic(agent_type: str, config: Mapping[str, Any]) -> Classic:
    """Return the parameters of a classic type, those that were left out too.

    Raises:
        ConfigError: There is no such type, or a parameter is wrong.
    """
    model = CLASSIC.get(agent_type)
    if model is None:
        raise ConfigError(f'agent_type: there is no "{agent_type}"{guidance(agent_type, list(CLASSIC))}')
    try:
        return model.model_validate(dict(config), strict=True)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        path = ".".join(str(part) for part in first["loc"])
        if first["type"] == "extra_forbidden":
            known = list(model.model_fields)
            refuse(path, f"{agent_type} has no such parameter{guidance(path, known)}")
        words = _words(str(first["msg"]))
        raise ConfigError(f"{path}: {words}" if path else words) from None


def _group(
    kind: str, params: Mapping[str, Any], count: int, cash: int, markets: list[str] | None
) -> AnyGroup:
    """Return a group of a native kind.

    Raises:
        ConfigError: A parameter is wrong.
    """
    group = {"kind": kind, "count": count, "params": dict(params), "cash": cash, "markets": markets}
    try:
        return _GROUP.validate_python(group, strict=True)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        # The path begins with the kind.
        path = ".".join(str(part) for part in first["loc"][1:] if part != "params")
        if first["type"] == "extra_forbidden":
            refuse(path, f"{kind} has no such parameter{guidance(path, list(NATIVE[kind].model_fields))}")
        words = _words(str(first["msg"]))
        raise ConfigError(f"{path}: {words}" if path else words) from None


def cash_of_each(market: Market, count: int, most: int = CASH_DEFAULT_UNITS_MAX) -> int:
    """Return what each of some agents begins with where nobody says, in cash units.

    It is 100,000 in currency, or the largest power of ten below that with which all of them have no more than they may.

    Args:
        market: Whose cash units they are.
        count: How many agents.
        most: Cash units of all of them.
    """
    unit = Decimal(market.price_step) * Decimal(market.lot_size) / market.multiplier
    cash = CASH_DEFAULT
    while cash >= 1 and cash / unit * max(count, 1) > most:
        cash /= 10
    return int(cash / unit) if cash >= 1 else 0


def _words(message: str) -> str:
    """Return pydantic's words as a sentence that follows the name of a setting."""
    text = message.removeprefix("Value error, ").replace("Input should be", "must be")
    text = text.replace("Field required", "is missing").replace(
        "Extra inputs are not permitted", "is unknown"
    )
    return text[:1].lower() + text[1:]
