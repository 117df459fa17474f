"""The run file of a run that is not over: what is left of it when its process is killed.

It is `config.yaml` in the run's directory, as the finished one is, and `crossbook run` makes the run from it as far as it
had come. What is done to the run is added line by line; at the end the file is written anew.
"""

import json
from pathlib import Path
from typing import Final

from crossbook.lab.config import RunFile
from crossbook.lab.config.interventions import AnyIntervention
from crossbook.lab.run import directory
from crossbook.settings import write

_LAST: Final = "interventions"


class Sketch:
    """The run file of a run while it runs.

    Args:
        folder: The run's directory.
        run: The run as it begins.
    """

    def __init__(self, folder: Path, run: RunFile) -> None:
        self._path: Final = folder / directory.CONFIG
        self._has_any = False
        self.rewrite(run)

    def rewrite(self, run: RunFile) -> None:
        """Write all of it."""
        whole = run.model_dump(mode="json", exclude_none=True)
        # Last, so that others can be added behind them.
        interventions = whole.pop(_LAST)
        head = write(whole)
        lines = [f"{_LAST}:\n"] if interventions else []
        text = "".join([head, *lines, *map(_line, interventions)])
        # Whoever kills the process meanwhile finds the old one whole.
        temporary = self._path.with_name(f".{self._path.name}.new")
        temporary.write_text(text, encoding="utf-8")
        temporary.replace(self._path)
        self._has_any = bool(interventions)

    def append(self, made: AnyIntervention) -> None:
        """Add what was done last."""
        head = "" if self._has_any else f"{_LAST}:\n"
        with self._path.open("a", encoding="utf-8") as file:
            file.write(head + _line(made.model_dump(mode="json", exclude_none=True)))
        self._has_any = True


def _line(intervention: object) -> str:
    # JSON is YAML, and faster to write.
    return f"- {json.dumps(intervention)}\n"
