"""`crossbook admin` where no venue runs: every mistake is one line, and nothing secret stands in it."""

import socket
from pathlib import Path

import pytest

from tests.small_runs import crossbook


@pytest.fixture(autouse=True)
def _nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CROSSBOOK_API_KEY", raising=False)
    (tmp_path / "key").write_text("ms_secret\n")
    (tmp_path / "empty").write_text("")
    (tmp_path / "nothing").mkdir()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["status"], "nothing says who asks: name the venue's --data-dir, an --api-key-file, or set CROSSBOOK_API_KEY"),
        (["status", "--data-dir", "nothing"], "nothing/admin.password: No such file or directory"),
        (["status", "--api-key-file", "empty"], "empty: there is nothing in it"),
        (["status", "--api-key-file", "key", "--data-dir", "."], "sign in with --data-dir or with --api-key-file, not with both"),
        (["status", "--api-key-file", "key", "--url", "venue"], "the address of a venue looks like"),
        (["status", "--api-key-file", "key", "--url", "http://me:pw@h"], "the address of a venue holds no secrets and no query"),
        (["band", "FUN", "--api-key-file", "key"], "a band is --low, --high or both, or --none"),
        (["band", "FUN", "--low", "1", "--none", "--api-key-file", "key"], "a band is --low, --high or both, or --none"),
        (["band", "FUN", "--low", "cheap", "--api-key-file", "key"], "--low: cheap is no number"),
        (["list", "MOON", "--price", "NaN", "--api-key-file", "key"], "--price: NaN is no number"),
        (["news", "hello", "--impact", "0.1", "--api-key-file", "key"], "an --impact needs the --ticker whose worth moves"),
        (["rebuild", "--data-dir", "nothing"], "nothing is no venue's data directory: there is no journal in it"),
        (["rebuild", "--data-dir", "absent"], "absent is no venue's data directory: there is no journal in it"),
    ],
)  # fmt: skip
def test_a_mistake_is_one_line_and_status_two(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert crossbook("admin", *words) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"crossbook: {said}")
    assert "ms_secret" not in line
    assert not Path("absent").exists()


def test_a_password_is_not_asked_for_where_nobody_sits(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert crossbook("admin", "users", "create", "ada", "--api-key-file", "key") == 2
    assert capsys.readouterr().err == (
        "crossbook: there is no terminal to ask for a password: give --password-file\n"
    )


@pytest.mark.slow
def test_a_venue_that_is_not_there_is_one_line_and_status_one(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    assert crossbook("admin", "status", "--api-key-file", "key", "--url", url) == 1
    assert capsys.readouterr().err == (
        f"crossbook: no venue answers at {url}: start one with crossbook up, or name its --url\n"
    )
