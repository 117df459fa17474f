"""What the whole tree keeps to: small files, no trace of the machine that wrote them, pins without an index."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

FILE_LINES_MAX = 600
SOURCE_SUFFIXES = {".rs", ".py", ".pyi", ".ts", ".tsx"}

# Homes and work folders of a machine. Spelled so that this file does not find itself.
MACHINE_PATH = re.compile(r"(?<![\w.$}/-])/(?:ro{2}t|wor[k]|hom[e]/\w+|User[s]/\w+)/|\b[A-Z]:\\\\?User[s]\\")


def tracked_files() -> list[Path]:
    """Return what is committed or about to be: what git knows of, and what it does not ignore."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    paths = (ROOT / name for name in listed.stdout.split("\0") if name)
    return [path for path in paths if path.is_file()]


def text_lines(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the numbered lines of a text file, and none of a binary one."""
    content = path.read_bytes()
    if b"\0" not in content:
        yield from enumerate(content.decode(errors="replace").splitlines(), start=1)


def test_no_source_file_is_longer_than_six_hundred_lines() -> None:
    lengths = {
        path: sum(1 for _ in text_lines(path)) for path in tracked_files() if path.suffix in SOURCE_SUFFIXES
    }

    too_long = {
        str(path.relative_to(ROOT)): lines for path, lines in lengths.items() if lines > FILE_LINES_MAX
    }
    assert not too_long
    assert lengths, "the search found no source at all"


def test_no_file_names_a_path_of_the_machine_that_wrote_it() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in tracked_files()
        for number, line in text_lines(path)
        if MACHINE_PATH.search(line)
    ]

    assert not found


@pytest.mark.parametrize(
    "path", ["/ro" + "ot/x", "see /wor" + "k/x", "'/hom" + "e/jo/x'", "C:\\User" + "s\\jo"]
)
def test_the_search_for_machine_paths_finds_one(path: str) -> None:
    assert MACHINE_PATH.search(path)


@pytest.mark.parametrize(
    "path", ["docs/wor" + "k/x", "/usr/bin", "$HOME/x", "https://example.org/wor" + "k/"]
)
def test_the_search_for_machine_paths_leaves_others_alone(path: str) -> None:
    assert not MACHINE_PATH.search(path)


def test_the_pins_of_packages_are_hashed_and_name_no_index() -> None:
    files = sorted((ROOT / "requirements").glob("*.txt"))
    assert files
    for file in files:
        text = file.read_text()
        assert "://" not in text, file.name
        pins = [block for block in text.split("\n") if re.match(r"[a-z0-9]", block)]
        assert pins, file.name
        assert all(re.match(r"[\w.-]+==\S+ (?:; .+ )?\\$", pin) for pin in pins), file.name
