"""`crossbook admin` as an administrator uses it, against `crossbook up` as a process of its own."""

import json
import os
import pty
import signal
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from crossbook.client import Client, Refused
from tests.small_runs import PROGRAM, crossbook

pytestmark = pytest.mark.slow

PATIENCE_S = 60.0
TABLES = ("instruments", "accounts", "orders", "trades", "candles", "equity", "news", "progress")
PASSWORD = "correct horse battery staple"  # noqa: S105 - of a venue that ends with its test


class Up:
    """A venue in a process of its own."""

    def __init__(self, directory: Path, *words: str) -> None:
        self.directory = directory / "data"
        self.log = directory / "up.log"
        self._words = words
        self._process: subprocess.Popen[bytes] | None = None
        self.url = ""

    def start(self) -> None:
        """Start it, and read from what it prints where it listens."""
        self.log.write_text("")
        words = ("up", "--port", "0", "--data-dir", str(self.directory), *self._words)
        with self.log.open("ab") as log:
            self._process = subprocess.Popen([*PROGRAM, *words], stdout=log, stderr=log)
        deadline = time.monotonic() + PATIENCE_S
        while "Ctrl-C" not in (said := self.log.read_text()):
            assert self._process.poll() is None, said
            assert time.monotonic() < deadline, said
            time.sleep(0.05)
        line = next(line for line in said.splitlines() if line.startswith("Exchange"))
        self.url = line.split()[1]

    def ended(self) -> int:
        """Wait until it ends, and return its status."""
        assert self._process is not None
        return self._process.wait(PATIENCE_S)

    def stop(self) -> int:
        """Stop it in good order."""
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)
        return self.ended()

    def kill(self) -> None:
        """End it whatever it does."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def admin(self, *words: object) -> int:
        """Run a command of `crossbook admin` as the first administrator."""
        return crossbook("admin", *words, "--url", self.url, "--data-dir", self.directory)


@contextmanager
def up(folder: Path, *words: str) -> Iterator[Up]:
    venue = Up(folder, *words)
    try:
        venue.start()
        yield venue
    finally:
        venue.kill()


@pytest.fixture(scope="module")
def venue(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    with up(tmp_path_factory.mktemp("venue"), "--no-bots") as opened:
        yield opened


@pytest.fixture
def password_file(tmp_path: Path) -> Path:
    path = tmp_path / "password"
    path.write_text(f"{PASSWORD}\n")
    return path


def answer(capsys: pytest.CaptureFixture[str]) -> Any:
    return json.loads(capsys.readouterr().out)


def users(venue: Up, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    capsys.readouterr()
    assert venue.admin("users", "list", "--json") == 0
    return {user["username"]: user for user in answer(capsys)["users"]}


# Users


def test_a_user_is_made_changed_shut_out_and_let_in(
    venue: Up, password_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert venue.admin("users", "create", "ada", "--password-file", password_file) == 0
    assert capsys.readouterr().out == "ada is a user with the role trader\n"
    assert venue.admin("users", "role", "ada", "admin") == 0
    assert users(venue, capsys)["ada"]["role"] == "admin"
    assert venue.admin("users", "role", "ada", "trader") == 0
    assert venue.admin("users", "disable", "ada") == 0
    assert users(venue, capsys)["ada"]["disabled"] is True
    with Client(venue.url) as client, pytest.raises(Refused):
        client.login("ada", PASSWORD)
    assert venue.admin("users", "enable", "ada") == 0
    other = tmp_path / "other"
    other.write_text("another long password\n")
    assert venue.admin("users", "password", "ada", "--password-file", other) == 0
    with Client(venue.url) as client:
        assert client.login("ada", "another long password").username == "ada"


def test_users_are_listed_a_page_at_a_time(venue: Up, capsys: pytest.CaptureFixture[str]) -> None:
    with Client(venue.url) as client:
        client.register("page-1", PASSWORD)
        client.register("page-2", PASSWORD)
    assert venue.admin("users", "list", "--limit", 1, "--offset", 1) == 0
    said = capsys.readouterr()
    assert len(said.out.splitlines()) == 2
    assert "1 of " in said.err


def test_a_password_is_asked_for_twice_and_is_not_shown(venue: Up) -> None:
    words = ("admin", "users", "create", "typed", "--url", venue.url, "--data-dir", str(venue.directory))
    ours, theirs = pty.openpty()
    try:
        process = subprocess.Popen(
            [*PROGRAM, *words], stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True
        )
        os.close(theirs)
        said = b""
        # The space comes last, once the terminal no longer shows what is typed.
        for asked in (b"New password of typed: ", b"confirmation: "):
            while asked not in said:
                said += os.read(ours, 1_024)
            os.write(ours, f"{PASSWORD}\n".encode())
        while b"is a user" not in said:
            said += os.read(ours, 1_024)
        assert process.wait(PATIENCE_S) == 0
    finally:
        os.close(ours)
    assert PASSWORD.encode() not in said


# Keys


def test_a_key_is_made_used_from_a_file_or_the_environment_and_ended(
    venue: Up, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert venue.admin("keys", "create", "laptop") == 0
    said = capsys.readouterr()
    file = tmp_path / "key"
    file.write_text(said.out)
    assert said.out.startswith("ms_")
    assert said.out.strip() not in said.err

    assert crossbook("admin", "keys", "list", "--json", "--url", venue.url, "--api-key-file", file) == 0
    (key,) = [key for key in answer(capsys) if key["label"] == "laptop"]
    monkeypatch.setenv("CROSSBOOK_API_KEY", said.out.strip())
    assert crossbook("admin", "keys", "list", "--url", venue.url) == 0
    assert key["key_id"] in capsys.readouterr().out
    assert venue.admin("keys", "revoke", key["key_id"]) == 0
    capsys.readouterr()
    assert crossbook("admin", "status", "--url", venue.url) == 1
    assert capsys.readouterr().err == f"crossbook: the venue at {venue.url} does not know this key\n"


# The market


def test_an_instrument_is_halted_and_resumed(venue: Up, capsys: pytest.CaptureFixture[str]) -> None:
    with Client(venue.url) as client:
        client.register("halting", PASSWORD)
        assert venue.admin("halt", "FUN") == 0
        with pytest.raises(Refused):
            client.place("FUN", "buy", 1, "90")
        assert venue.admin("resume", "FUN") == 0
        assert client.place("FUN", "buy", 1, "90").status == "open"
    assert capsys.readouterr().out.splitlines()[-1] == "FUN trades"


def test_an_instrument_is_listed_with_its_steps(venue: Up, capsys: pytest.CaptureFixture[str]) -> None:
    words = ("--price", "2.5", "--name", "Moon Mining", "--price-step", "0.5", "--quantity-step", "10")
    assert venue.admin("list", "MOON", *words, "--taker-fee-ppm", 100) == 0
    with Client(venue.url) as client:
        client.register("listing", PASSWORD)
        assert client.place("MOON", "buy", 20, "2.5").status == "open"
        with pytest.raises(Refused):
            client.place("MOON", "buy", 20, "2.6")


def test_a_band_holds_until_it_is_taken_away(venue: Up, capsys: pytest.CaptureFixture[str]) -> None:
    with Client(venue.url) as client:
        client.register("bounded", PASSWORD)
        assert venue.admin("band", "MEME", "--low", "45", "--high", "55.5") == 0
        with pytest.raises(Refused):
            client.place("MEME", "buy", 1, "44.99")
        assert venue.admin("band", "MEME", "--none") == 0
        assert client.place("MEME", "buy", 1, "44.99").status == "open"
    assert capsys.readouterr().out.splitlines() == [
        "orders of MEME must lie from 45 to 55.5",
        "MEME has no band",
    ]


def test_news_are_told(venue: Up) -> None:
    assert venue.admin("news", "Fun has a new hit", "--ticker", "FUN", "--impact", "0.05") == 0
    told = httpx.get(f"{venue.url}/api/news").json()["news"][0]
    assert (told["text"], told["ticker"]) == ("Fun has a new hit", "FUN")


# The venue


def test_an_audit_says_what_it_checked(venue: Up, capsys: pytest.CaptureFixture[str]) -> None:
    assert venue.admin("audit") == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line for line in lines if line.startswith("holds: cash")]
    assert lines[-2].startswith("everything adds up")
    assert venue.admin("audit", "--json") == 0
    found = answer(capsys)
    assert len(found["checked"]) == len(lines) - 2
    assert lines[-1] == f"state hash {found['state_hash']}, event hash {found['event_hash']}"


def test_the_status_says_how_the_venue_is(venue: Up, capsys: pytest.CaptureFixture[str]) -> None:
    assert venue.admin("status", "--json") == 0
    state = answer(capsys)
    assert (state["status"], state["durability"]) == ("ready", "durable")
    assert state["sequence"] > 0
    assert state["users"] >= 1
    assert venue.admin("status") == 0
    assert f"{state['open_orders']:,}" in capsys.readouterr().out


# Mistakes


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["halt", "NOPE"], "there is no instrument 'NOPE'"),
        (["band", "NOPE", "--low", "1"], "there is no instrument 'NOPE'"),
        (["band", "FUN", "--low", "1.001"], "a band's prices must be multiples of 0.01"),
        (["list", "FUN", "--price", "1"], "FUN is listed already"),
        (["news", "hello", "--ticker", "NOPE"], "there is no instrument 'NOPE'"),
        (["users", "disable", "nobody"], "no such user"),
        (["users", "role", "admin", "trader"], "this is the last administrator"),
        (["keys", "revoke", "nokey"], "no such key"),
    ],
)
def test_what_the_venue_refuses_is_one_line_and_status_one(
    venue: Up, words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert venue.admin(*words) == 1
    assert capsys.readouterr().err.startswith(f"crossbook: {said}")


def test_a_name_that_is_taken_is_one_line(
    venue: Up, password_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert venue.admin("users", "create", "admin", "--password-file", password_file) == 1
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_who_is_no_administrator_is_told_so(
    venue: Up, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    key = tmp_path / "key"
    with Client(venue.url) as client:
        key.write_text(client.register("trader", PASSWORD).api_key)
    assert crossbook("admin", "halt", "FUN", "--url", venue.url, "--api-key-file", key) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert "administrator" in line


def test_the_password_of_another_venue_is_told_so(
    venue: Up, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "admin.password").write_text("of another venue\n")
    assert crossbook("admin", "status", "--url", venue.url, "--data-dir", tmp_path) == 2
    assert "is it another venue's, or was it changed?" in capsys.readouterr().err


# Stopping and rebuilding


def rows_of(database: Path) -> dict[str, list[tuple[Any, ...]]]:
    with sqlite3.connect(database) as connection:
        return {table: sorted(connection.execute(f"SELECT * FROM {table}"), key=repr) for table in TABLES}  # noqa: S608


def trade(url: str) -> None:
    """Trade, rest, change and cancel, for more than one period of equity."""
    with Client(url) as seller, Client(url) as buyer:
        seller.register("seller", PASSWORD)
        buyer.register("buyer", PASSWORD)
        for number in range(30):
            # Cash accounts hold nothing to sell, so the orders rest, are changed and cancelled.
            placed = buyer.place("FUN", "buy", 1, str(80 + number))
            if number % 3 == 0:
                buyer.replace(placed.order_id, price=str(70 + number))
            if number % 5 == 0:
                buyer.cancel(placed.order_id)
        seller.cancel_all()


def test_the_database_is_rebuilt_row_for_row_while_no_venue_runs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = tmp_path / "venue.yaml"
    settings.write_text("equity_seconds: 1\nhouse: {load: 2}\n")
    with up(tmp_path, "--config", str(settings)) as venue:
        data = ("--data-dir", venue.directory, "--config", settings)
        trade(venue.url)
        wait_for_equity(venue.directory / "crossbook.sqlite3")
        assert crossbook("admin", "rebuild", *data) == 3
        assert "is in use by process" in capsys.readouterr().err
        assert venue.stop() == 0

    database, fresh = venue.directory / "crossbook.sqlite3", tmp_path / "fresh.sqlite3"
    before = rows_of(database)
    assert all(before[table] for table in ("orders", "trades", "candles", "equity", "progress"))
    assert crossbook("admin", "rebuild", *data) == 0
    assert rows_of(database) == before
    capsys.readouterr()
    assert crossbook("admin", "rebuild", *data, "--database-url", f"sqlite:///{fresh}", "--json") == 0
    assert rows_of(fresh) == before
    done = answer(capsys)
    assert done["database"] == str(fresh)
    assert {done["commands"], done["events"]} <= set(before["progress"][0])


def wait_for_equity(database: Path) -> None:
    """Wait until the keeper has written equity of two periods, and a trade of the bots, which make the candles."""
    deadline = time.monotonic() + PATIENCE_S
    while True:
        with sqlite3.connect(database) as connection:
            (periods,) = connection.execute("SELECT count(DISTINCT time_ns) FROM equity").fetchone()
            (candles,) = connection.execute("SELECT count(*) FROM candles").fetchone()
        if periods >= 2 and candles:
            return
        assert time.monotonic() < deadline
        time.sleep(0.2)


def test_a_venue_is_stopped_once_that_is_agreed_to(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with up(tmp_path, "--no-bots") as venue:
        words = ("admin", "shutdown", "--url", venue.url, "--data-dir", str(venue.directory))
        refused = subprocess.run([*PROGRAM, *words], input=b"n\n", capture_output=True, check=False)
        assert refused.returncode == 1
        assert httpx.get(f"{venue.url}/api/ready").status_code == 200
        assert venue.admin("shutdown", "--yes") == 0
        assert venue.ended() == 0
    assert capsys.readouterr().out == "the venue stops; crossbook up goes on where it ended\n"
