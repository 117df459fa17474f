"""One WebSocket connection of a stream: bytes in and out, and nothing remembered."""

import asyncio
from collections.abc import Callable
from typing import Final

import msgspec
from picows import (
    WSCloseCode,
    WSError,
    WSFrame,
    WSHandshakeError,
    WSListener,
    WSMsgType,
    WSTransport,
    ws_connect,
)

from crossbook.client.errors import UNREACHABLE, Unavailable
from crossbook.client.wire import DECODER, Frame

FRAME_BYTES_MAX: Final = 1 << 22
"""The largest frame that is taken; a snapshot of a deep book is a tenth of it."""


class Connection(WSListener):
    """A connection that hands each frame on as it comes.

    Args:
        take: Called with every frame.
        unreadable: Called for each frame that is none of a venue.
    """

    def __init__(self, take: Callable[[Frame], None], unreadable: Callable[[], None]) -> None:
        self._take = take
        self._unreadable = unreadable
        self._transport: WSTransport | None = None
        self._gone: Callable[[], None] | None = None
        self.full = False
        """Whether the venue takes nothing in at present."""

    @classmethod
    async def opened(
        cls, url: str, take: Callable[[Frame], None], unreadable: Callable[[], None], within_s: float
    ) -> "Connection":
        """Connect to an address that begins with `ws://` or `wss://`.

        Raises:
            Unavailable: Nobody answers there, or not as a venue.
        """
        connection = cls(take, unreadable)
        try:
            async with asyncio.timeout(within_s):
                await ws_connect(
                    lambda: connection,
                    url,
                    websocket_handshake_timeout=within_s,
                    max_frame_size=FRAME_BYTES_MAX,
                )
        except WSHandshakeError as error:
            raise Unavailable(UNREACHABLE, f"{url} opens no WebSocket: {error}") from None
        except (OSError, TimeoutError, WSError) as error:
            what = str(error) or "nobody answers"
            raise Unavailable(UNREACHABLE, f"{url} cannot be reached: {what}") from None
        return connection

    @property
    def open(self) -> bool:
        """Whether anything can be sent."""
        return self._transport is not None and not self._transport.is_disconnected

    def send(self, frame: bytes) -> None:
        """Send a frame; to a connection that is gone it goes nowhere, and the requests in it count as lost."""
        if self._transport is not None and not self._transport.is_disconnected:
            self._transport.send(WSMsgType.TEXT, frame)

    def when_gone(self, gone: Callable[[], None] | None) -> None:
        """Call somebody once when the connection is gone, at once where it is already; none for nobody any more."""
        self._gone = gone
        if gone is not None and not self.open:
            self.on_ws_disconnected(None)

    async def closed(self) -> None:
        """Wait until the connection is gone."""
        if self._transport is not None:
            await self._transport.wait_disconnected()

    def close(self, *, graceful: bool = True) -> None:
        """End the connection: with a farewell, or at once when the other side is silent."""
        if self._transport is None:
            return
        if graceful and not self._transport.is_close_frame_sent and not self._transport.is_disconnected:
            self._transport.send_close(WSCloseCode.OK)
        self._transport.disconnect(graceful)

    def on_ws_connected(self, transport: WSTransport) -> None:
        """Remember where to send."""
        self._transport = transport

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:  # noqa: ARG002
        """Hand on a frame, or end with the other side."""
        if frame.msg_type is WSMsgType.TEXT:
            try:
                read = DECODER.decode(frame.get_payload_as_bytes())
            except msgspec.DecodeError:
                self._unreadable()
                return
            self._take(read)
        elif frame.msg_type is WSMsgType.CLOSE:
            self.close()

    def on_ws_disconnected(self, transport: WSTransport | None) -> None:  # noqa: ARG002 - the hook has it
        """Tell who wants to know."""
        gone, self._gone = self._gone, None
        if gone is not None:
            gone()

    def pause_writing(self) -> None:
        """Take note that the venue does not read."""
        self.full = True

    def resume_writing(self) -> None:
        """Take note that the venue reads again."""
        self.full = False
