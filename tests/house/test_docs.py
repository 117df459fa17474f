"""The snippets of the documentation do what the page says.

In README.md and docs/, every fenced block of these languages is looked at:

- `python`: run. The blocks of one page run top to bottom in one namespace, as a reader would type them.
- `console` and `bash`: run when the line before the fence is `<!-- run -->`. In a `console` block the lines
  after `$ ` are the commands and the others are what they print, which is not compared; a `bash` block is
  all commands. Each must succeed.

`<!-- skip: why -->` before a fence leaves a block out, and `<!-- fresh -->` gives a Python block a namespace of
its own. Blocks run in an empty folder in which the top-level folders of the checkout can be reached, with the
environment's programs first on the path.

`<!-- venue -->` anywhere on a page gives it a live venue of its own, whose data directory is `crossbook-data` in that
folder. On such a page the commands run first, then the Python blocks, and where a block says port 8000 of this machine
it means that venue. There `curl` fails where the venue refuses.
"""

import contextlib
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE_SECONDS_MAX = 300
REACHABLE = ("examples", "configs")
VENUE_START_SECONDS_MAX = 120
VENUE_MARK = "<!-- venue -->"
ADDRESS = re.compile(r"\b(?:localhost|127\.0\.0\.1):8000\b")
PROGRAM = "from crossbook.cli.main import main; main()"

FENCE = re.compile(
    r"(?:^<!--[ ]*(?P<mark>run|fresh|skip:[^>]*?)[ ]*-->[ ]*\n)?"
    r"^(?P<fence>`{3,})(?P<language>python|console|bash)[ ]*\n"
    r"(?P<text>.*?)"
    r"^(?P=fence)[ ]*$",
    re.MULTILINE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Block:
    """One fenced block: where it begins, in what language, and how it is marked."""

    line: int
    language: str
    mark: str
    text: str


def blocks_of(page: str) -> list[Block]:
    """Return the fenced blocks of a page, in order."""
    return [
        Block(
            line=page.count("\n", 0, match.start("text")) + 1,
            language=match["language"],
            mark=match["mark"] or "",
            text=match["text"],
        )
        for match in FENCE.finditer(page)
    ]


def python_programs(blocks: list[Block]) -> list[str]:
    """Return the programs of a page: one of all shared blocks, and one for each block that wants to be alone.

    Each block stands on the lines that it has on the page, so that a traceback points there.
    """
    wanted = [block for block in blocks if block.language == "python" and not block.mark.startswith("skip")]
    shared = ""
    for block in wanted:
        if block.mark != "fresh":
            shared += "\n" * (block.line - 1 - shared.count("\n")) + block.text
    alone = ["\n" * (block.line - 1) + block.text for block in wanted if block.mark == "fresh"]
    return ([shared] if shared else []) + alone


def shell_programs(blocks: list[Block]) -> list[str]:
    """Return the shell programs of a page: what is marked to be run."""
    programs = []
    for block in blocks:
        if block.mark != "run" or block.language == "python":
            continue
        text = block.text
        if block.language == "console":
            text = "\n".join(line[2:] for line in text.splitlines() if line.startswith(("$ ", "> ")))
        programs.append(f"set -eu\n{text}\n")
    return programs


@contextlib.contextmanager
def venue_in(folder: Path) -> Iterator[str]:
    """Run a venue in a folder, and give its host and port once its bots quote."""
    words = ("up", "--port", "0", "--data-dir", "crossbook-data")
    log = folder / "venue.log"
    deadline = time.monotonic() + VENUE_START_SECONDS_MAX
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, *words], cwd=folder, stdout=out, stderr=out
        )
    try:
        while (found := re.search(r"^Exchange +http://(\S+)", log.read_text(), re.MULTILINE)) is None:
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.05)
        with httpx.Client(base_url=f"http://{found[1]}") as client:
            while client.get("/api/market/tickers").json()["tickers"]["FUN"]["best_ask"] is None:
                assert time.monotonic() < deadline, "nobody makes a market"
                time.sleep(0.1)
        yield found[1]
    finally:
        process.terminate()
        try:
            process.wait(30)
        finally:
            process.kill()


def execute(page: Path, folder: Path) -> None:
    """Run every program of a page, and fail with what it printed."""
    for name in REACHABLE:
        if (ROOT / name).is_dir():
            (folder / name).symlink_to(ROOT / name)
    text = page.read_text()
    if VENUE_MARK not in text:
        run_all(page, folder, text)
        return
    (folder / ".curlrc").write_text("fail-with-body\n")
    with venue_in(folder) as address:
        run_all(page, folder, ADDRESS.sub(address, text), shell_first=True)


def run_all(page: Path, folder: Path, text: str, *, shell_first: bool = False) -> None:
    """Run the programs of a page's text in a folder."""
    blocks = blocks_of(text)
    binaries = Path(sys.executable).parent
    commands: list[list[str]] = []
    for number, program in enumerate(python_programs(blocks)):
        file = folder / f"{page.stem}_{number}.py"
        file.write_text(program)
        commands.append([sys.executable, file.name])
    shell = [["sh", "-c", program] for program in shell_programs(blocks)]
    for command in [*shell, *commands] if shell_first else [*commands, *shell]:
        done = subprocess.run(
            command,
            cwd=folder,
            env={
                **os.environ,
                "PATH": f"{binaries}{os.pathsep}{os.environ['PATH']}",
                "NO_COLOR": "1",
                "CURL_HOME": str(folder),
            },
            capture_output=True,
            text=True,
            check=False,
            timeout=PAGE_SECONDS_MAX,
        )
        assert done.returncode == 0, f"{page.name}: {command[-1]}\n{done.stdout}\n{done.stderr}"


def pages() -> list[Path]:
    """Return the pages that have anything to run."""
    found = [ROOT / "README.md", *sorted((ROOT / "docs").glob("**/*.md"))]
    return [
        page
        for page in found
        if page.is_file() and (python_programs(b := blocks_of(page.read_text())) or shell_programs(b))
    ]


@pytest.mark.slow
@pytest.mark.parametrize("page", [pytest.param(page, id=str(page.relative_to(ROOT))) for page in pages()])
def test_the_snippets_of_the_page_run_as_written(page: Path, tmp_path: Path) -> None:
    execute(page, tmp_path)


def write_page(folder: Path, text: str) -> Path:
    """Write a page whose fences are given as three quotes, so that this file has none."""
    page = folder / "page.md"
    page.write_text(text.replace("'''", "```"))
    return page


def test_blocks_of_one_page_share_their_names(tmp_path: Path) -> None:
    execute(write_page(tmp_path, "'''python\nx = 1\n'''\ntext\n'''python\nassert x == 1\n'''\n"), tmp_path)


def test_a_fresh_block_does_not_see_the_names_of_the_others(tmp_path: Path) -> None:
    page = write_page(tmp_path, "'''python\nx = 1\n'''\n<!-- fresh -->\n'''python\nprint(x)\n'''\n")

    with pytest.raises(AssertionError, match="NameError"):
        execute(page, tmp_path)


def test_a_failing_block_is_told_with_its_line_on_the_page(tmp_path: Path) -> None:
    page = write_page(tmp_path, "one\n\n'''python\nx = 1\n'''\n\n'''python\nassert x == 2\n'''\n")

    with pytest.raises(AssertionError, match="line 8"):
        execute(page, tmp_path)


def test_commands_run_only_where_they_are_marked(tmp_path: Path) -> None:
    text = "'''console\n$ touch unmarked\n'''\n<!-- run -->\n'''console\n$ touch marked\nnot a command\n'''\n"

    execute(write_page(tmp_path, text), tmp_path)

    assert (tmp_path / "marked").exists()
    assert not (tmp_path / "unmarked").exists()


def test_the_first_failing_command_of_a_marked_block_fails_the_page(tmp_path: Path) -> None:
    page = write_page(tmp_path, "<!-- run -->\n'''bash\nfalse\ntrue\n'''\n")

    with pytest.raises(AssertionError, match=r"page\.md"):
        execute(page, tmp_path)


def test_a_skipped_block_and_other_languages_are_left_out(tmp_path: Path) -> None:
    text = (
        "<!-- skip: needs a live venue -->\n'''python\n1 / 0\n'''\n'''rust\npanic!()\n'''\n'''\nplain\n'''\n"
    )

    assert python_programs(blocks_of(write_page(tmp_path, text).read_text())) == []


def test_the_programs_of_the_environment_come_first(tmp_path: Path) -> None:
    execute(write_page(tmp_path, "<!-- run -->\n'''console\n$ crossbook --version\n'''\n"), tmp_path)
