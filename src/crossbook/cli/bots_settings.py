"""What bots are to run, as `crossbook bots` reads it from a file, from standard input, or from its own words.

Keys and passwords come from files, from the environment or through standard input, and never from the command line,
where everybody on the machine could read them.
"""

import os
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Final

import yaml
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

from crossbook.client import DEFAULT_URL
from crossbook.core import ConfigError
from crossbook.settings import load

KEY_VARIABLE: Final = "CROSSBOOK_API_KEY"
INPUT_BYTES_MAX: Final = 1 << 24
"""The most that is read from standard input."""
BOTS_MAX: Final = 1_000


class Model(BaseModel):
    """The base of all settings: an unknown name is a mistake."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class BotFile(Model):
    """A bot."""

    name: Annotated[str, Field(min_length=1, max_length=64)]
    """What it is called in logs; its random numbers hang on it, so every bot has its own."""
    trader: str
    """As `module:Class`, or `path/to/file.py:Class`."""
    api_key: SecretStr | None = None
    """The key of its account."""
    api_key_file: str | None = None
    """A file with the key, in its place."""
    tickers: tuple[str, ...] = ()
    """The markets it trades, its first one first; all of the venue's when left out."""
    parameters: dict[str, Any] = {}
    """Keyword arguments of the trader's constructor."""


class OracleFile(Model):
    """The oracle that tells the bots what the instruments are worth."""

    volatility: Annotated[float, Field(ge=0, le=1)] = 0.015
    """Deviation of the logarithm of a value over an hour."""
    memory_hours: Annotated[float, Field(ge=0.01, le=1e6)] = 12.0
    """Time in which a departure from the level shrinks to the e-th part."""


class BotsFile(Model):
    """Bots, and the venue that they trade on."""

    url: str = DEFAULT_URL
    """The address of the venue."""
    seed: Annotated[int, Field(ge=0)] = 1
    """Of the bots' random numbers and the oracle's."""
    cash_step: Annotated[Decimal, Field(gt=0)] = Decimal("0.01")
    """The venue's unit of cash."""
    oracle: OracleFile | None = None
    """Given to the bots where it is set: they know the fundamental, which on a venue is the house's alone to know."""
    bots: Annotated[tuple[BotFile, ...], Field(min_length=1, max_length=BOTS_MAX)]


def read_file(path: Path) -> BotsFile:
    """Read a file of bots.

    Raises:
        ConfigError: Something is wrong with it, in one line that says where.
    """
    return load(path, BotsFile).settings


def read_text(text: str) -> BotsFile:
    """Read bots from JSON, as they come through standard input.

    Raises:
        ConfigError: Something is wrong with it, in one line without anything of what was read: keys are in it.
    """
    try:
        return BotsFile.model_validate_json(text, strict=True)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise ConfigError(f"standard input: {place + ': ' if place else ''}{first['msg']}") from None


def secret_lines(path: Path) -> list[str]:
    """Return the lines of a file of secrets, without empty ones.

    Raises:
        ConfigError: It cannot be read, or holds none.
    """
    try:
        lines = [line.strip() for line in path.read_text(encoding="utf-8").splitlines()]
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no text"
        raise ConfigError(f"{path}: {reason}") from None
    found = [line for line in lines if line]
    if not found:
        raise ConfigError(f"{path}: there is nothing in it")
    return found


def key_of(bot: BotFile, beside: Path | None) -> str:
    """Return the key of a bot's account.

    Raises:
        ConfigError: There is none, or its file cannot be read.
    """
    if bot.api_key is not None:
        return bot.api_key.get_secret_value()
    if bot.api_key_file is not None:
        return secret_lines((beside or Path()) / bot.api_key_file)[0]
    if key := os.environ.get(KEY_VARIABLE):
        return key
    raise ConfigError(f"{bot.name}: there is no api_key, no api_key_file and no {KEY_VARIABLE}")


def parameters_from(words: list[str]) -> dict[str, Any]:
    """Return parameters that were written as `name=value`, each value as YAML reads it.

    Raises:
        ConfigError: One is not of that form.
    """
    found = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not equals or not name.isidentifier():
            raise ConfigError(f'a parameter is written "name=value", not "{word}"')
        try:
            found[name] = yaml.safe_load(value)
        except yaml.YAMLError:
            raise ConfigError(f"{name}: {value} is no value that YAML can read") from None
    return found


def trader_from(word: str) -> tuple[str, dict[str, Any]]:
    """Return the name and the parameters of a trader that was written as `module:Class?name=value&name=value`."""
    name, _, query = word.partition("?")
    return name, parameters_from([part for part in query.split("&") if part])
