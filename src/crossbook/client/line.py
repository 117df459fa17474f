"""A WebSocket to a venue that comes back by itself.

A line keeps what it was asked for: after a break it connects again with growing, jittered waits, signs in, resumes
every channel behind the last message that it saw, and asks again what was not answered. New orders have client order
ids, so asking twice has one effect. A message reaches its readers once, in order; what is missing is asked for.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from time import perf_counter
from types import TracebackType
from typing import Any, Final, Self, TypeAlias

import msgspec

from crossbook.client.backoff import Backoff
from crossbook.client.connection import Connection
from crossbook.client.errors import UNANSWERED, UNREACHABLE, Refused, Unavailable
from crossbook.client.requests import Reply, Request, Requests
from crossbook.client.sequences import ChannelState, Verdict
from crossbook.client.status import Counters, State
from crossbook.client.transport import DEFAULT_URL, checked_url
from crossbook.client.wire import Frame, encoded
from crossbook.core import CrossbookError, UsageError

Handler: TypeAlias = Callable[[Frame], None]

CHANNELS_MAX: Final = 256
"""Channels of a stream: what a venue allows a connection."""
SILENT_BEATS_MAX: Final = 2
"""Heartbeats without a word from the venue after which the connection is given up."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class StreamSettings:
    """How a stream waits. All times in seconds."""

    connect_s: float = 10.0
    """For a connection, and for each step of signing in."""
    answer_s: float = 10.0
    """For the answer to a request, reconnecting included."""
    heartbeat_s: float = 5.0
    """Between two pings. One without a word from the venue makes the stream stale, two end the connection."""
    first_wait_s: float = 0.05
    """The range of the first wait before connecting again."""
    longest_wait_s: float = 5.0
    """The longest range."""


@dataclass(slots=True)
class _Channel:
    state: ChannelState
    handlers: list[Handler] = field(default_factory=list)


class Line:
    """Follow the channels of a venue, and trade on the same connection.

    It belongs to the event loop in which it is started. Handlers are called in that loop, one message at a time, and
    must not wait.

    Args:
        url: The address of the venue, beginning with `http`.
        api_key: An API key of the account; nobody is signed in without one.
        token: A session's token in its place.
        settings: How it waits.

    Raises:
        UsageError: The address is none, or both a key and a token are given.
    """

    def __init__(
        self,
        url: str = DEFAULT_URL,
        *,
        api_key: str | None = None,
        token: str | None = None,
        settings: StreamSettings | None = None,
    ) -> None:
        if api_key and token:
            raise UsageError("a stream signs in with an API key or with a token, not with both")
        self.venue_url = checked_url(url)
        """The address of the venue."""
        self.url = f"ws{self.venue_url.removeprefix('http')}/ws"
        """The address of the WebSocket."""
        self.settings = settings or StreamSettings()
        self.state = State.CONNECTING
        self.counters = Counters()
        self.hello: Frame | None = None
        """How the venue greeted on the newest connection."""
        self.failure: CrossbookError | None = None
        """Why it is closed; none while it is not, or when it was asked to."""
        self._credentials = {"api_key": api_key} if api_key else {"token": token} if token else None
        self._channels: dict[str, _Channel] = {}
        self._confirmed: set[str] = set()
        self._requests = Requests()
        self._watchers: list[Callable[[State], None]] = []
        self._connection: Connection | None = None
        self._task: asyncio.Task[None] | None = None
        self._moved = asyncio.Event()
        self._heard = False
        self._ping_s: float | None = None

    def __repr__(self) -> str:
        """Show where it goes and how it stands, and never who signs in."""
        return f"{type(self).__name__}({self.url!r}, {self.state})"

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    async def start(self, within_s: float | None = None) -> None:
        """Connect, and wait until the stream is live.

        Args:
            within_s: How long to try; for ever when left out.

        Raises:
            Refused: The venue does not let this account in.
            Unavailable: It cannot be reached in that time; the stream is stopped then.
        """
        if self._task is None:
            self._task = asyncio.create_task(self._keep())
        try:
            await self.live(within_s)
        except BaseException:
            await self.stop()
            raise

    async def stop(self) -> None:
        """End the connection; requests that wait for answers fail."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        self._end(None)

    async def live(self, within_s: float | None = None) -> None:
        """Wait until the stream is live.

        Raises:
            Refused: It ended because the venue does not let this account in.
            Unavailable: It ended otherwise, or is not live in that time.
        """
        try:
            async with asyncio.timeout(within_s):
                while self.state not in {State.LIVE, State.STALE}:
                    if self.state is State.CLOSED:
                        raise self.failure or Unavailable(UNREACHABLE, "the stream is closed")
                    await self._moved.wait()
        except TimeoutError:
            raise Unavailable(UNREACHABLE, f"{self.url} could not be reached in {within_s} s") from None

    def watch(self, watcher: Callable[[State], None]) -> None:
        """Call somebody whenever the state changes."""
        self._watchers.append(watcher)

    def unwatch(self, watcher: Callable[[State], None]) -> None:
        """Call somebody no more."""
        if watcher in self._watchers:
            self._watchers.remove(watcher)

    def listen(self, channels: Iterable[str], handler: Handler) -> None:
        """Follow channels from now on: whenever the stream is live, the handler is called with each message.

        A channel that is followed already is asked for anew, so that the new handler gets a snapshot too; the others
        get it as well.

        Raises:
            UsageError: The stream would follow too many channels.
        """
        names = list(channels)
        if len(self._channels.keys() | set(names)) > CHANNELS_MAX:
            raise UsageError(f"a stream follows at most {CHANNELS_MAX} channels")
        for name in names:
            channel = self._channels.setdefault(name, _Channel(ChannelState(name)))
            channel.handlers.append(handler)
            self.refresh(name)

    def ignore(self, channels: Iterable[str], handler: Handler) -> None:
        """Call a handler no more; a channel without any is left."""
        for name in channels:
            channel = self._channels.get(name)
            if channel is None or handler not in channel.handlers:
                continue
            channel.handlers.remove(handler)
            if not channel.handlers:
                del self._channels[name]
                self._tell("unsubscribe", channels=[name])

    def refresh(self, channel: str) -> None:
        """Ask for a channel from its beginning: a snapshot where it has one."""
        self._channels[channel].state.forget()
        if self.up:
            self._resubscribe([channel])

    def submit(self, op: str, fields: dict[str, Any], reply: Reply, *, again: bool = True) -> None:
        """Send a request without waiting.

        Args:
            op: `place`, `cancel`, `replace`, `cancel_all` and so on.
            fields: As they go over the wire.
            reply: Called later, once, with the data of the answer or with an error; never from within this call.
            again: Whether it is sent again when the connection breaks before the answer.
        """
        error = None
        if not self.up or self._connection is None:
            error = Unavailable(UNREACHABLE, "the stream is not connected")
        elif self._connection.full:
            error = Unavailable("busy", "the venue takes nothing in at present")
        else:
            try:
                self._connection.send(self._requests.add(Request(op, fields, reply, again)))
            except Unavailable as too_many:
                error = too_many
        if error is not None:
            self.soon(lambda: reply(None, error))

    @property
    def up(self) -> bool:
        """Whether requests can be sent."""
        return self.state in {State.LIVE, State.STALE}

    @staticmethod
    def soon(callback: Callable[[], None]) -> None:
        """Call back later, never from within this call."""
        asyncio.get_running_loop().call_soon(callback)

    async def _answer(self, send: Callable[[Reply], None], op: str, within_s: float) -> msgspec.Raw:
        """Send, and return the data of the answer."""
        future: asyncio.Future[msgspec.Raw] = asyncio.get_running_loop().create_future()

        def reply(data: msgspec.Raw | None, error: CrossbookError | None) -> None:
            if future.done():
                return
            if error is not None:
                future.set_exception(error)
            else:
                future.set_result(data or msgspec.Raw(b"null"))

        send(reply)
        try:
            async with asyncio.timeout(within_s):
                return await future
        except TimeoutError:
            raise Unavailable(UNANSWERED, f"{op} was not answered in {within_s:.1f} s") from None
        finally:
            self._requests.forget(reply)

    async def _keep(self) -> None:
        """Keep a connection until the stream is stopped or the venue wants nothing to do with it."""
        backoff = Backoff(self.settings.first_wait_s, self.settings.longest_wait_s)
        while True:
            try:
                await self._session(backoff)
            except Refused as error:
                self._end(error)
                return
            except CrossbookError as error:
                _log.info("%s; trying again", error)
            finally:
                self._drop()
            self._enter(State.CONNECTING)
            self._requests.lost()
            await asyncio.sleep(backoff.next_s())
            self.counters.reconnects += 1

    async def _session(self, backoff: Backoff) -> None:
        """Live through one connection, from its opening to its end."""
        self._heard, self._ping_s = False, None
        connection = self._connection = await Connection.opened(
            self.url, self._take, self._unreadable, self.settings.connect_s
        )
        # Whoever waits for an answer on a connection that breaks waits no longer.
        connection.when_gone(self._requests.lost)
        self._confirmed.clear()
        if self._credentials is not None:
            await self._control("auth", self._credentials)
        while missing := [name for name in self._channels if name not in self._confirmed]:
            self._confirmed.update(missing)
            await self._control("subscribe", self._wanted(missing))
        backoff.succeeded()
        for frame in self._requests.again():
            connection.send(frame)
        self._enter(State.LIVE)
        await self._beat(connection)

    async def _control(self, op: str, fields: dict[str, Any]) -> None:
        """Ask something of the connection itself, before the stream is live."""
        connection = self._connection

        def send(reply: Reply) -> None:
            if connection is None or not connection.open:
                reply(None, Unavailable(UNREACHABLE, f"{self.url} ended the connection"))
            else:
                connection.send(self._requests.add(Request(op, fields, reply, again=False)))

        await self._answer(send, op, self.settings.connect_s)

    async def _beat(self, connection: Connection) -> None:
        """Ping the venue until the connection ends; give it up when the venue is silent."""
        silent = 0
        while silent < SILENT_BEATS_MAX:
            self._heard = False
            self._ping_s = perf_counter()
            connection.send(encoded(op="ping", id="ping"))
            try:
                async with asyncio.timeout(self.settings.heartbeat_s):
                    await connection.closed()
            except TimeoutError:
                silent = 0 if self._heard else silent + 1
                self._enter(State.STALE if silent else State.LIVE)
                self._mend()
                continue
            raise Unavailable(UNREACHABLE, f"{self.url} ended the connection")
        raise Unavailable(UNREACHABLE, f"{self.url} is silent")

    def _mend(self) -> None:
        """Ask again for missing messages that did not come between two heartbeats.

        They are not given up: where a snapshot took their place, fills among them would never be told.
        """
        for name, channel in self._channels.items():
            if channel.state.recovering and channel.state.asked:
                self._resubscribe([name])
            channel.state.asked = channel.state.recovering

    def _take(self, frame: Frame) -> None:
        """Hand a frame to whom it concerns."""
        self._heard = True
        self.counters.messages += 1
        if frame.channel:
            self._take_message(frame)
        elif frame.type == "reply":
            round_trip_s = self._requests.answered(frame)
            if round_trip_s is not None:
                self.counters.round_trips_s.append(round_trip_s)
        elif frame.type == "pong":
            if self._ping_s is not None:
                self.counters.round_trips_s.append(perf_counter() - self._ping_s)
            self._ping_s = None
        elif frame.type == "hello":
            self._take_hello(frame)
        elif frame.type == "goodbye":
            _log.info("%s says goodbye: %s (%s)", self.url, frame.detail, frame.code)

    def _take_message(self, frame: Frame) -> None:
        channel = self._channels.get(frame.channel)
        if channel is None:
            return
        recovering = channel.state.recovering
        match channel.state.judge(frame):
            case Verdict.TAKE:
                self.counters.resyncs += recovering and frame.snapshot
                for handler in tuple(channel.handlers):
                    try:
                        handler(frame)
                    except Exception:  # noqa: BLE001 - whatever it is
                        # One reader's mistake must not part the others from the venue.
                        _log.exception("a handler of %s failed", frame.channel)
            case Verdict.DUPLICATE:
                self.counters.duplicates += 1
            case Verdict.GAP:
                self.counters.gaps += 1
                self._resubscribe([frame.channel])
            case Verdict.WAIT:
                pass

    def _take_hello(self, frame: Frame) -> None:
        """Take note of who answers; one that was started anew does not know what it said before."""
        before, self.hello = self.hello, frame
        if before is not None and before.epoch != frame.epoch:
            for channel in self._channels.values():
                channel.state.forget()

    def _wanted(self, names: list[str]) -> dict[str, Any]:
        resume = {name: last for name in names if (last := self._channels[name].state.last) is not None}
        return {"channels": names, "resume": resume or None}

    def _resubscribe(self, names: list[str]) -> None:
        """Leave channels and follow them again, from where they were read to."""
        connection = self._connection

        def reply(_: msgspec.Raw | None, error: CrossbookError | None) -> None:
            if error is not None and connection is not None:
                _log.warning("%s could not be followed again: %s", ", ".join(names), error)
                connection.close(graceful=False)

        known = [name for name in names if name in self._confirmed]
        self._confirmed.update(names)
        if known:
            self._tell("unsubscribe", channels=known)
        if connection is not None:
            connection.send(self._requests.add(Request("subscribe", self._wanted(names), reply, again=False)))

    def _tell(self, op: str, **fields: Any) -> None:
        """Say something whose answer nobody needs."""
        if self._connection is not None:
            self._connection.send(encoded(op=op, **fields))

    def _unreadable(self) -> None:
        self.counters.unreadable += 1

    def _enter(self, state: State) -> None:
        if state is self.state:
            return
        self.state = state
        self._moved.set()
        self._moved = asyncio.Event()
        for watcher in tuple(self._watchers):
            watcher(state)

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.when_gone(None)
            connection.close(graceful=False)

    def _end(self, failure: CrossbookError | None) -> None:
        """Be closed for ever."""
        if self.state is State.CLOSED:
            return
        self._drop()
        self.failure = failure
        self._enter(State.CLOSED)
        self._requests.end(failure or Unavailable(UNREACHABLE, "the stream was closed"))
