"""Recorded data as a market's flow: which files, and how agents trade beside them."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field

from crossbook.core import ConfigError
from crossbook.core.simulation import Simulation
from crossbook.data import binance, lobster
from crossbook.lab.config.base import Part
from crossbook.lab.config.units import Price
from crossbook.lab.recorded import day_of, tape_of


class Power(Part):
    """The power model: a cancel stood ahead with a probability after Rigtorp and hftbacktest."""

    power: Annotated[float, Field(gt=0, allow_inf_nan=False)]
    """The exponent."""


class Lobster(Part):
    """A LOBSTER day: single orders, so agents stand at their true place in the queue."""

    kind: Literal["lobster"]
    messages: str
    """The message file, plain or .gz, beside the run file."""
    book: str | None = None
    """The book file; the one beside the messages with the matching name when left out, where there is one."""
    impact: bool = True
    """Whether what agents do changes what the recorded orders meet."""


class Binance(Part):
    """A recording of Binance's streams: price levels, so an agent's place in the queue is estimated."""

    kind: Literal["binance"]
    file: str
    """JSON lines, plain or .gz, beside the run file."""
    quantity_step: Price = "0.00000001"
    """Size of one lot."""
    policy: Literal["strict", "repair"] = "strict"
    """Whether a flaw of the recording ends the run, or is mended and told in the manifest."""
    clock: Literal["exchange", "local"] = "exchange"
    """Whose clock simulated time is."""
    feed: Literal["instant", "recorded"] = "instant"
    """Whether rows can be seen at their time, or when the recorder received them."""
    queue: Literal["risk_averse", "log", "optimistic"] | Power = "risk_averse"
    """How an order's place in its queue is estimated."""
    impact: bool = False
    """Whether what agents take of a level stays taken until the recording next tells of it."""
    quotes: bool = True
    """Whether best quotes rule the top of the book, which rows of depth alone show late."""


Recorded = Annotated[Lobster | Binance, Field(discriminator="kind")]


@dataclass(frozen=True, slots=True)
class Flow:
    """Recorded flow that is ready to be attached to a market."""

    attach: Callable[[Simulation, int], None]
    """Attaches it to the market of this number."""
    stand_ins: int
    """How many agents of the kind `recorded` it needs."""
    lowest: int
    highest: int
    """The range of its prices, in ticks."""
    files: list[Path]
    """The files that it was read from, the one that tells of the trades first."""
    lineage: dict[str, Any]
    """What a run's manifest says of it beside the files."""


def existing_file(folder: Path, name: str, place: str) -> Path:
    """Return the path of a file that a run file names.

    Raises:
        ConfigError: There is no such file.
    """
    path = folder / name
    if not path.is_file():
        raise ConfigError(f"{place}: {path}: there is no such file")
    return path


def flow_of(recorded: Lobster | Binance, folder: Path, price_step: str, place: str) -> Flow:
    """Read the files of a recording.

    Raises:
        ConfigError: A file is not there, or the market's prices are counted otherwise.
        DataError: A file is not what it should be; the message names it and the line.
    """
    if isinstance(recorded, Lobster):
        return _lobster(recorded, folder, price_step, place)
    path = existing_file(folder, recorded.file, f"{place}.file")
    recording = binance.read(
        path, price_step=price_step, quantity_step=recorded.quantity_step, policy=recorded.policy
    )
    queue: Any = {"power": recorded.queue.power} if isinstance(recorded.queue, Power) else recorded.queue
    tape = tape_of(
        recording,
        clock=recorded.clock,
        feed=recorded.feed,
        queue=queue,
        impact=recorded.impact,
        quotes=recorded.quotes,
    )
    return Flow(tape.attach, 2, tape.lowest, tape.highest, [path], tape.lineage)


def _lobster(recorded: Lobster, folder: Path, price_step: str, place: str) -> Flow:
    if float(price_step) != 1e-4:
        raise ConfigError(
            f"{place}: LOBSTER counts prices in 1/10,000: price_step must be 0.0001, not {price_step}"
        )
    files = [existing_file(folder, recorded.messages, f"{place}.messages")]
    if recorded.book is not None:
        files.append(existing_file(folder, recorded.book, f"{place}.book"))
    elif (beside := lobster.book_file_for(files[0])).exists():
        files.append(beside)
    book = lobster.read_book(files[1]) if len(files) > 1 else None
    day = day_of(lobster.read_messages(files[0]), book)
    attach, stand_ins = (day.attach_script, 3) if recorded.impact else (day.tape().attach, 2)
    return Flow(attach, stand_ins, day.lowest, day.highest, files, day.lineage)
