"""The command line's frame: exit status, and one clear line for each mistake."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import typer

from crossbook.cli import main as command_line
from crossbook.core import (
    ConfigError,
    CoreFault,
    CrossbookError,
    JournalDamaged,
    JournalFailure,
    Reject,
    TransientError,
    UsageError,
    version,
)


def raising(error: BaseException) -> Callable[..., None]:
    """Stand in for the application: whatever it is called with, it raises."""

    def application(**_: object) -> None:
        raise error

    return application


def test_version_prints_the_version_of_the_native_core(capsys: pytest.CaptureFixture[str]) -> None:
    assert command_line.run(["--version"]) == 0
    assert capsys.readouterr().out == f"crossbook {version()}\n"


def test_help_ends_with_an_example_and_succeeds(capsys: pytest.CaptureFixture[str]) -> None:
    assert command_line.run(["--help"]) == 0
    assert "Example: crossbook up" in capsys.readouterr().out


def test_no_words_at_all_show_the_help_and_fail_without_a_complaint(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert command_line.run([]) == 2
    shown = capsys.readouterr()
    assert "Usage: crossbook" in shown.out + shown.err
    assert "crossbook:" not in shown.err


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["frobnicate"], "crossbook: No such command 'frobnicate'. (see crossbook --help)\n"),
        (["--frobnicate"], "crossbook: No such option: --frobnicate (see crossbook --help)\n"),
    ],
)
def test_an_unknown_word_is_one_line_on_standard_error_and_status_two(
    words: list[str], complaint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command_line.run(words) == 2
    shown = capsys.readouterr()
    assert (shown.out, shown.err) == ("", complaint)


@pytest.mark.parametrize(
    ("error", "status", "complaint"),
    [
        (UsageError("no file day.csv"), 2, "crossbook: no file day.csv\n"),
        (ConfigError("seed: not a number"), 2, "crossbook: seed: not a number\n"),
        (Reject(7, "no cash"), 1, "crossbook: rejected with 7: no cash\n"),
        (TransientError("the venue is busy"), 1, "crossbook: the venue is busy\n"),
        (CoreFault("the books do not balance"), 1, "crossbook: the books do not balance\n"),
        (JournalDamaged("byte 7 is not what was written"), 1, "crossbook: byte 7 is not what was written\n"),
        (JournalFailure("the disk failed"), 4, "crossbook: the disk failed\n"),
        (typer.Abort(), 1, "crossbook: stopped at a question that was not answered\n"),
    ],
)
def test_an_error_of_ours_is_one_line_and_its_status(
    error: CrossbookError,
    status: int,
    complaint: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(command_line, "application", lambda _: raising(error))

    assert command_line.run(["replay"]) == status
    assert capsys.readouterr().err == complaint


def test_a_defect_of_ours_keeps_its_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command_line, "application", lambda _: raising(ZeroDivisionError("ours")))

    with pytest.raises(ZeroDivisionError):
        command_line.run(["replay"])


def test_the_installed_script_fails_with_one_line_and_no_traceback() -> None:
    script = Path(sys.executable).with_name("crossbook")

    done = subprocess.run([script, "frobnicate"], capture_output=True, text=True, check=False, timeout=60)

    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "Traceback" not in done.stderr


def test_an_error_that_cannot_be_written_keeps_its_status() -> None:
    with open("/dev/full", "w") as full:  # noqa: PTH123
        done = subprocess.run(
            [sys.executable, "-c", "from crossbook.cli.main import main; main()", "run", "no/such.yaml"],
            stdout=subprocess.DEVNULL,
            stderr=full,
            check=False,
            timeout=60,
        )

    assert done.returncode == 2
