"""`crossbook schema`: the JSON Schema of run files and of venue settings, for editors."""

import json
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Final

import typer
from pydantic import BaseModel

from crossbook.lab.config import RunFile
from crossbook.settings import schema as schema_of
from crossbook.venue.settings import VenueFile


class Kind(StrEnum):
    """What a file is for."""

    RUN = "run"
    VENUE = "venue"


KINDS: Final[Mapping[Kind, tuple[type[BaseModel], str]]] = MappingProxyType(
    {Kind.RUN: (RunFile, "Crossbook run file"), Kind.VENUE: (VenueFile, "Crossbook venue settings")}
)


def schema(
    kind: Annotated[
        Kind, typer.Argument(help="`run` for run files, `venue` for the settings of a live venue.")
    ] = Kind.RUN,
    out: Annotated[
        Path | None, typer.Option(help="A file to write it to; standard output when left out.")
    ] = None,
) -> None:
    """Print the JSON Schema of run files or venue settings, so that an editor can complete and check them.

    Example: `crossbook schema venue --out venue.schema.json`
    """
    model, title = KINDS[kind]
    text = json.dumps(schema_of(model, title), indent=2) + "\n"
    if out is None:
        typer.echo(text, nl=False)
    else:
        out.write_text(text, encoding="utf-8")
