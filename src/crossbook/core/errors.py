"""The errors of Crossbook, one class for each party who must act.

Every error that the package raises on purpose is one of these. A message says what is wrong and what was
expected, in one line that can be shown to the person as it stands. An exception of any other class that
leaves the package is a defect of ours.
"""


class CrossbookError(Exception):
    """Stand at the root of the tree; never raised itself."""


class UsageError(CrossbookError):
    """Say that the caller passed something that cannot be: the caller mends the call."""


class ConfigError(CrossbookError):
    """Say that a setting or a file of settings is wrong: the operator mends it and starts again."""


class Reject(CrossbookError):  # noqa: N818 - the market's word for it; the trader acts on the code
    """Say that the market refused a command; nothing changed but the event sequence.

    Attributes:
        code: The stable number of the reason; its band tells which layer refused.
    """

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(code, reason)
        self.code = code
        self.reason = reason

    def __str__(self) -> str:
        return f"rejected with {self.code}: {self.reason}"


class TransientError(CrossbookError):
    """Say that the same request may succeed later: the caller tries again after a while."""


class CoreFault(CrossbookError):  # noqa: N818 - a fault, not a mistake of anybody
    """Say that the core found itself broken and refuses further work: stop, and recover from the journal."""


class JournalDamaged(CrossbookError):  # noqa: N818 - the state of the journal, not a mistake of anybody
    """Say that a journal cannot be trusted and was not opened: the operator repairs it, knowing what is lost.

    The message names the file and the byte at which the damage begins, and the command that repairs it.
    """


class JournalFailure(CrossbookError):  # noqa: N818 - a failure of the disk, not a mistake of anybody
    """Say that the disk failed while the journal was written: stop, with status 4; what was promised is safe.

    Nothing is written after such a failure, and it is never tried again: a disk that failed once may have lost what it
    said was safe, and only a fresh start reads what it really holds.
    """
