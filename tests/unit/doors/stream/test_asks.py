"""What a consumer says is read without mercy, and what is wrong with it is named."""

import json
from contextlib import suppress
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossbook.core import ConfigError
from crossbook.doors.stream.asks import (
    STEPS_AT_ONCE_MAX,
    AgentCommand,
    Auth,
    Control,
    News,
    Ping,
    Shock,
    StepFor,
    Subscribe,
    head_of,
    read_ask,
    value_of,
)
from crossbook.venue.refusals import Refused

GOOD: list[tuple[dict[str, Any], type]] = [
    ({"type": "ping"}, Ping),
    ({"type": "ping", "id": "x" * 64}, Ping),
    ({"type": "ping", "id": 7}, Ping),
    ({"type": "auth", "token": "t"}, Auth),
    ({"type": "subscribe", "channels": []}, Subscribe),
    ({"type": "subscribe", "channels": ["trade", "kline:1m"]}, Subscribe),
    ({"type": "control", "action": "pause"}, Control),
    ({"type": "control", "action": "step", "value": {"seconds": 1.5}}, Control),
    ({"type": "agent_command", "action": "delete", "agent_id": "a"}, AgentCommand),
    (
        {
            "type": "agent_command",
            "action": "create",
            "agent_id": "mm_7",
            "agent_type": "market_maker",
            "config": {"spread": 0.001, "order_size": 0.5, "max_position": 10},
            "count": 3,
            "markets": ["BTC/USD"],
            "cash": 0,
        },
        AgentCommand,
    ),
]


@pytest.mark.parametrize(("plain", "kind"), GOOD)
def test_what_the_page_shows_is_read(plain: dict[str, Any], kind: type) -> None:
    ask = read_ask(json.dumps(plain).encode())
    assert type(ask) is kind
    # What goes on to the simulation is read there as it was here.
    assert msgspec.json.decode(msgspec.json.encode(ask), type=kind) == ask


BAD: list[bytes] = [
    b"",
    b"null",
    b"[]",
    b"{}",
    b'"ping"',
    b"\xff",
    b"\xef\xbb\xbf" + b'{"type":"ping"}',
    b'{"type":"ping"} x',
    b'{"type":"ping"',
    b'{"type":"nothing"}',
    b'{"type":7}',
    b'{"type":"ping","more":1}',
    b'{"type":"ping","type":"ping"}',
    b'{"type":"ping","id":1,"id":1}',
    b'{"type":"ping","id":1.5}',
    b'{"type":"ping","id":true}',
    b'{"type":"ping","id":[]}',
    b'{"type":"ping","id":9223372036854775808}',
    b'{"type":"ping","id":"' + b"x" * 65 + b'"}',
    b'{"type":"auth"}',
    b'{"type":"auth","token":""}',
    b'{"type":"auth","token":1}',
    b'{"type":"subscribe"}',
    b'{"type":"subscribe","channels":"trade"}',
    b'{"type":"subscribe","channels":[1]}',
    b'{"type":"subscribe","channels":[""]}',
    b'{"type":"subscribe","channels":[' + b",".join([b'"trade"'] * 65) + b"]}",
    b'{"type":"control"}',
    b'{"type":"control","action":"explode"}',
    b'{"type":"control","action":"speed","value":NaN}',
    b'{"type":"control","action":"speed","value":1e400x}',
    b'{"type":"agent_command","action":"create"}',
    b'{"type":"agent_command","action":"create","agent_id":""}',
    b'{"type":"agent_command","action":"create","agent_id":"' + b"x" * 65 + b'"}',
    b'{"type":"agent_command","action":"create","agent_id":"a","count":0}',
    b'{"type":"agent_command","action":"create","agent_id":"a","count":1.5}',
    b'{"type":"agent_command","action":"create","agent_id":"a","count":' + b"9" * 30 + b"}",
    b'{"type":"agent_command","action":"create","agent_id":"a","cash":-1}',
    b'{"type":"agent_command","action":"create","agent_id":"a","cash":' + b"9" * 30 + b"}",
    b'{"type":"agent_command","action":"create","agent_id":"a","config":[]}',
    b'{"type":"agent_command","action":"create","agent_id":"a","config":{"a":1e400}}',
    b'{"type":"agent_command","action":"create","agent_id":"a","config":{"a":1,"a":2}}',
    b'{"type":"agent_command","action":"create","agent_id":"\\ud800"}',
    b'{"type":"control","action":"news","value":{"jump":1,"jump":2}}',
    b'{"type":"agent_command","action":"create","agent_id":"a","config":' + b'{"a":' * 10_000 + b"}",
    b"[" * 60_000,
]


@pytest.mark.parametrize("message", BAD, ids=lambda message: repr(message[:70]))
def test_what_is_wrong_is_refused_in_one_line(message: bytes) -> None:
    with pytest.raises(Refused) as refused:
        read_ask(message)
    assert refused.value.detail
    assert "\n" not in refused.value.detail
    # What can be told of it never fails.
    assert set(head_of(message)) <= {"id", "type", "action", "agent_id"}


@given(st.binary(max_size=200))
def test_no_bytes_do_harm(message: bytes) -> None:
    with suppress(Refused):
        read_ask(message)
    head_of(message)


def test_the_head_of_what_is_wrong_is_echoed() -> None:
    message = {"type": "agent_command", "id": 5, "action": "burn", "agent_id": "a", "more": []}
    assert head_of(json.dumps(message).encode()) == {
        "type": "agent_command",
        "id": 5,
        "action": "burn",
        "agent_id": "a",
    }
    assert head_of(b'{"id":[]}') == {}


VALUES: list[tuple[str, str, object]] = [
    ("pause", "null", None),
    ("resume", "null", None),
    ("end", "null", None),
    ("step", "null", None),
    ("step", "1", 1),
    ("step", str(STEPS_AT_ONCE_MAX), STEPS_AT_ONCE_MAX),
    ("step", '{"seconds":1.5}', StepFor(1.5)),
    ("step", '{"seconds":86400}', StepFor(86_400.0)),
    ("speed", "0", 0.0),
    ("speed", "1e6", 1e6),
    ("news", '{"jump":-0.1}', News(Decimal("-0.1"))),
    ("news", '{"jump":"2.50","text":"x","symbol":"A"}', News(Decimal("2.50"), "x", "A")),
    ("shock", '{"side":"buy","size":0.00001}', Shock("buy", Decimal("0.00001"))),
    ("shock", '{"side":"sell","size":1,"seconds":86400}', Shock("sell", Decimal(1), 86_400.0)),
]


@pytest.mark.parametrize(("action", "value", "read"), VALUES)
def test_values_are_read_exactly(action: Any, value: str, read: object) -> None:
    assert value_of(Control(action=action, value=msgspec.Raw(value.encode()))) == read


WRONG: list[tuple[str, str]] = [
    ("pause", "1"),
    ("resume", "{}"),
    ("end", "true"),
    ("speed", "null"),
    ("speed", "-1"),
    ("speed", "1000000.1"),
    ("speed", '"10"'),
    ("speed", "true"),
    ("step", "0"),
    ("step", "-1"),
    ("step", "50001"),
    ("step", "1.5"),
    ("step", "{}"),
    ("step", '{"seconds":0}'),
    ("step", '{"seconds":86400.1}'),
    ("step", '{"seconds":1,"steps":1}'),
    ("news", "null"),
    ("news", "1"),
    ("news", "{}"),
    ("news", '{"jump":"up"}'),
    ("news", '{"jump":"NaN"}'),
    ("news", '{"jump":"Infinity"}'),
    ("news", '{"jump":1e30}'),
    ("news", '{"jump":1e-999999}'),
    ("news", '{"jump":1,"text":"' + "x" * 501 + '"}'),
    ("news", '{"jump":1,"symbol":""}'),
    ("shock", '{"side":"both","size":1}'),
    ("shock", '{"side":"buy"}'),
    ("shock", '{"side":"buy","size":1,"seconds":-1}'),
    ("shock", '{"side":"buy","size":1,"seconds":86401}'),
    ("shock", '{"side":"buy","size":1e30}'),
    ("shock", '{"side":"buy","size":true}'),
]


@pytest.mark.parametrize(("action", "value"), WRONG)
def test_values_that_are_none_are_refused_in_one_line(action: Any, value: str) -> None:
    with pytest.raises(ConfigError, match=r"^value: ") as refused:
        value_of(Control(action=action, value=msgspec.Raw(value.encode())))
    assert "\n" not in str(refused.value)
