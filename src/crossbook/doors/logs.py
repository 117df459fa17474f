"""Logs of a venue: lines of JSON for programs, readable lines on a terminal, and no secrets in either.

What carries a secret by its name is taken out before anything is written, however deep it stands; what looks like one of
our keys or tokens is taken out of texts too, those of errors included.
"""

import logging
import re
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any, Final, Literal, TextIO, TypeAlias

import structlog

LevelName: TypeAlias = Literal["debug", "info", "warning", "error"]

HIDDEN: Final = "[hidden]"
DEPTH_MAX: Final = 8
"""How deep a value is looked into; what stands deeper is hidden whole."""

_SECRET_NAMES: Final = re.compile(
    r"password|passwd|secret|token|api[_-]?key|authorization|cookie|credential|jwt", re.IGNORECASE
)
# Our keys, anything in the form of a JWT, what follows the word bearer, and passwords in addresses of databases.
_SECRET_TEXTS: Final = re.compile(
    r"\bms_[A-Za-z0-9_-]{8,}"
    r"|\beyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*\.?[A-Za-z0-9_-]*"
    r"|(?<=bearer )\S+"
    r"|(?<=://)[^/\s:@]+:[^/\s@]+(?=@)"
    r"|(?<=\"password\":\")[^\"]*",
    re.IGNORECASE,
)


def hide_secrets(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Take secrets out of an event, as a processor of structlog.

    It stands after the one that writes errors out as text.
    """
    for name, value in list(event.items()):
        event[name] = _shown(name, value, DEPTH_MAX)
    return event


def _shown(name: str, value: Any, depth: int) -> Any:
    if _SECRET_NAMES.search(name):
        return HIDDEN
    if isinstance(value, bool | int | float) or value is None:
        return value
    if depth == 0:
        return HIDDEN
    if isinstance(value, Mapping):
        return {str(key): _shown(str(key), inner, depth - 1) for key, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_shown("", inner, depth - 1) for inner in value]
    text = value.decode("latin-1") if isinstance(value, bytes) else str(value)
    return _SECRET_TEXTS.sub(HIDDEN, text)


def set_up_logs(level: LevelName = "info", stream: TextIO | None = None) -> None:
    """Have structlog and the standard library's loggers write to one place, in one form.

    Args:
        level: What is less important is left out.
        stream: Where to; the standard error stream unless told. Lines are for people where it is a terminal.
    """
    stream = sys.stderr if stream is None else stream
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]
    last: Any = structlog.processors.JSONRenderer()
    if stream.isatty():
        last = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            hide_secrets,
            last,
        ],
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
    # Its lines about every connection and start say nothing that the venue does not say itself.
    logging.getLogger("uvicorn").setLevel(logging.ERROR)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
