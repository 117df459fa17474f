"""Everybody who watches gets every message of what he follows, in order, whoever else is there and whoever is behind.

Who does not read gets all that must be kept, and of the rest the newest. Watchers here behave as a consumer does, with
its own code for what is held back; only the socket is missing.
"""

from collections import defaultdict
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from crossbook.core import framed
from crossbook.doors.socket.outlet import Cork
from crossbook.doors.stream.channels import CHANNELS, NUMBERS
from crossbook.doors.stream.consumer import Consumer
from crossbook.doors.stream.door import LIMITS, PACE
from crossbook.doors.stream.hub import EVERYTHING, Hub
from crossbook.doors.stream.link import Entry, Turn
from tests.unit.doors.stream.playing import messages_of

MINUTE, HOUR = NUMBERS["kline:1m"], NUMBERS["kline:1h"]
BEST, TRADE, BOOK, NEWS = (NUMBERS[name] for name in ("market_data", "trade", "orderbook", "news"))
SOME = [BEST, TRADE, BOOK, NEWS, MINUTE, HOUR]
KEPT = {TRADE, NEWS}
EITHER = {MINUTE, HOUR}
"""Open candles and closed ones."""


class _Door:
    """All that a consumer asks of its door."""

    limits, pace = LIMITS, PACE

    def __init__(self, hub: Hub) -> None:
        self.hub = hub
        self.cork = Cork()

    def fell_behind(self, consumer: Any) -> None:
        pass

    caught_up = leave = fell_behind


class _Transport:
    """All that a consumer asks of its transport when it falls behind."""

    def is_closing(self) -> bool:
        return False

    def pause_reading(self) -> None:
        pass

    resume_reading = pause_reading


class Listener(Consumer):
    """A consumer on no socket: what it is sent is read at once, or never while it sleeps."""

    def __init__(self, hub: Hub, followed: frozenset[int]) -> None:
        door: Any = _Door(hub)
        super().__init__(door, "nowhere", followed, steers=False)
        self._raw: Any = _Transport()
        self.heard: list[dict[str, Any]] = []
        self.counted = 0

    def tell(self, frames: bytes, messages: int) -> None:
        assert self.reads
        assert len(list(messages_of(frames))) == messages
        self.heard += messages_of(frames)

    def send(self, frame: bytes) -> None:
        self.heard += messages_of(frame)


def frame_of(channel: int, key: int, sequence: int, *, kept: bool) -> bytes:
    text = b'{"channel":%d,"key":%d,"sequence":%d,"kept":%s}'
    return framed(text % (channel, key, sequence, b"true" if kept else b"false"))


Wanted = tuple[int, int, bool, int]
"""Channel, market, whether kept, how many messages."""
PUTS = st.lists(
    st.tuples(st.sampled_from(SOME), st.integers(0, 2), st.booleans(), st.integers(1, 3)),
    min_size=1,
    max_size=6,
)


class Source:
    """Numbers messages as a simulation does."""

    def __init__(self) -> None:
        self.numbers: dict[int, int] = defaultdict(int)
        self.told: list[tuple[int, int, int, bool]] = []
        """Of all messages: channel, market, number, and whether it is kept."""

    def turn(self, puts: list[Wanted]) -> Turn:
        entries, frames = [], b""
        for channel, key, closes, count in puts:
            kept = channel in KEPT or (channel in EITHER and closes)
            mine = b""
            for _ in range(count if kept else 1):
                self.numbers[channel] += 1
                self.told.append((channel, key, self.numbers[channel], kept))
                mine += frame_of(channel, key, self.numbers[channel], kept=kept)
            entries.append(Entry(channel, key, kept, count if kept else 1, len(mine)))
            frames += mine
        return Turn(False, entries, frames)


FOLLOWED = st.one_of(st.just(EVERYTHING), st.frozensets(st.sampled_from(SOME)))


class Watching(RuleBasedStateMachine):
    """People come, go, sleep, wake up and change their minds while messages come."""

    def __init__(self) -> None:
        super().__init__()
        self.changes = 0
        self.hub = Hub(self._count)
        self.source = Source()
        self.since: dict[Listener, tuple[int, int]] = {}
        """Who watches: how much was told, and how much he had heard, when he began to follow what he follows."""

    def _count(self) -> None:
        self.changes += 1

    @rule(followed=FOLLOWED)
    def comes(self, followed: frozenset[int]) -> None:
        listener = Listener(self.hub, followed)
        self.since[listener] = (len(self.source.told), 0)
        self.hub.enter(listener)
        self._is_greeted(listener)

    @precondition(lambda self: self.since)
    @rule(data=st.data(), followed=FOLLOWED)
    def changes_his_mind(self, data: st.DataObject, followed: frozenset[int]) -> None:
        listener = data.draw(st.sampled_from(list(self.since)))
        if not listener.reads:
            # Nothing is read of somebody who does not read.
            return
        listener.followed = followed
        self.since[listener] = (len(self.source.told), len(listener.heard))
        self.hub.renew(listener)
        self._is_greeted(listener)

    def _is_greeted(self, listener: Listener) -> None:
        """The newest of each that he follows, but what was closed since, in rising numbers."""
        newest: dict[tuple[int, int], tuple[int, bool]] = {}
        for channel, key, number, kept in self.source.told:
            newest[channel, key] = (number, kept)
        wanted = {
            (channel, key, number)
            for (channel, key), (number, kept) in newest.items()
            if channel in listener.followed and not kept
        }
        heard = listener.heard[self.since[listener][1] :]
        assert {(one["channel"], one["key"], one["sequence"]) for one in heard} == wanted
        check_rising(heard)
        self.since[listener] = (self.since[listener][0], len(listener.heard))

    @precondition(lambda self: self.since)
    @rule(data=st.data())
    def goes(self, data: st.DataObject) -> None:
        listener = data.draw(st.sampled_from(list(self.since)))
        del self.since[listener]
        before = self.changes
        self.hub.leave(listener)
        assert self.changes == before + 1
        heard = len(listener.heard)
        self.hub.tell(self.source.turn([(TRADE, 0, False, 1), (BEST, 0, False, 1)]))
        assert len(listener.heard) == heard

    @precondition(lambda self: self.since)
    @rule(data=st.data())
    def falls_asleep(self, data: st.DataObject) -> None:
        data.draw(st.sampled_from(list(self.since))).pause_writing()

    @precondition(lambda self: self.since)
    @rule(data=st.data())
    def wakes_up(self, data: st.DataObject) -> None:
        listener = data.draw(st.sampled_from(list(self.since)))
        if not listener.reads:
            listener.resume_writing()

    @rule(puts=PUTS)
    def tells(self, puts: list[Wanted]) -> None:
        self.hub.tell(self.source.turn(puts))

    @invariant()
    def everybody_has_heard_what_is_his(self) -> None:
        for listener, (told, heard) in self.since.items():
            if not listener.reads:
                continue
            mine = [one for one in self.source.told[told:] if one[0] in listener.followed]
            got = [(one["channel"], one["sequence"]) for one in listener.heard[heard:]]
            # Of what is kept all of it.
            kept = [(channel, number) for channel, _, number, kept in mine if kept]
            got_kept = [one for one in got if one in set(kept)]
            for channel in {channel for channel, _ in kept}:
                wanted = [one for one in kept if one[0] == channel]
                assert [one for one in got_kept if one[0] == channel] == wanted
            # Of the rest the newest at least; never one twice, and never an older one after a newer one.
            check_rising(listener.heard[heard:])
            newest = {(channel, key): (number, kept) for channel, key, number, kept in mine}
            for (channel, _), (number, is_kept) in newest.items():
                if not is_kept:
                    assert (channel, number) in got

    @invariant()
    def it_is_known_who_is_there_and_what_is_followed(self) -> None:
        assert self.hub.consumers == len(self.since)
        assert self.hub.followed == frozenset().union(*(one.followed for one in self.since))


def check_rising(heard: list[dict[str, Any]]) -> None:
    """See that the numbers of each channel rise."""
    last: dict[int, int] = {}
    for one in heard:
        assert one["sequence"] > last.get(one["channel"], 0), one
        last[one["channel"]] = one["sequence"]


Watching.TestCase.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)
TestWatching = Watching.TestCase


@given(st.lists(PUTS, max_size=10), st.frozensets(st.sampled_from(SOME)))
def test_all_who_read_get_the_same_bytes(turns: list[list[Wanted]], some: frozenset[int]) -> None:
    hub, source = Hub(lambda: None), Source()
    told: dict[int, list[bytes]] = defaultdict(list)

    class Plain:
        """Keeps the bytes."""

        reads = True

        def __init__(self, name: int, followed: frozenset[int]) -> None:
            self.name, self.followed = name, followed

        def tell(self, frames: bytes, messages: int) -> None:
            told[self.name].append(frames)

        def hold(self, entry: Entry, frames: bytes) -> None:
            raise AssertionError("everybody reads")

    for name in range(4):
        hub.enter(Plain(name, EVERYTHING if name < 2 else some))
    wanted = [source.turn(puts) for puts in turns]
    for turn in wanted:
        hub.tell(turn)
    assert b"".join(told[0]) == b"".join(told[1]) == b"".join(turn.frames for turn in wanted)
    assert (
        b"".join(told[2])
        == b"".join(told[3])
        == b"".join(frames for turn in wanted for entry, frames in turn.parts() if entry.channel in some)
    )
    # Nobody gets a copy of his own.
    assert all(one is other for one, other in zip(told[0], told[1], strict=True))


def test_the_newest_is_forgotten_when_another_simulation_begins() -> None:
    hub, source = Hub(lambda: None), Source()
    hub.tell(source.turn([(BEST, 0, False, 1)]))
    assert hub.newest("market_data") is not None
    assert hub.newest("orderbook") is None
    hub.forget()
    assert hub.newest("market_data") is None
    listener = Listener(hub, EVERYTHING)
    hub.enter(listener)
    assert listener.heard == []


def test_every_channel_has_a_name() -> None:
    assert len(CHANNELS) == len(set(CHANNELS)) == 7 + 21
