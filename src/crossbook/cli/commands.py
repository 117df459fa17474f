"""The commands of `crossbook`, each in a module of its own.

To add one, write `crossbook/cli/<name>.py` with one typed function, whose docstring is its help and ends in
an example, and name that function here.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from crossbook.cli.replay import replay

COMMANDS: Mapping[str, Callable[..., None]] = MappingProxyType({"replay": replay})
"""What `crossbook --help` lists, in this order: the command's name, and the function that carries it out."""
