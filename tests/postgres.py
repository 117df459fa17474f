"""A PostgreSQL server for tests: a cluster of its own in a temporary directory, ended with the test session.

`database_url` gives each test an empty database, once of SQLite and once of PostgreSQL. Where the server's programs are
not installed (Debian: `postgresql`), the second is skipped.
"""

import asyncio
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import asyncpg  # type: ignore[import-untyped]
import pytest

from crossbook.core import CrossbookError

START_S = 60.0
_NOT_ROOT = ("postgres", "nobody")
"""Who runs the server where the tests run as root, which PostgreSQL refuses."""


class NoServerError(CrossbookError):
    """Say that no PostgreSQL server can be started here."""


@dataclass
class Cluster:
    """A cluster that this session made."""

    directory: Path
    programs: Path
    user: str | None
    port: int
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the server and wait until it answers."""
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": str(self.port),
            "unix_socket_directories": "",
            "fsync": "off",
            "full_page_writes": "off",
            "shared_buffers": "32MB",
            "max_connections": "60",
        }
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        with (self.directory.parent / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                [self.programs / "postgres", "-D", self.directory, *options],
                stdout=subprocess.DEVNULL,
                stderr=log,
                user=self.user,
                group=self._group(),
                extra_groups=[] if self.user else None,
                cwd=self.directory,
            )
        deadline = time.monotonic() + START_S
        while True:
            try:
                asyncio.run(self._ask("SELECT 1"))
            except (OSError, asyncpg.PostgresError):
                if self.process.poll() is not None or time.monotonic() > deadline:
                    raise
                time.sleep(0.05)
            else:
                return

    def stop(self) -> None:
        """Stop the server at once; what was committed is there when it starts again."""
        if self.process is not None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
            self.process = None

    def new_database(self) -> str:
        """Return the URL of a database that is new and empty."""
        name = f"test_{uuid.uuid4().hex}"
        asyncio.run(self._ask(f"CREATE DATABASE {name} TEMPLATE template0"))
        return f"postgresql://crossbook@127.0.0.1:{self.port}/{name}"

    def make(self) -> None:
        """Make the cluster's files."""
        if self.user is not None:
            for path in (self.directory.parent, self.directory):
                os.chown(path, pwd.getpwnam(self.user).pw_uid, self._group() or -1)
        options = ["--username=crossbook", "--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C"]
        made = subprocess.run(
            [self.programs / "initdb", "-D", self.directory, *options],
            capture_output=True,
            text=True,
            user=self.user,
            group=self._group(),
            extra_groups=[] if self.user else None,
            cwd=self.directory,
            check=False,
        )
        if made.returncode:
            raise NoServerError(made.stderr.strip().splitlines()[-1])

    def _group(self) -> int | None:
        return None if self.user is None else pwd.getpwnam(self.user).pw_gid

    async def _ask(self, statement: str) -> None:
        connection = await asyncpg.connect(
            host="127.0.0.1", port=self.port, user="crossbook", database="postgres", timeout=5
        )
        try:
            await connection.execute(statement)
        finally:
            await connection.close()


def server_programs() -> Path | None:
    """Return the directory of the newest server that is installed; Debian keeps them out of the path."""
    found = shutil.which("initdb")
    if found is not None:
        return Path(found).resolve().parent
    versions = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    return max(versions, key=lambda path: float(path.parent.name), default=None)


def new_cluster(directory: Path) -> Cluster:
    """Make a cluster in an empty directory and start its server.

    Raises:
        NoServerError: Where the programs are missing, or there is nobody but root to run them.
    """
    programs = server_programs()
    if programs is None:
        raise NoServerError("PostgreSQL's server is not installed (Debian's package postgresql)")
    user = None
    if os.geteuid() == 0:
        known = {entry.pw_name for entry in pwd.getpwall()}
        user = next((name for name in _NOT_ROOT if name in known), None)
        if user is None:
            raise NoServerError("PostgreSQL does not run as root, and there is no other user")
    files = directory / "files"
    files.mkdir(mode=0o700)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    cluster = Cluster(files, programs, user, port)
    cluster.make()
    cluster.start()
    return cluster


_STASH = pytest.StashKey[Cluster | NoServerError]()


def _session_cluster(config: pytest.Config) -> Cluster:
    """Return the cluster of this session, made when it is first asked for."""
    if _STASH not in config.stash:
        directory = Path(tempfile.mkdtemp(prefix="crossbook-postgres-"))
        config.add_cleanup(lambda: shutil.rmtree(directory, ignore_errors=True))
        try:
            cluster = new_cluster(directory)
        except NoServerError as error:
            config.stash[_STASH] = error
        else:
            config.stash[_STASH] = cluster
            config.add_cleanup(cluster.stop)
    found = config.stash[_STASH]
    if isinstance(found, NoServerError):
        pytest.skip(str(found))
    return found


@pytest.fixture
def postgres_url(pytestconfig: pytest.Config) -> str:
    """The URL of an empty PostgreSQL database."""
    return _session_cluster(pytestconfig).new_database()


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """The URL of a SQLite database that is not there yet."""
    return f"sqlite:///{tmp_path / 'crossbook.sqlite3'}"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """The URL of an empty database, of either kind in turn."""
    url: str = request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url")
    return url


@pytest.fixture
def own_cluster() -> Iterator[Cluster]:
    """A cluster that the test may stop and start."""
    directory = Path(tempfile.mkdtemp(prefix="crossbook-postgres-"))
    try:
        cluster = new_cluster(directory)
    except NoServerError as error:
        shutil.rmtree(directory, ignore_errors=True)
        pytest.skip(str(error))
    yield cluster
    cluster.stop()
    shutil.rmtree(directory, ignore_errors=True)
