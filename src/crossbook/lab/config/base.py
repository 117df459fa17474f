"""What every part of a run file has in common."""

from pydantic import BaseModel, ConfigDict


class Part(BaseModel):
    """A part of a run file: every key is known, and nothing changes once it is read."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)
