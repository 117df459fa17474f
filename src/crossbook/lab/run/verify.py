"""Running a run again and comparing the hashes."""

import contextlib
from dataclasses import dataclass
from pathlib import Path

from crossbook.core import ConfigError, UsageError, version
from crossbook.lab.config import RunFile
from crossbook.lab.run import directory
from crossbook.lab.run.driver import Progress
from crossbook.lab.run.errors import AgentError
from crossbook.lab.run.perform import Plan
from crossbook.settings import load


@dataclass(frozen=True, slots=True)
class Verdict:
    """What running it again gave."""

    folder: Path
    equal: bool
    rows: tuple[tuple[str, str, str], ...]
    """What was compared, as it stands in the manifest, as it came out."""
    note: str = ""


def verify(folder: Path, progress: Progress | None = None) -> Verdict:
    """Run a run again from its directory and compare its hashes. A partial run is run as far as it went.

    Raises:
        UsageError: The directory is no run's.
        ConfigError: A file or trader that it needs is not there any more, or an intervention cannot be made that was.
    """
    manifest = directory.read_json(folder / directory.MANIFEST)
    try:
        run = load(folder / directory.CONFIG, RunFile).settings
        seed, steps = int(manifest["seed"]), int(manifest["steps"])
        interventions = int(manifest.get("interventions", 0))
        recorded = [(kind, dict(manifest[kind])) for kind in ("state_hash", "event_hash")]
        beside = Path(manifest["folder"])
        data = [(Path(row["file"]), str(row["sha256"])) for row in manifest["data"]]
    except (KeyError, TypeError, ValueError) as error:
        raise UsageError(f"{folder / directory.MANIFEST}: is not that of a run: {error}") from None
    changed = [path for path, digest in data if not path.is_file() or directory.sha256_of(path) != digest]
    plan = Plan.of(run, beside)
    driver = plan.driver(seed)
    try:
        driver.run(None, progress, steps, interventions)
    except (AgentError, ConfigError):
        # It ends as it did, where that is what ended it.
        if manifest["status"] != "partial":
            raise
    with contextlib.suppress(AgentError):
        driver.stop()
    fresh = driver.simulation.hashes()
    rows = []
    for kind, hashes in recorded:
        for name, state, events in fresh:
            value = state if kind == "state_hash" else events
            rows.append((f"{kind.replace('_', ' ')} of {name}", str(hashes.get(name)), f"{value:016x}"))
    note = ""
    if changed:
        note = f"{', '.join(map(str, changed))} changed since or is gone"
    if manifest.get("versions", {}).get("crossbook") != version():
        note = f"{note}; " * bool(note) + f"made with version {manifest['versions'].get('crossbook')}"
    return Verdict(folder, all(was == came for _, was, came in rows), tuple(rows), note)


def verify_all(folder: Path, progress: Progress | None = None) -> list[Verdict]:
    """Verify a run, or each of an ensemble's.

    Raises:
        UsageError: The directory is no run's.
        ConfigError: As `verify`.
    """
    manifest = directory.read_json(folder / directory.MANIFEST)
    members = manifest.get("members")
    if members is None:
        return [verify(folder, progress)]
    if not isinstance(members, list):
        raise ConfigError(f"{folder / directory.MANIFEST}: members must be a list")
    return [verify(folder / str(member["folder"]), progress) for member in members]
