"""The traders of the house's bots: whether they load, and what each is made with.

A trader whose constructor takes `home_lots` is told what its account was given to begin with, so that it leans
towards that position and not towards none. The times between two looks are divided by the house's load.
"""

import inspect
from pathlib import Path
from typing import Any, Final

from crossbook.agents import find, make
from crossbook.core import ConfigError
from crossbook.venue.settings import BotSettings, HouseSettings, VenueFile

PACED: Final = ("interval_ns", "look_ns")
"""Parameters that say how often a trader acts."""
HOME: Final = "home_lots"


def trader_mistake(settings: VenueFile, *, beside: Path | None = None) -> str | None:
    """Return why the trader of some bots cannot be made, as a path and one line; `None` where all can.

    Args:
        settings: The settings of the venue.
        beside: A folder in which modules are looked for first.
    """
    if not settings.house.enabled:
        return None
    for number, bots in enumerate(settings.house.bots):
        place = f"house.bots.{number}"
        try:
            trader = find(bots.trader, beside=beside)
        except ConfigError as error:
            return f"{place}.trader: {error}"
        try:
            make(trader, parameters_of(bots, settings.house.load, beside=beside))
        except ConfigError as error:
            return f"{place}.parameters: {error}"
    return None


def found_traders(house: HouseSettings, beside: Path) -> HouseSettings:
    """Return the settings of a house with the traders in a folder named by their whole paths.

    The bots run in another process, which knows nothing of the file that named them.
    """
    bots = []
    for one in house.bots:
        module, _, name = one.trader.rpartition(":")
        file = (beside / (module if module.endswith(".py") else f"{module}.py")).resolve()
        bots.append(one.model_copy(update={"trader": f"{file}:{name}"}) if file.is_file() else one)
    return house.model_copy(update={"bots": tuple(bots)})


def parameters_of(bots: BotSettings, load: float, *, beside: Path | None = None) -> dict[str, Any]:
    """Return what the constructor of a bot's trader is called with.

    Raises:
        ConfigError: There is no such trader.
    """
    taken = inspect.signature(find(bots.trader, beside=beside)).parameters
    parameters = dict(bots.parameters)
    if HOME in taken:
        parameters.setdefault(HOME, bots.quantity)
    for name in PACED:
        value = parameters.get(name, taken[name].default if name in taken else None)
        if load != 1.0 and isinstance(value, int | float) and not isinstance(value, bool):
            parameters[name] = value / load
    return parameters
