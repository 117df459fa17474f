"""`scripts/prerequisites.sh` on made machines: each program is a stand-in that only tells its version."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "scripts" / "prerequisites.sh"

# What each stand-in does when it is called, as a line of shell.
COMPLETE_MACHINE = {
    "python3": "echo 3.11",
    "cargo": "echo 'cargo 1.95.0 (f2d3ce0bd 2026-03-21)'",
    "node": "echo v20.20.2",
    "npm": "echo 11.0.0",
    "cc": "echo cc",
}


def look(machine: dict[str, str], folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the script where these programs, a shell and sed are all there is."""
    for name, line in machine.items():
        program = folder / name
        program.write_text(f"#!/bin/sh\n{line}\n")
        program.chmod(0o755)
    sed = shutil.which("sed")
    assert sed
    (folder / "sed").symlink_to(sed)
    return subprocess.run(
        ["/bin/sh", SCRIPT],
        cwd=ROOT,
        env={"PATH": str(folder), **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_a_complete_machine_passes_in_silence_but_for_the_interpreter(tmp_path: Path) -> None:
    found = look(COMPLETE_MACHINE, tmp_path)

    assert (found.returncode, found.stdout, found.stderr) == (0, "python3\n", "")


def test_versions_are_compared_as_numbers_and_not_as_text(tmp_path: Path) -> None:
    newer = {
        **COMPLETE_MACHINE,
        "python3": "echo 4.0",
        "cargo": "echo 'cargo 1.100.0 (x 2027-01-01)'",
        "node": "echo v100.0.0",
    }

    assert look(newer, tmp_path).returncode == 0


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"python3": None}, "Python 3.11 or newer (none found; name one with PYTHON=)"),
        ({"python3": "echo 3.9"}, "Python 3.11 or newer (python3 is 3.9)"),
        (
            {"python3": 'case "$*" in *ensurepip*) exit 1 ;; esac; echo 3.12'},
            "Python 3.11 or newer (python3 cannot make virtual environments: install its venv package)",
        ),
        ({"cargo": None}, "cargo with Rust 1.90 or newer (none found)"),
        ({"cargo": "echo 'cargo 1.63.0'"}, "cargo with Rust 1.90 or newer (cargo is 1.63)"),
        ({"cargo": "echo 'no such toolchain' >&2; exit 1"}, "a working cargo (it cannot start Rust 1.95.0: "),
        ({"node": None}, "Node.js 20 or newer (none found)"),
        ({"node": "echo v18.19.0"}, "Node.js 20 or newer (node is 18.19.0)"),
        ({"npm": None}, "npm (none found)"),
        ({"cc": None}, "a C compiler (no cc found)"),
    ],
)
def test_one_line_names_what_is_missing_or_too_old(
    changed: dict[str, str | None], named: str, tmp_path: Path
) -> None:
    machine = {name: line for name, line in (COMPLETE_MACHINE | changed).items() if line is not None}

    found = look(machine, tmp_path)

    assert found.returncode == 1
    assert found.stdout == ""
    assert found.stderr.count("\n") == 1
    assert f"crossbook needs, and this machine lacks: {named}" in found.stderr


def test_everything_that_is_missing_is_named_in_the_one_line(tmp_path: Path) -> None:
    found = look({}, tmp_path)

    assert found.returncode == 1
    assert found.stderr.count("\n") == 1
    for word in ("Python", "cargo", "Node.js", "npm", "C compiler"):
        assert word in found.stderr


def test_a_newer_python_under_its_own_name_serves_where_python3_is_too_old(tmp_path: Path) -> None:
    found = look({**COMPLETE_MACHINE, "python3": "echo 3.10", "python3.12": "echo 3.12"}, tmp_path)

    assert (found.returncode, found.stdout) == (0, "python3.12\n")


def test_the_python_that_the_user_names_comes_first(tmp_path: Path) -> None:
    found = look({**COMPLETE_MACHINE, "mine": "echo 3.13"}, tmp_path, PYTHON="mine")

    assert (found.returncode, found.stdout) == (0, "mine\n")


def test_make_stops_at_the_one_line_before_it_builds_anything(tmp_path: Path) -> None:
    make = shutil.which("make")
    assert make
    checkout = tmp_path / "checkout"
    (checkout / "scripts").mkdir(parents=True)
    shutil.copy(SCRIPT, checkout / "scripts")
    shutil.copy(ROOT / "Makefile", checkout)
    shutil.copytree(ROOT / "requirements", checkout / "requirements")
    for name in ("pyproject.toml", "Cargo.toml", "Cargo.lock", "rust-toolchain.toml"):
        shutil.copy(ROOT / name, checkout)
    shutil.copytree(ROOT / ".cargo", checkout / ".cargo")
    programs = tmp_path / "programs"
    programs.mkdir()
    for name in ("sh", "sed", "find", "grep", "rm"):
        found = shutil.which(name)
        assert found
        (programs / name).symlink_to(found)

    done = subprocess.run(
        [make, "run"],
        cwd=checkout,
        env={"PATH": str(programs), "HOME": os.environ.get("HOME", "")},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert done.returncode != 0
    assert "crossbook needs, and this machine lacks: Python" in done.stderr
    assert not (checkout / ".venv").exists()
