"""Logs: one form for all, and no secret in any."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from crossbook.doors.logs import set_up_logs

KEY = "ms_" + "k7Qm2ZtP" * 5
TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhZGEifQ.c2lnbmF0dXJl"  # noqa: S105 - nobody's
PASSWORD = "correct horse battery staple"  # noqa: S105 - nobody's
SECRETS = (KEY, TOKEN, PASSWORD, "c2lnbmF0dXJl")


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    text = io.StringIO()
    set_up_logs("debug", text)
    yield text
    root.handlers, root.level = handlers, level
    structlog.reset_defaults()


def lines(text: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.getvalue().splitlines()]


def test_both_kinds_of_loggers_write_lines_of_json(stream: io.StringIO) -> None:
    structlog.get_logger("venue").info("listening", port=8000)
    logging.getLogger("library").warning("retrying %s", "soon")

    first, second = lines(stream)
    assert (first["event"], first["port"], first["level"], first["logger"]) == (
        "listening",
        8000,
        "info",
        "venue",
    )
    assert (second["event"], second["level"]) == ("retrying soon", "warning")
    assert {"timestamp"} <= first.keys() & second.keys()


PLANTED: dict[str, dict[str, Any]] = {
    "by its name": {"password": PASSWORD},
    "by a part of its name": {"user_password": PASSWORD, "new_api_key": KEY, "jwt_token": TOKEN},
    "deep inside": {
        "request": {"body": [{"password": PASSWORD}], "headers": {"Authorization": f"Bearer {TOKEN}"}}
    },
    "in a text": {"note": f"the key {KEY} and the token {TOKEN}"},
    "in bytes": {"head": f"x-api-key: {KEY}".encode()},
    "as a list of pairs": {
        "headers": [(b"x-api-key", KEY.encode()), (b"authorization", f"Bearer {TOKEN}".encode())]
    },
    "in an address": {"database": f"postgresql://crossbook:{PASSWORD.replace(' ', '')}@db/venue"},
    "in an object": {"error": ValueError(f"no such key: {KEY}")},
    "deeper than anybody looks": {"a": {"b": {"c": {"d": {"e": {"f": {"g": {"h": {"i": PASSWORD}}}}}}}}},
}


@pytest.mark.parametrize("case", PLANTED)
def test_a_planted_secret_never_appears(stream: io.StringIO, case: str) -> None:
    structlog.get_logger("venue").info("planted", **PLANTED[case])

    assert lines(stream)[0]["event"] == "planted"
    assert not [secret for secret in (*SECRETS, PASSWORD.replace(" ", "")) if secret in stream.getvalue()]


def test_a_secret_in_the_message_or_the_trace_of_an_error_never_appears(stream: io.StringIO) -> None:
    try:
        raise ValueError(f"refused {KEY}")  # noqa: TRY301 - there is nothing else to fail
    except ValueError:
        structlog.get_logger("venue").exception(f"failed with {TOKEN}")
        logging.getLogger("library").exception("failed with %s", KEY)

    assert all("Traceback" in line["exception"] for line in lines(stream))
    assert not [secret for secret in SECRETS if secret in stream.getvalue()]


def test_numbers_and_nothing_stay_what_they_are(stream: io.StringIO) -> None:
    structlog.get_logger("venue").info("counted", count=3, share=0.5, done=True, rest=None)

    line = lines(stream)[0]
    assert (line["count"], line["share"], line["done"], line["rest"]) == (3, 0.5, True, None)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_on_a_terminal_lines_are_for_people() -> None:
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    text = Terminal()
    try:
        set_up_logs("info", text)
        structlog.get_logger("venue").info("listening", api_key=KEY)
        structlog.get_logger("venue").debug("not said")
    finally:
        root.handlers, root.level = handlers, level
        structlog.reset_defaults()

    assert "listening" in text.getvalue()
    assert "not said" not in text.getvalue()
    assert not text.getvalue().startswith("{")
    assert KEY not in text.getvalue()
