"""Whatever an error says, the command line says it in one line."""

import io
from contextlib import redirect_stderr
from unittest.mock import patch

from hypothesis import given
from hypothesis import strategies as st

from crossbook.cli import main as command_line
from crossbook.core import UsageError


@given(st.text(st.characters(codec="utf-8")))
def test_any_message_becomes_one_line_that_keeps_its_words(message: str) -> None:
    def program(**_: object) -> None:
        raise UsageError(message)

    written = io.StringIO()
    with patch.object(command_line, "application", lambda _: program), redirect_stderr(written):
        status = command_line.run([])

    assert status == 2
    assert written.getvalue().split() == ["crossbook:", *message.split()]
    assert len(written.getvalue().splitlines()) == 1
