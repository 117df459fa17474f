"""`crossbook schema`: the JSON Schema of run files, for editors."""

import json
from pathlib import Path
from typing import Annotated

import typer

from crossbook.lab.config import RunFile
from crossbook.settings import schema as schema_of


def schema(
    out: Annotated[
        Path | None, typer.Option(help="A file to write it to; standard output when left out.")
    ] = None,
) -> None:
    """Print the JSON Schema of run files, so that an editor can complete and check them.

    Example: `crossbook schema --out run.schema.json`
    """
    text = json.dumps(schema_of(RunFile, "Crossbook run file"), indent=2) + "\n"
    if out is None:
        typer.echo(text, nl=False)
    else:
        out.write_text(text, encoding="utf-8")
