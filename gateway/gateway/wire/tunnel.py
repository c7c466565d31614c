"""Bytes both ways between two transports, once neither speaks HTTP any more."""

import asyncio


class Tunnel:
    """Joins a client's transport with an instance's, each paused until now, until both are closed.

    A side that reads slowly slows the other one down; a side that has ended its half still gets what the other sends,
    where the transport can do that (TLS cannot). Nothing either way for `idle_seconds` ends both.
    """

    def __init__(self, client: asyncio.Transport, instance: asyncio.Transport, idle_seconds: float) -> None:
        self._loop = asyncio.get_running_loop()
        self._idle_seconds = idle_seconds
        self._busy_at = self._loop.time()
        self._closed: asyncio.Future[None] = self._loop.create_future()
        self._client = _End(self, client)
        self._instance = _End(self, instance)
        self._client.other, self._instance.other = self._instance, self._client
        self._timer = self._loop.call_later(idle_seconds, self._check)

    async def run(self, to_instance: bytes, to_client: bytes) -> None:
        """Pass on what came too early, then all that comes; cancelling closes both sides at once."""
        self._client.data_received(to_instance)
        self._instance.data_received(to_client)
        try:
            for end in (self._client, self._instance):
                end.transport.set_protocol(end)
                if end.transport.is_closing():
                    end.connection_lost(None)  # the protocol before may have been told already
                else:
                    end.transport.resume_reading()
            await self._closed
        finally:
            self._timer.cancel()
            self._client.transport.abort()
            self._instance.transport.abort()

    def shutdown(self) -> None:
        """Close both sides when they have taken what they were sent: what the server asks for when it stops."""
        self._client.transport.close()
        self._instance.transport.close()

    def touch(self) -> None:
        """Note that something moved."""
        self._busy_at = self._loop.time()

    def lost(self) -> None:
        """Note that a side is closed."""
        if self._client.closed and self._instance.closed and not self._closed.done():
            self._closed.set_result(None)

    def _check(self) -> None:
        left = self._busy_at + self._idle_seconds - self._loop.time()
        if left > 0:
            self._timer = self._loop.call_later(left, self._check)
        else:
            self._client.transport.abort()
            self._instance.transport.abort()


class _End(asyncio.Protocol):
    """One side: what it receives, the other one gets."""

    other: "_End"

    def __init__(self, tunnel: Tunnel, transport: asyncio.Transport) -> None:
        self.transport = transport
        self.ended = self.closed = False
        self._tunnel = tunnel

    def data_received(self, data: bytes) -> None:
        self._tunnel.touch()
        if not self.other.transport.is_closing():
            self.other.transport.write(data)

    def eof_received(self) -> bool:
        self.ended = True
        other = self.other.transport
        if self.other.ended or not other.can_write_eof() or not self.transport.can_write_eof():
            other.close()
            return False
        if not other.is_closing():
            other.write_eof()
        return True

    def pause_writing(self) -> None:
        self.other.transport.pause_reading()

    def resume_writing(self) -> None:
        if not self.other.ended:
            self.other.transport.resume_reading()

    def connection_lost(self, error: Exception | None) -> None:  # noqa: ARG002 the other side is told by an end
        self.closed = True
        self.other.transport.close()
        self._tunnel.lost()
