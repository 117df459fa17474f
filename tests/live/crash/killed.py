"""`crossbook up` as a process that is killed and started again on the same directory, at the same address."""

import asyncio
import contextlib
import json
import os
import signal
import socket
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Any

from crossbook.core.journal import verify as verify_journal
from crossbook.venue.keeper import rebuild
from crossbook.venue.principal import Role
from crossbook.venue.settings import VenueSettings
from crossbook.venue.store import Store
from crossbook.venue.venue import DATABASE, JOURNAL, Venue
from tests.live.crash.warm import Child, Warm

PROGRAM = (sys.executable, "-c", "from crossbook.cli.main import main; main()")
PATIENCE_S = 60.0
TICKERS = ("FUN", "MEME", "YOLO")
PRICES = {"FUN": 100_00, "MEME": 50_00, "YOLO": 200_00}
"""In cents."""
LOTS = 500
"""What every trader is given of every instrument, so that there is something to sell."""
CASH = 1_000_000_00
ADMIN = "keeper-of-keys"
PASSWORD = "correct horse battery staple"  # noqa: S105 - of a test
PROJECTED = ("instruments", "accounts", "orders", "trades", "candles", "equity", "news", "progress")
FILE = {
    "instruments": [{"ticker": ticker, "initial_price": f"{PRICES[ticker] // 100}"} for ticker in TICKERS],
    "starting_cash": str(CASH // 100),
    # The least that there is, so that many of the moments of a kill are in the middle of a snapshot.
    "snapshot_commands": 1_000,
    "equity_seconds": 1,
    "limits": {
        "orders_per_second": 100_000, "order_burst": 100_000, "requests_per_second": 100_000,
        "request_burst": 100_000,
    },
}  # fmt: skip


def environment(**more: str) -> dict[str, str]:
    """Return the variables of a venue that keeps its compiled modules: a start without them takes four times as long."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    kept.setdefault(
        "PYTHONPYCACHEPREFIX", str(Path(tempfile.gettempdir()) / f"crossbook-modules-{os.getuid()}")
    )
    return kept | {"COLUMNS": "400"} | more


@dataclass(slots=True)
class Killed:
    """A venue and its directory.

    Args:
        folder: Where its files are put.
        words: More words of the command line.
        variables: More variables of its environment.
    """

    folder: Path
    words: tuple[str, ...] = ("--no-bots",)
    settings: Mapping[str, Any] = field(default_factory=dict)
    variables: Mapping[str, str] = field(default_factory=dict)
    database_url: str | None = None
    port: int = 0
    warm: Warm | None = None
    """What forks the process in place of starting a program; none for a program of its own."""
    process: asyncio.subprocess.Process | Child | None = None
    starts_s: list[float] = field(default_factory=list)
    """How long each start took until the doors were open."""

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self._config.write_text(json.dumps(FILE | dict(self.settings)))
        with socket.create_server(("127.0.0.1", 0)) as listener:
            self.port = listener.getsockname()[1]

    @property
    def data(self) -> Path:
        """The data directory."""
        return self.folder / "data"

    @property
    def journal(self) -> Path:
        """The journal's directory."""
        return self.data / JOURNAL

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def database(self) -> str:
        """Its database."""
        return self.database_url or str(self.data / DATABASE)

    @property
    def log(self) -> str:
        """What it has said so far."""
        return self._log.read_text()

    async def prepare(self, names: list[str]) -> dict[str, str]:
        """Make the directory with traders who have cash and lots, and an administrator; return their API keys."""
        settings = VenueSettings.model_validate(FILE | dict(self.settings) | {"house": {"enabled": False}})
        venue = await Venue.open(self.data, settings, database_url=self.database_url)
        try:
            await venue.gate.administration.create(ADMIN, PASSWORD, Role.ADMIN)
            keys: dict[str, str] = {}
            for name in names:
                keys[name] = (await venue.gate.register(name, PASSWORD, "127.0.0.1")).api_key
                account = venue.gate.by_api_key(keys[name]).account
                for listed in venue.trading.instruments:
                    await venue.sequencer.carry_out(
                        "deposit", account=account, amount=LOTS, instrument=listed.number
                    )
            return keys
        finally:
            await venue.stop()

    async def launch(self) -> None:
        """Start the process and return at once."""
        self._out.write_bytes(b"")
        words = ["up", "--port", str(self.port), "--data-dir", str(self.data), "--config", str(self._config)]
        words += ["--database-url", self.database_url] if self.database_url else []
        words += self.words
        if self.warm is not None:
            self.process = await self.warm.start(words, self._out, self._log, self.variables)
            return
        with self._log.open("ab") as log, self._out.open("wb") as out:
            self.process = await asyncio.create_subprocess_exec(
                *PROGRAM, *words, stdout=out, stderr=log, start_new_session=True,
                env=environment(**self.variables),
            )  # fmt: skip

    async def start(self) -> None:
        """Start the process and wait until its doors are open.

        Raises:
            AssertionError: It ended instead.
        """
        began = monotonic()
        await self.launch()
        while "is open" not in self._out.read_text():
            assert self.running, (
                f"the venue ended with {self.process and self.process.returncode}: {self.log}"
            )
            assert monotonic() - began < PATIENCE_S, self.log
            await asyncio.sleep(0.01)
        self.starts_s.append(monotonic() - began)

    @property
    def running(self) -> bool:
        """Whether the process runs."""
        return self.process is not None and self.process.returncode is None

    def signal(self, number: signal.Signals) -> None:
        """Send the process a signal, if it still runs."""
        if self.process is not None and self.process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                self.process.send_signal(number)

    async def ended(self) -> int:
        """Wait for its end; return its status."""
        assert self.process is not None
        async with asyncio.timeout(PATIENCE_S):
            return await self.process.wait()

    async def kill(self) -> None:
        """Kill it, as `kill -9` does."""
        self.signal(signal.SIGKILL)
        if self.process is not None:
            await self.ended()

    async def stop(self) -> int:
        """Ask it to stop in good order; return its status."""
        self.signal(signal.SIGTERM)
        return await self.ended()

    @property
    def _config(self) -> Path:
        return self.folder / "venue.json"

    @property
    def _log(self) -> Path:
        return self.folder / "up.log"

    @property
    def _out(self) -> Path:
        return self.folder / "up.out"


async def command_line(*words: object, variables: Mapping[str, str] | None = None) -> tuple[int, str, str]:
    """Run the command line to its end; return its status, what it printed, and its errors."""
    process = await asyncio.create_subprocess_exec(
        *PROGRAM, *map(str, words), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        env=environment(**(variables or {})),
    )  # fmt: skip
    async with asyncio.timeout(PATIENCE_S):
        out, errors = await process.communicate()
    return await process.wait(), out.decode(), errors.decode()


def check_journal(venue: Killed) -> None:
    """Read every byte of the journal of a venue that has stopped."""
    facts = verify_journal(str(venue.journal))
    assert facts.damage is None
    assert facts.snapshots_unusable == []
    assert facts.foreign == []


async def check_database(venue: Killed, scratch_url: str) -> dict[str, int]:
    """Compare every table with what the journal makes of it; return how many rows there are."""
    await rebuild(str(venue.journal), scratch_url, equity_seconds=1)
    async with await Store.open(venue.database) as kept, await Store.open(scratch_url) as made:
        counts = {}
        for table in PROJECTED:
            ours, theirs = await kept.projection.dump(table), await made.projection.dump(table)
            assert ours == theirs, f"the table {table} differs from the journal"
            counts[table] = len(ours)
    return counts
