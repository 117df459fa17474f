"""Reading files and the files that they extend.

A file is laid over those that it extends, which are laid over one another in the order in which it names them. A name
is a path relative to the file that says so; a bare name, without a suffix or a folder, is looked for in the search
folders. Every file is read once. Refuses circles, and more files and larger ones than the limits allow.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from os import path as paths
from pathlib import Path
from typing import Final

from crossbook.core import ConfigError
from crossbook.settings.parsing import parse
from crossbook.settings.tree import Node, Place, branch, complaint, merge, refuse
from crossbook.settings.wording import nearest, quoted, shown, suggestion

MAX_FILE_BYTES: Final = 4 * 1024 * 1024
MAX_FILES: Final = 64
"""With everything that they extend."""
MAX_LISTED_NAMES: Final = 1_000
"""Names in a folder that are looked through for one that was meant."""
SUFFIXES: Final = (".yaml", ".yml", ".json")
EXTENDS: Final = "extends"


@dataclass(slots=True)
class Reader:
    """Reads one run file with all it extends."""

    folders: Sequence[Path] = ()
    """Where bare names are looked for, first come first served."""
    sources: list[Path] = field(default_factory=list)
    """The files in the order in which they were opened."""
    _read: dict[str, Node] = field(default_factory=dict)

    def read(self, path: Path) -> Node:
        """Read a file and what it extends into one map, without the key that says so.

        Raises:
            ConfigError: Where one of them cannot be read.
        """
        found = self._find(path, path)
        if found is None:
            raise ConfigError(complaint(shown_path(path), (), self._missing(path)))
        return self._merged(found, ())

    def _merged(self, path: Path, chain: tuple[Path, ...]) -> Node:
        identity = paths.realpath(path)
        if identity in self._read:
            return self._read[identity]
        own = self._own(path)
        if not isinstance(own.value, dict):
            refuse(own.place, (), f"a run file is a map of keys, not {shown(own.value)}")
        members = dict(own.value)
        extends = members.pop(EXTENDS, None)
        merged: Node | None = None
        for name in _names(extends):
            base = self._merged(self._extended(name, path, (*chain, path)), (*chain, path))
            merged = base if merged is None else merge(merged, base)
        own = branch(own.place, members)
        merged = own if merged is None else merge(merged, own)
        self._read[identity] = merged
        return merged

    def _extended(self, name: Node, path: Path, chain: tuple[Path, ...]) -> Path:
        """Find the file that a file extends, and refuse one that is being read already."""
        wanted = Path(str(name.value))
        found = self._find(path.parent / wanted, wanted)
        if found is None:
            refuse(name.place, (EXTENDS,), f"{shown_path(wanted)}: {self._missing(path.parent / wanted)}")
        identity = paths.realpath(found)
        if any(paths.realpath(earlier) == identity for earlier in chain):
            circle = " -> ".join(shown_path(member) for member in (*chain, found))
            refuse(name.place, (EXTENDS,), f"the files extend one another in a circle: {circle}")
        return found

    def _own(self, path: Path) -> Node:
        """Read one file alone."""
        if len(self.sources) >= MAX_FILES:
            raise ConfigError(
                complaint(shown_path(path), (), f"one file more than the {MAX_FILES} that are read")
            )
        self.sources.append(path)
        try:
            with path.open("rb") as stream:
                data = stream.read(MAX_FILE_BYTES + 1)
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
            raise ConfigError(complaint(shown_path(path), (), f"cannot be read: {reason.lower()}")) from error
        if len(data) > MAX_FILE_BYTES:
            problem = f"larger than the {MAX_FILE_BYTES // 1024 // 1024} MiB that are read"
            raise ConfigError(complaint(shown_path(path), (), problem))
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            place = Place(shown_path(path), error.object.count(b"\n", 0, error.start) + 1)
            byte = error.object[error.start]
            raise ConfigError(complaint(place, (), f"no UTF-8 text: byte 0x{byte:02X}")) from error
        # JSON may be indented with tabs, and has none inside its texts; YAML refuses them.
        root = parse(text.replace("\t", " ") if path.suffix == ".json" else text, shown_path(path))
        if root is None:
            raise ConfigError(complaint(shown_path(path), (), "there is nothing in this file"))
        return root

    def _find(self, path: Path, name: Path) -> Path | None:
        """Find the file at a path, or of a bare name in the search folders."""
        if _exists(path):
            return path
        if not _is_bare(name):
            return None
        candidates = (folder / f"{name}{suffix}" for folder in self.folders for suffix in SUFFIXES)
        return next((candidate for candidate in candidates if _exists(candidate)), None)

    def _missing(self, path: Path) -> str:
        """Say that there is no such file, where one looked, and what may have been meant."""
        if _is_folder(path):
            return "a folder, not a file"
        if not _is_bare(Path(path.name)) or not self.folders:
            # Without their suffixes, which would make any two names look alike.
            by_stem = {Path(name).stem: name for name in _listed(path.parent)}
            near = nearest(path.stem, by_stem)
            return "no such file" + (f"; did you mean {quoted(by_stem[near])}?" if near else "")
        known = [Path(name).stem for folder in self.folders for name in _listed(folder)]
        folders = ", ".join(shown_path(folder) for folder in self.folders)
        return f"no such file, and none of that name in {folders}{suggestion(path.name, known)}"


def _names(extends: Node | None) -> list[Node]:
    """Take the names out of the value of `extends`."""
    if extends is None or extends.value is None:
        return []
    names = extends.value if isinstance(extends.value, list) else [extends]
    for name in names:
        if not isinstance(name.value, str) or not name.value:
            refuse(name.place, (EXTENDS,), f"must be a file or a list of files, not {shown(name.value)}")
    return names


def _is_bare(name: Path) -> bool:
    return len(name.parts) == 1 and not name.suffix


def _exists(path: Path) -> bool:
    """Say whether there is something that may be opened; what cannot be asked about is not there.

    No folder, but perhaps a pipe: a shell makes one for `<(command)`.
    """
    try:
        return path.exists() and not path.is_dir()
    except (OSError, ValueError):
        return False


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False


def _listed(folder: Path) -> list[str]:
    """List the run files of a folder by name, or nothing where that cannot be done."""
    try:
        names = sorted(
            entry.name for entry, _ in zip(folder.iterdir(), range(MAX_LISTED_NAMES), strict=False)
        )
    except (OSError, ValueError):
        return []
    return [name for name in names if name.endswith(SUFFIXES)]


def shown_path(path: Path) -> str:
    """Show a path, without the detours that come from following relative ones."""
    return paths.normpath(path)
