"""Run files that somebody sends: read as files are, and held to stand alone and to be of a size that a server can bear.

A sender never makes the server read a file or import a module. A preset is a file of the operator's own, and is read as one;
with what is set in it, it must stand alone all the same.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from crossbook.core import ConfigError, UsageError
from crossbook.doors.lab.bodies import AGENTS_MAX
from crossbook.lab.config import PythonGroup, RunFile
from crossbook.lab.config.groups import AnyGroup, Latency
from crossbook.lab.config.interventions import Enter
from crossbook.lab.config.model import Given
from crossbook.lab.config.units import DAY_NS
from crossbook.lab.run import Plan
from crossbook.settings import Loaded, load, load_text, write
from crossbook.settings.files import EXTENDS, MAX_FILE_BYTES, SUFFIXES
from crossbook.settings.parsing import parse
from crossbook.settings.wording import quoted, suggestion
from crossbook.venue.refusals import NOT_FOUND, Refused

SOURCE: Final = "config"
"""What a posted run file is called where something is wrong with it."""
PRESETS_MAX: Final = 1_000
SPAN_NS_MAX: Final = 31 * DAY_NS
"""Simulated time of one run."""
ACCOUNTS_MAX: Final = 4 * AGENTS_MAX
"""Agents times venues."""
KEPT_MAX: Final = 20_000_000
"""Numbers that agents keep in mind together, and orders that makers have standing together."""
SAMPLES_MAX: Final = 10_000
SAMPLE_ROWS_MAX: Final = 20_000_000
"""Samples times what is looked at in each: twenty levels of every market, and every group."""
LEVELS_OF_A_SAMPLE: Final = 20
POINTS_MAX: Final = 1 << 25
"""Points of all fundamentals together."""


@dataclass(frozen=True, slots=True)
class Preset:
    """A run file of the operator's, for others to start from."""

    name: str
    description: str
    config: str
    """Its text."""


class Presets:
    """The presets in a folder.

    Args:
        folder: Where they are; each `NAME.yaml` is one. There need not be such a folder.
    """

    def __init__(self, folder: Path) -> None:
        self._folder: Final = folder
        self._read: dict[Path, tuple[tuple[int, int], Preset]] = {}

    def every(self) -> list[Preset]:
        """Return all presets by name; what cannot be read as one is left out."""
        found: dict[Path, tuple[tuple[int, int], Preset]] = {}
        for path in self._paths():
            try:
                status = path.stat()
                state = (status.st_mtime_ns, status.st_size)
                known = self._read.get(path)
                found[path] = known if known and known[0] == state else (state, _preset(path))
            except (OSError, UnicodeDecodeError, ConfigError):
                continue
        self._read = found
        return [preset for _, preset in found.values()]

    def path(self, name: str) -> Path:
        """Return the file of a preset.

        Raises:
            Refused: There is no such preset.
        """
        # Looked up among those that are there, so that a name is never a path.
        by_name = {path.stem: path for path in self._paths()}
        if name not in by_name:
            near = suggestion(name, by_name)
            raise Refused(NOT_FOUND, f"there is no preset {quoted(name)}{near}", 404)
        return by_name[name]

    def _paths(self) -> list[Path]:
        try:
            return sorted(self._folder.glob(f"*{SUFFIXES[0]}"))[:PRESETS_MAX]
        except OSError:
            return []


def _preset(path: Path) -> Preset:
    if path.stat().st_size > MAX_FILE_BYTES:
        raise ConfigError(f"{path.name}: is too large")
    text = path.read_text(encoding="utf-8")
    root = parse(text, path.name)
    told = root.value.get("description") if root is not None and isinstance(root.value, dict) else None
    description = told.value if told is not None and isinstance(told.value, str) else ""
    if root is not None and isinstance(root.value, dict) and EXTENDS in root.value:
        # What is sent back must stand alone, so what it builds on is written into it.
        whole = load(path, RunFile).settings
        plain = whole.model_dump(mode="json", exclude_none=True, exclude_defaults=True)
        text = write(plain)
    return Preset(path.stem, " ".join(description.split()), text)


def plan_run(
    presets: Presets,
    home: Path,
    *,
    preset: str | None = None,
    config: str | None = None,
    seed: int | None = None,
    changes: Mapping[str, Any] | None = None,
) -> Plan:
    """Return the plan of a run that somebody asks for, and see that its simulation can be made.

    It takes as long as reading its text and making its agents takes, so call it beside the loop.

    Args:
        presets: Those that there are.
        home: What its manifest calls its folder; no file is looked for there.
        preset: The name of a preset, or
        config: the text of a run file.
        seed: In place of the file's.
        changes: Settings to replace, by their paths.

    Raises:
        Refused: There is no such preset.
        ConfigError: The run file is wrong, does not stand alone, or is too large, in one line that says where.
    """
    loaded = _loaded(presets, preset, config, _overrides(seed, changes or {}))
    run = loaded.settings
    try:
        check_alone(run)
        check_bounds(run)
        plan = Plan.of(run, home)
        plan.driver()
    except (ConfigError, UsageError) as error:
        raise loaded.located(str(error)) from error
    return plan


def _loaded(
    presets: Presets, preset: str | None, config: str | None, overrides: list[str]
) -> Loaded[RunFile]:
    if (preset is None) == (config is None):
        raise ConfigError("one of preset and config is needed, and not both")
    try:
        if preset is not None:
            return load(presets.path(preset), RunFile, overrides=overrides)
        return load_text(config or "", RunFile, SOURCE, overrides=overrides)
    except ConfigError as error:
        # The words of the command line, where what was sent had another name.
        raise ConfigError(str(error).removeprefix("--")) from error


def _overrides(seed: int | None, changes: Mapping[str, Any]) -> list[str]:
    texts = []
    for path, value in changes.items():
        if not path or "=" in path:
            raise ConfigError(f"set: {quoted(path)} is no path of a setting")
        # JSON is YAML too.
        texts.append(f"{path}={json.dumps(value)}")
    return texts if seed is None else [*texts, f"seed={seed}"]


def check_alone(run: RunFile) -> None:
    """See that a run file names no other files, and no traders in Python.

    Raises:
        ConfigError: It does.
    """
    if run.recorded:
        raise ConfigError("recorded: a run file that is sent names no recorded data")
    for symbol, market in run.markets.items():
        if isinstance(market.fundamental, Given):
            _refuse_file(f"markets.{symbol}.fundamental.file")
    for name, latency in run.latencies.items():
        _check_latency(latency, f"latencies.{name}")
    for place, group in _groups(run):
        if isinstance(group, PythonGroup):
            raise ConfigError(f"{place}.kind: a run file that is sent names no traders in Python")
        if isinstance(group.latency, Latency):
            _check_latency(group.latency, f"{place}.latency")


def _groups(run: RunFile) -> Iterable[tuple[str, AnyGroup]]:
    """Yield all groups that there will ever be, each with its place."""
    for name, group in run.agents.items():
        yield f"agents.{name}", group
    for number, what in enumerate(run.interventions):
        if isinstance(what, Enter):
            yield f"interventions.{number}.agents", what.agents


def _check_latency(latency: Latency, place: str) -> None:
    for leg in ("feed", "entry", "response"):
        jitter = getattr(latency, leg).jitter
        if jitter is not None and jitter.file is not None:
            _refuse_file(f"{place}.{leg}.jitter.file")


def _refuse_file(place: str) -> None:
    raise ConfigError(f"{place}: a run file that is sent names no other files")


def check_bounds(run: RunFile) -> None:
    """See that a run is of a size that a server can bear.

    Raises:
        ConfigError: It is not.
    """
    groups = [group for _, group in _groups(run)]
    agents = sum(group.count for group in groups)
    _bound("agents", agents, AGENTS_MAX, "agents in all")
    _bound("venues", agents * len(run.venues), ACCOUNTS_MAX, "agents times venues")
    _bound("agents", sum(kept_of(group) * group.count for group in groups), KEPT_MAX, "numbers kept in mind")
    day = run.day
    start = day.start if day.start is not None else day.open if day.pre_open is None else day.pre_open
    span = (day.close if day.end is None else day.end) - start
    if span > SPAN_NS_MAX:
        raise ConfigError(f"day: must be at most {SPAN_NS_MAX // DAY_NS} days long")
    samples = run.record.samples
    _bound("record.samples", samples, SAMPLES_MAX, "samples")
    markets = len(run.markets) * len(run.venues)
    rows = samples * (len(groups) + LEVELS_OF_A_SAMPLE * markets)
    _bound("record.samples", rows, SAMPLE_ROWS_MAX, "rows of samples")
    points = len(run.markets) * max(span, 0) // run.fundamental_step_ns
    _bound("fundamental_step_ns", points, POINTS_MAX, "points of fundamentals")


def kept_of(group: AnyGroup) -> int:
    """Return how much one agent of a group keeps in mind or has standing, roughly, in numbers."""
    params = group.params
    if isinstance(params, dict):
        return 1
    return (
        int(getattr(params, "units", 0) + getattr(params, "long", 0) + 2 * getattr(params, "levels", 0)) + 1
    )


def _bound(place: str, value: int, most: int, what: str) -> None:
    if value > most:
        raise ConfigError(f"{place}: {value:,} {what}; a server makes at most {most:,}")
