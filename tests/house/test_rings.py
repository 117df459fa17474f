"""Who may import whom, in Python and in Rust, as ARCHITECTURE.md draws it.

`lint-imports` checks the tree as it is. Here the contracts themselves are checked, on a made tree that has
every package of the plan: they must let through what the plan allows, and name each import that it forbids.
"""

import json
import os
import subprocess
import sys
from itertools import permutations
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

# For each package, all that it may import, spelled out rather than derived, so that it can be read as a table.
BELOW_THE_VENUE = {"core", "settings", "agents", "data", "realism"}
MAY_IMPORT: dict[str, set[str]] = {
    "core": set(),
    "settings": {"core"},
    "agents": BELOW_THE_VENUE,
    "data": BELOW_THE_VENUE,
    "realism": BELOW_THE_VENUE,
    "lab": BELOW_THE_VENUE,
    "venue": BELOW_THE_VENUE,
    "games": BELOW_THE_VENUE | {"lab", "venue"},
    "doors": BELOW_THE_VENUE | {"lab", "venue", "games"},
    "client": {"core"},
    "tui": {"core", "client"},
    "cli": BELOW_THE_VENUE | {"lab", "venue", "games", "doors", "client", "tui"},
}

# The same for the crates of the workspace. A crate that is not here is outside the rings: it may use any of
# these, and none of these may use it.
CRATE_MAY_USE: dict[str, set[str]] = {
    "crossbook-exchange": set(),
    "crossbook-journal": set(),
    "crossbook-kernel": {"crossbook-exchange"},
    "crossbook-feeds": {"crossbook-exchange"},
    "crossbook-venue": {"crossbook-exchange"},
    "crossbook-python": {
        "crossbook-exchange",
        "crossbook-feeds",
        "crossbook-journal",
        "crossbook-kernel",
        "crossbook-venue",
    },
}


def lint(tree: Path) -> str:
    """Run the contracts over a tree that has a `crossbook` package, and return what they say."""
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run(
        [linter, "--config", ROOT / "pyproject.toml", "--no-cache", "--no-logo"],
        cwd=tree,
        env={**os.environ, "PYTHONPATH": str(tree), "COLUMNS": "200", "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    return done.stdout + done.stderr


def make_tree(folder: Path, imports: set[tuple[str, str]]) -> Path:
    """Make a `crossbook` with all packages of the plan, in which each given pair is one import."""
    for importer in MAY_IMPORT:
        package = folder / "crossbook" / importer
        package.mkdir(parents=True)
        (package / "__init__.py").touch()
        for _, imported in sorted(pair for pair in imports if pair[0] == importer):
            # One module for each import, so that no chain of two allowed ones makes a forbidden third.
            (package / f"uses_{imported}.py").write_text(f"import crossbook.{imported}\n")
    (folder / "crossbook" / "__init__.py").touch()
    return folder


def test_the_contracts_let_through_every_import_that_the_plan_allows(tmp_path: Path) -> None:
    allowed = {
        (importer, imported) for importer, below in MAY_IMPORT.items() for imported in below - {importer}
    }

    said = lint(make_tree(tmp_path, allowed))

    assert "Contracts: 2 kept, 0 broken." in said, said


def test_the_contracts_name_every_import_that_the_plan_forbids(tmp_path: Path) -> None:
    forbidden = {(one, other) for one, other in permutations(MAY_IMPORT, 2) if other not in MAY_IMPORT[one]}

    said = lint(make_tree(tmp_path, forbidden))

    unnamed = {
        pair
        for pair in forbidden
        if f"crossbook.{pair[0]} is not allowed to import crossbook.{pair[1]}" not in said
    }
    assert not unnamed, said


def test_a_package_that_is_in_no_ring_breaks_the_contract(tmp_path: Path) -> None:
    tree = make_tree(tmp_path, set())
    (tree / "crossbook" / "helpers").mkdir()
    (tree / "crossbook" / "helpers" / "__init__.py").touch()

    said = lint(tree)

    assert "crossbook.helpers" in said
    assert "1 broken" in said


def workspace_uses() -> dict[str, set[str]]:
    """Return, for each crate of the workspace, the crates of the workspace that it depends on in any way."""
    listed = subprocess.run(
        ["cargo", "metadata", "--format-version", "1", "--no-deps", "--locked", "--offline"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    packages = json.loads(listed.stdout)["packages"]
    names = {package["name"] for package in packages}
    return {
        package["name"]: {dependency["name"] for dependency in package["dependencies"]} & names
        for package in packages
    }


@pytest.mark.parametrize("crate", sorted(CRATE_MAY_USE))
def test_a_crate_of_the_rings_depends_only_on_those_below_it(crate: str) -> None:
    uses = workspace_uses()
    if crate not in uses:
        pytest.skip(f"{crate} does not exist yet")

    assert uses[crate] <= CRATE_MAY_USE[crate]


def test_the_state_machine_is_a_crate_of_the_workspace() -> None:
    assert "crossbook-exchange" in workspace_uses()
