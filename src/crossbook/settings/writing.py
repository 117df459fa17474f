"""Writing settings as YAML that `load` reads back as they were.

What is read is YAML 1.2, where `1e5` and `0o17` are numbers; the library writes YAML 1.1, where they are words and
need no quotes. So a text that would be read as a number is quoted here.
"""

import re
from typing import Any, Final

import yaml

from crossbook.settings.parsing import NUMBER, WHOLE

_NUMBER_TAG: Final = "tag:yaml.org,2002:float"


class _Dumper(yaml.SafeDumper):
    """Quotes what the reader would take for a number."""


for _pattern in (NUMBER, WHOLE):
    # The library looks at texts from their beginning on; the whole of them is meant.
    _Dumper.add_implicit_resolver(
        _NUMBER_TAG, re.compile(rf"(?:{_pattern.pattern})\Z"), list("-+.0123456789")
    )


def write(plain: Any) -> str:
    """Return plain data as YAML, maps in their order."""
    return yaml.dump(plain, Dumper=_Dumper, sort_keys=False)


def values_in(plain: Any) -> int:
    """Return how many values plain data have as the reader counts them: maps, lists, and what is in them."""
    if isinstance(plain, dict):
        return 1 + sum(1 + values_in(value) for value in plain.values())
    if isinstance(plain, list | tuple):
        return 1 + sum(map(values_in, plain))
    return 1
