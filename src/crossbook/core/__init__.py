"""The typed face of the native core, and the words that everybody uses."""

from crossbook.core._native import version
from crossbook.core.errors import (
    ConfigError,
    CoreFault,
    CrossbookError,
    Reject,
    TransientError,
    UsageError,
)

__all__ = [
    "ConfigError",
    "CoreFault",
    "CrossbookError",
    "Reject",
    "TransientError",
    "UsageError",
    "version",
]
