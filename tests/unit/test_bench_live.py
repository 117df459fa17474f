import json

import pytest
from live.figures import percentile, percentiles_us, spread
from live.wire import STEPS, TAKE, RequestScript, SocketScript, TakeScript, frame, plenty, replies, responses

PLACED = b'{"type":"reply","id":3,"ok":true,"data":{"order_id":"42","status":"open","trades":[]}}'
REFUSED = (
    b'{"type":"reply","id":4,"ok":false,"error":{"detail":"there is no such order","code":"unknown_order"}}'
)
PRIVATE = (
    b'{"type":"order","channel":"account","sequence":7,"previous":6,"data":{"order_id":"42","status":"open"}}'
)
EXPECTED = [(b"3", b"42", b""), (b"4", b"", b"unknown_order"), (b"3", b"42", b"")]


def served(*payloads: bytes) -> bytes:
    return b"".join(b"\x81\x7e" + len(payload).to_bytes(2, "big") + payload for payload in payloads)


def words(message: bytes) -> dict[str, object]:
    found: dict[str, object] = json.loads(message[message.index(b"{") :])
    return found


def test_a_percentile_is_a_value_that_so_many_do_not_exceed() -> None:
    ordered = list(range(1, 101))
    assert [percentile(ordered, share) for share in (0.005, 0.5, 0.99, 0.999, 1.0)] == [1, 50, 99, 100, 100]
    assert percentile([7], 0.5) == 7


def test_percentiles_are_in_microseconds_whatever_the_order_of_the_times() -> None:
    assert percentiles_us([3_000, 1_000, 2_000]) == {"p50": 2.0, "p99": 3.0, "p999": 3.0}
    assert percentiles_us([]) == {}


def test_the_best_run_is_the_highest_rate_and_the_lowest_time() -> None:
    assert spread([1.0, 3.0, 2.0]) == (3.0, 2.0)
    assert spread([1.0, 3.0, 2.0], higher_is_better=False) == (1.0, 2.0)


@pytest.mark.parametrize("piece", [1, 2, 7, 100, 1_000])
def test_every_answer_is_found_once_however_the_bytes_are_cut(piece: int) -> None:
    data = served(PRIVATE, PLACED, PRIVATE, REFUSED, PLACED, PRIVATE)
    found, tail = [], b""
    for start in range(0, len(data), piece):
        answers, tail = replies(tail + data[start : start + piece])
        found += answers
    assert found == EXPECTED


def test_every_answer_is_found_once_wherever_the_bytes_are_cut_in_two() -> None:
    data = served(PRIVATE, PLACED, REFUSED, PRIVATE, PLACED)
    for cut in range(len(data)):
        first, tail = replies(data[:cut])
        second, _ = replies(tail + data[cut:])
        assert first + second == EXPECTED


def test_responses_are_taken_one_by_one_and_only_whole() -> None:
    placed = (
        b'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 17\r\n\r\n{"order_id":"42"}'
    )
    refused = b'HTTP/1.1 503 Service Unavailable\r\ncontent-length: 29\r\nretry-after: 1\r\n\r\n{"detail":"x","code":"busy"} '
    data = placed + refused
    assert responses(data) == ([(b"0", b"42", b""), (b"0", b"", b"busy")], b"")
    for cut in range(len(data)):
        first, tail = responses(data[:cut])
        second, rest = responses(tail + data[cut:])
        assert (first + second, rest) == ([(b"0", b"42", b""), (b"0", b"", b"busy")], b"")


@pytest.mark.parametrize("size", [0, 1, 125, 126, 300])
def test_a_frame_is_masked_with_zeros_and_says_its_length(size: int) -> None:
    made = frame(b"x" * size)
    short = size < 126
    assert made[0] == 0x81
    assert made[1] == 0x80 | (size if short else 126)
    assert short or int.from_bytes(made[2:4], "big") == size
    assert made[-size - 4 :] == b"\0\0\0\0" + b"x" * size


def test_a_round_rests_and_cancels_and_then_takes() -> None:
    script = SocketScript(0, 1)
    said = [words(script.next(0, b"%d" % number)) for number in range(STEPS + 1)]
    assert [one["op"] for one in said] == ["place", "cancel"] * 4 + ["place", "place"]
    assert said[1]["order_id"] == "1"
    assert said[TAKE]["time_in_force"] == "IOC"
    assert "time_in_force" not in said[0]
    assert said[0] == said[TAKE + 1]


def test_what_was_refused_is_not_cancelled() -> None:
    script = SocketScript(0, 1)
    script.next(0, b"")
    assert words(script.next(0, b""))["op"] == "place"


def test_nobody_trades_with_himself_because_each_client_keeps_to_one_side() -> None:
    sides = [
        {words(script.next(0, b"")).get("side") for _ in range(2 * STEPS)}
        for script in (SocketScript(0, 1), SocketScript(1, 1), TakeScript(1))
    ]
    assert sides == [{"buy"}, {"sell"}, {"buy"}]
    assert words(plenty())["side"] == "sell"


def test_client_order_ids_never_come_twice() -> None:
    script = SocketScript(5, 2, names=True)
    names = [words(script.next(slot, b"")).get("client_order_id") for _ in range(4) for slot in (0, 1)]
    assert len(set(names)) == len(names)
    assert None not in names


def test_requests_say_how_long_their_body_is() -> None:
    script = RequestScript(1, "key")
    head, _, body = script.next(0, b"").partition(b"\r\n\r\n")
    assert b"content-length: %d" % len(body) in head
    assert json.loads(body)["side"] == "sell"
    assert script.next(0, b"42").startswith(b"DELETE /api/orders/42 HTTP/1.1\r\n")
