"""Frames that are made natively are those that are made by hand."""

import json

import msgspec
import pytest

from crossbook.core import framed
from crossbook.doors.socket import frames


@pytest.mark.parametrize("size", [*range(60, 140), 65_480, *range(65_485, 65_500), 65_536, 200_000])
@pytest.mark.parametrize("name", [0, -7, 2**53 - 1])
def test_a_reply_of_any_size_has_the_header_of_its_size(size: int, name: int) -> None:
    data = msgspec.Raw(b'"%b"' % (b"x" * size))
    body = b'{"type":"reply","id":%d,"ok":true,"data":%b}' % (name, bytes(data))

    assert frames.reply(name, data) == framed(body)


def test_replies_with_names_of_text_and_with_times_say_the_same() -> None:
    data = msgspec.Raw(b'{"a":1}')
    bare = frames.reply('q"', data)[2:]
    timed = frames.reply(3, data, 1.5, 7)[2:]

    assert json.loads(bare) == {"type": "reply", "id": 'q"', "ok": True, "data": {"a": 1}}
    told = json.loads(timed)
    assert told.pop("sent_us") > 0
    assert told == {
        "type": "reply", "id": 3, "ok": True, "data": {"a": 1}, "timestamp": 1.5, "received_us": 7,
    }  # fmt: skip
