"""Reading a run file into a typed model, and saying in one line what is wrong with it and where.

The package knows no setting by name: any pydantic model goes, and everything special to a run file (`extends`,
`templates`, `template`) is gone before the model sees the rest.
"""

from crossbook.settings.json_schema import schema
from crossbook.settings.loading import Loaded, load, load_text
from crossbook.settings.wording import nearest
from crossbook.settings.writing import values_in, write

__all__ = ["Loaded", "load", "load_text", "nearest", "schema", "values_in", "write"]
