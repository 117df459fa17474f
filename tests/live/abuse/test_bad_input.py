"""Input that nobody should send, sent to the server as it ships: a named refusal, no status from 500 on, no change."""

import json
import os
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from crossbook.venue.store.history import OFFSET_MAX
from tests.live.abuse.server import PASSWORD, PROGRAM, Person, Server
from tests.unit.doors.socket.stage import BINARY, PING, masked, order

pytestmark = pytest.mark.slow

GOOD: dict[str, Any] = {"ticker": "FUN", "side": "buy", "price": 99.5, "quantity": 1}
BEGIN = b'{"ticker":"FUN","side":"buy","price":1,"quantity":'
# Name, body, and the code of the refusal.
BODIES: dict[str, bytes] = {
    "nothing": b"",
    "bad UTF-8": b'{"ticker":"\xff\xfe"}',
    "an overlong NUL": b'{"ticker":"\xc0\x80"}',
    "half a surrogate": b'{"ticker":"\\ud800"}',
    "a NUL": b"\0" * 100,
    "a byte order mark": b"\xef\xbb\xbf" + BEGIN + b"1}",
    "UTF-16": json.dumps(GOOD).encode("utf-16"),
    "UTF-32": json.dumps(GOOD).encode("utf-32"),
    "deep arrays": b"[" * 16_000,
    "deep objects": b'{"a":' * 3_200,
    "deep and whole": b'{"quantity":' + b"[" * 5_000 + b"]" * 5_000 + b"}",
    "a name twice": BEGIN + b'1,"quantity":2}',
    "a name twice in escapes": BEGIN + b'1,"quantit\\u0079":2}',
    "1e400": BEGIN + b"1e400}",
    "-1e400": BEGIN + b"-1e400}",
    "NaN": BEGIN + b"NaN}",
    "Infinity": BEGIN + b"Infinity}",
    "true for a number": BEGIN + b"true}",
    "null for a number": BEGIN + b"null}",
    "2^63": BEGIN + b"9223372036854775808}",
    "2^64 and more": BEGIN + b"99999999999999999999999999}",
    "a thousand digits": BEGIN + b"9" * 1_000 + b"}",
    "missing": b'{"ticker":"FUN"}',
    "extra": BEGIN + b'1,"admin":true}',
    "an extra __proto__": BEGIN + b'1,"__proto__":{"admin":true}}',
    "two messages": BEGIN + b"1}" + BEGIN + b"1}",
    "a comment": BEGIN + b"1/*x*/}",
    "a trailing comma": BEGIN + b"1,}",
    "single quotes": b"{'ticker':'FUN'}",
    "a query": b"ticker=FUN&side=buy&price=1&quantity=1",
}
# What is asked, and the code of the refusal with the status 400; none for 422.
ORDERS: dict[str, tuple[dict[str, Any], str | None]] = {
    "off the tick": ({"price": "99.505"}, "price_off_tick"),
    "0.004": ({"price": "0.004"}, "price_off_tick"),
    "a price of zero": ({"price": 0}, "price_out_of_range"),
    "a price below zero": ({"price": -1}, "price_out_of_range"),
    "a price beyond all": ({"price": "92233720368547758.07"}, None),
    "a quantity of zero": ({"quantity": 0}, "quantity_out_of_range"),
    "a quantity below zero": ({"quantity": -1}, "quantity_out_of_range"),
    "half a share": ({"quantity": 0.5}, "quantity_not_whole"),
    "a float that is whole": ({"quantity": 1.0}, "quantity_not_whole"),
    "2^53 - 1": ({"quantity": 2**53 - 1}, "quantity_too_large"),
    "2^53 + 1": ({"quantity": 2**53 + 1}, "quantity_too_large"),
    "2^63 - 1": ({"quantity": 2**63 - 1}, "quantity_too_large"),
    "a product that overflows": ({"price": 100_000, "quantity": 1_000_000_000}, "insufficient_cash"),
    "a ticker with a NUL": ({"ticker": "FUN\0"}, "unknown_ticker"),
    "an unknown ticker": ({"ticker": "NOPE"}, "unknown_ticker"),
    "a ticker in small letters": ({"ticker": "fun"}, "unknown_ticker"),
    "more than one has": ({"quantity": 1_000_000}, "insufficient_cash"),
    "shares that one has not": ({"side": "sell"}, "insufficient_position"),
    "a stop without its price": ({"type": "stop", "price": None}, None),
    "an end in the past": ({"time_in_force": "GTD", "expires_at": 1}, None),
    "an end beyond all": ({"time_in_force": "GTD", "expires_at": 2**62}, "expires_at_out_of_range"),
    "shows more than there is": ({"display_quantity": 9}, "display_out_of_range"),
}
MARKS = {
    "HTML": "<img src=x onerror=alert(1)>",
    "a script": "<script>alert(1)</script>",
    "ANSI": "\x1b[31mred\x1b[0m",
    "Rich markup": "[bold red]ada[/bold red]",
    "right to left": "\u202eada",
    "zero width": "a\u200bda",
    "a line": "ada\nroot",
    "a formula": "=cmd|'/c calc'!A1",
    "SQL": "'; DROP TABLE users; --",
    "a path": "../../etc/passwd",
    "a Cyrillic a": "\u0430da",
    "a reserved name": "house-maker-1",
    "the administrator's": "Admin",
    "very long": "a" * 250,
}
PLAIN = {"a path", "a reserved name", "the administrator's"}
"""Of them, those that an order may be called, since it is called so by its owner alone."""
REQUESTS: dict[str, tuple[bytes, bytes]] = {
    "a path up": (b"GET /api/../../../../etc/passwd HTTP/1.1\r\nhost: v\r\n\r\n", b"404"),
    "a path up in escapes": (b"GET /docs/%2e%2e/%2e%2e/etc/passwd HTTP/1.1\r\nhost: v\r\n\r\n", b"404"),
    "a whole address": (b"GET http://evil.example/api/health HTTP/1.1\r\nhost: v\r\n\r\n", b"?"),
    "two lengths": (
        b"POST /api/orders HTTP/1.1\r\nhost: v\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nx",
        b"400",
    ),
    "a length and chunks": (
        b"POST /api/orders HTTP/1.1\r\nhost: v\r\ncontent-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
        b"400",
    ),
    "a chunk of no length": (
        b"POST /api/login HTTP/1.1\r\nhost: v\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
        b"400",
    ),
    "a length of letters": (b"POST /api/orders HTTP/1.1\r\nhost: v\r\ncontent-length: ten\r\n\r\n", b"400"),
    "a header over two lines": (b"GET /api/health HTTP/1.1\r\nhost: v\r\nx: a\r\n b\r\n\r\n", b"?"),
    "a NUL": (b"GET /api/health HTTP/1.1\r\nhost: v\0\r\n\r\n", b"400"),
    "no HTTP": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", b"400"),
    "HTTP/2 at once": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b"?"),
    "a huge header": (b"GET / HTTP/1.1\r\nhost: v\r\nx: " + b"a" * 60_000 + b"\r\n\r\n", b"431"),
    "a method of its own": (b"BREW /api/health HTTP/1.1\r\nhost: v\r\n\r\n", b"?"),
    "TRACE": (b"TRACE /api/health HTTP/1.1\r\nhost: v\r\n\r\n", b"405"),
}


def refused(venue: Server, person: Person, body: bytes) -> tuple[int, str]:
    answer = venue.http.post(
        "/api/orders", content=body, headers={**person.key, "content-type": "application/json"}
    )
    return answer.status_code, answer.json()["code"]


def test_bodies_that_cannot_be_read_are_refused_by_both_doors_and_change_nothing(venue: Server) -> None:
    person = venue.register()
    wrong: dict[tuple[str, str], Any] = {}
    with venue.unchanged():
        for name, body in BODIES.items():
            told = refused(venue, person, body)
            if told != (422, "malformed"):
                wrong[name, "HTTP"] = told
            asked = body.replace(b"{", b'{"op":"place","id":1,', 1) if body.startswith(b"{") else body
            with venue.trader(person) as client:
                client.send(asked[:16_384])
                client.socket.shutdown(1)
                (_, said), *_ = client.rest()[0]
            reply = json.loads(said)
            if (reply["code"] if reply["type"] == "goodbye" else reply["error"]["code"]) != "malformed":
                wrong[name, "WebSocket"] = reply
    assert wrong == {}


def test_orders_that_cannot_be_are_refused_by_name_and_change_nothing(venue: Server) -> None:
    person = venue.register()
    wrong = {}
    with venue.unchanged(), venue.trader(person) as client:
        for name, (changes, code) in ORDERS.items():
            asked = {one: value for one, value in {**GOOD, **changes}.items() if value is not None}
            answer = venue.http.post("/api/orders", json=asked, headers=person.key)
            reply = client.ask({"op": "place", "id": 1, **asked})
            said = answer.json()
            alike = not reply["ok"] and reply["error"] == said
            if not alike or answer.status_code not in {400, 422} or (code and said["code"] != code):
                wrong[name] = (answer.status_code, said, reply)
    assert wrong == {}


def test_an_own_duplicate_changes_nothing_and_gives_the_first_answer(venue: Server) -> None:
    person = venue.register()
    first = venue.place(person, client_order_id="mine")
    with venue.unchanged(), venue.trader(person) as client:
        assert venue.place(person, client_order_id="mine") == first
        assert venue.place(person, client_order_id="mine", side="sell", quantity=999) == first
        assert client.ask(order(1, client_order_id="mine"))["data"] == first


def test_names_that_would_deceive_a_reader_are_refused_wherever_they_are_said(venue: Server) -> None:
    person = venue.register()
    wrong = {}
    with venue.unchanged():
        for name, text in MARKS.items():
            told = {
                "name": venue.http.post("/api/register", json={"username": text, "password": PASSWORD}),
                "ticker": venue.http.post("/api/orders", json={**GOOD, "ticker": text}, headers=person.key),
                "path": venue.http.get("/api/market/x", params={"ticker": text}),
            }
            if name not in PLAIN:
                told["order"] = venue.http.post(
                    "/api/orders", json={**GOOD, "client_order_id": text}, headers=person.key
                )
            for where, answer in told.items():
                fits = 400 <= answer.status_code < 500
                if not fits or answer.headers["content-type"] != "application/json":
                    wrong[name, where] = (answer.status_code, answer.text)
                elif not answer.text.isprintable():
                    wrong[name, where] = (0, answer.text)
    assert wrong == {}


@pytest.mark.parametrize("path", ["/api/trades", "/api/orders"])
def test_a_page_that_begins_too_far_back_is_refused(venue: Server, path: str) -> None:
    headers = venue.register().key
    for offset, status in ((OFFSET_MAX, 200), (OFFSET_MAX + 1, 422), (10**9, 422)):
        assert venue.http.get(path, headers=headers, params={"offset": offset}).status_code == status


@pytest.mark.parametrize("case", REQUESTS)
def test_requests_that_are_no_good_http_get_a_status_below_500(venue: Server, case: str) -> None:
    sent, status = REQUESTS[case]
    with venue.unchanged():
        told = venue.talk(sent.replace(b"host: v", b"connection: close\r\nhost: v", 1))
        # Where the server closes with bytes unread, the system may take the answer back.
        if told:
            found = told.split(b" ")[1]
            assert found == status or (status == b"?" and found < b"500")
            assert b"root:" not in told


def test_random_bytes_on_either_door_hurt_nobody(venue: Server) -> None:
    draw = random.Random(7)
    person = venue.register()
    with venue.unchanged():
        for _ in range(60):
            venue.talk(draw.randbytes(draw.randrange(1, 4_000)) + b"\r\n\r\n")
        for _ in range(60):
            with venue.trader(person) as client:
                frame = bytearray(masked({"op": "cancel", "id": 1, "order_id": "none"}))
                frame[draw.randrange(len(frame))] ^= 1 << draw.randrange(8)
                client.socket.sendall(bytes(frame) + draw.randbytes(draw.randrange(200)))
                client.socket.shutdown(1)
                client.rest()


def test_frames_that_break_the_protocol_end_their_connection_alone(venue: Server) -> None:
    person = venue.register()
    broken = {
        "binary": (masked(order(1), BINARY), 1003),
        "not masked": (b"\x81\x02{}", 1002),
        "a long ping": (masked(b"x" * 126, PING), 1002),
        "fragments out of order": (masked(b"{}", 0), 1002),
        "too large": (masked(b" " * 16_385), 1009),
        "too large in fragments": (masked(b" " * 9_000, fin=False) + masked(b" " * 9_000, 0), 1009),
        "half a frame, then another": (masked(order(1))[:9] + masked(order(1)), None),
        "not UTF-8": (masked(b"\xff\xfe"), 1007),
    }
    with venue.unchanged(), venue.trader(person) as other:
        for name, (sent, code) in broken.items():
            with venue.trader(person) as client:
                client.socket.sendall(sent)
                client.socket.shutdown(1)
                ended = client.end()[1]
                assert code is None or ended == code, name
            assert other.ask({"op": "ping", "id": 1})["id"] == 1


# Files of settings

YAML: dict[str, bytes] = {
    "two of a name": b"port: 1\nport: 2\n",
    "an unknown name": b"colour: red\n",
    "aliases of aliases": b"a: &a [x,x,x,x,x,x,x,x,x]\n"
    + b"".join(b"%c: &%c [%b]\n" % (98 + n, 98 + n, b",".join([b"*%c" % (97 + n)] * 9)) for n in range(12)),
    "an alias of itself": b"limits: &a\n  orders_per_second: *a\n",
    "very deep": b"[" * 50_000,
    "a NUL": b"port: 1\0\n",
    "bad UTF-8": b"host: \xff\xfe\n",
    "a tag": b"host: !!python/object/apply:os.system ['true']\n",
    "two documents": b"port: 0\n---\nport: 0\n",
    "a list": b"- 1\n- 2\n",
    "a number": b"7\n",
    "a port of text": b"port: yes\n",
    "a limit of zero": b"limits: {orders_per_second: 0}\n",
    "a limit that is no number": b"limits: {orders_per_second: .nan}\n",
    "tabs": b"limits:\n\torders_per_second: 1\n",
    "a huge number": b"limits: {order_burst: " + b"9" * 5_000 + b"}\n",
    "a price of many digits": b"starting_cash: '1" + b"0" * 60 + b"'\n",
    "a ticker of markup": b"instruments: [{ticker: '<b>', initial_price: 1}]\n",
    "a cash step that does not fit": b"cash_step: '0.03'\n",
    "megabytes": b"host: " + b"a" * 20_000_000 + b"\n",
}
FINE: dict[str, bytes] = {
    "a byte order mark": b"\xef\xbb\xbflimits:\n  order_burst: 7\n",
    "CRLF": b"limits:\r\n  order_burst: 7\r\n",
    "no last line end": b"limits: {order_burst: 7}",
    "JSON": b'{"limits": {"order_burst": 7}}',
}
CHECK = """
import sys
from pathlib import Path
from crossbook.core import CrossbookError
from crossbook.venue.setting_sources import load_settings
for name in sys.argv[1:]:
    try:
        print(name, "taken", load_settings(Path(name), {}).limits.order_burst)
    except CrossbookError as error:
        print(name, "refused", len(str(error).splitlines()), len(str(error)))
"""


def read_by_a_process(folder: Path, files: dict[str, bytes]) -> list[list[str]]:
    """Read files of settings in a process of its own, which must come to an end and keep within its memory."""
    names = []
    for number, content in enumerate(files.values()):
        names.append(f"{number}.yaml")
        (folder / names[-1]).write_bytes(content)
    limited = "import resource; resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30))\n" + CHECK
    done = subprocess.run(
        [sys.executable, "-c", limited, *names],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr[-2_000:]
    return [line.split() for line in done.stdout.splitlines()]


def test_files_of_settings_that_cannot_be_are_one_line_each(tmp_path: Path) -> None:
    told = dict(zip(YAML, read_by_a_process(tmp_path, YAML), strict=True))
    wrong = {
        name: line
        for name, line in told.items()
        if line[1] != "refused" or line[2] != "1" or int(line[3]) > 1_000
    }
    assert wrong == {}


def test_files_of_settings_in_any_usual_form_are_read(tmp_path: Path) -> None:
    told = dict(zip(FINE, read_by_a_process(tmp_path, FINE), strict=True))
    assert {name: line[1:] for name, line in told.items()} == {name: ["taken", "7"] for name in FINE}


def test_a_file_that_cannot_be_ends_the_start_with_one_line_and_status_2(tmp_path: Path) -> None:
    (tmp_path / "venue.yaml").write_bytes(b"limits: {orders_per_second: 0}\n")
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, "up", "--config", "venue.yaml", "--data-dir", "data"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env={**os.environ, "COLUMNS": "400"},
    )
    assert done.returncode not in {0, 1}
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert not (tmp_path / "data").exists()
