"""The connections to one instance."""

import asyncio
import ssl
from collections.abc import Sequence
from typing import Final

from gateway.wire.addresses import Addresses
from gateway.wire.answer import Answer
from gateway.wire.connection import Connection
from gateway.wire.errors import EXHAUSTED, BrokenError, ExhaustedError, NotConnectedError, WireError
from gateway.wire.heads import Header, RequestBody, request_head

IDLE_SECONDS: Final = 30.0
"""Shorter than the services keep an idle connection, so that none ends one in the moment it is used again."""
MOST_IDLE: Final = 256
TICK_SECONDS: Final = 0.1
"""By so much a timeout may be late; one timer serves all connections, and runs only while there are any."""
_FLIGHT_SECONDS: Final = 1
"""So much sooner than an instance would (`Keep-Alive: timeout=5`) an idle connection is ended."""


class Connections:
    """Sends requests to one instance over kept connections, the one used last first, and opens as many as it needs.

    Safe in one event loop only.
    """

    def __init__(
        self,
        host: str,
        port: int,
        *,
        tls: ssl.SSLContext | None = None,
        idle_seconds: float = IDLE_SECONDS,
        most_idle: int = MOST_IDLE,
    ) -> None:
        self.host = host
        self.port = port
        self._tls = tls
        self._addresses = Addresses(host)
        self._idle_seconds = idle_seconds
        self._most_idle = most_idle
        self._idle: dict[Connection, None] = {}
        self._open: set[Connection] = set()
        self._ticker: asyncio.TimerHandle | None = None
        self._closed = False

    @property
    def busy(self) -> int:
        """Connections with a request under way."""
        return len(self._open) - len(self._idle)

    @property
    def idle(self) -> int:
        """Connections that wait for one."""
        return len(self._idle)

    async def request(
        self,
        method: bytes,
        target: bytes,
        headers: Sequence[Header],
        body: RequestBody = None,
        *,
        connect_seconds: float,
        read_seconds: float,
        fresh: bool = False,
        upgrade: bool = False,
    ) -> Answer:
        """Send a request, once; return the answer as soon as its head is there.

        `headers` say where it goes (Host) and lack what concerns one connection alone, but for `upgrade`, which says
        that they ask for another protocol. An iterator is sent as it yields, also while an answer that is no refusal
        (a status below 300) is coming in already. What is `fresh` goes over a new connection, which is never stale.

        Raises the errors of `gateway.wire.errors`, and whatever the iterator raises. Cancelling ends the connection.
        """
        head, length = request_head(method, target, headers, body)
        connection = (None if fresh else self._kept()) or await self._connect(connect_seconds)
        return await connection.exchange(
            head, body, length, bodiless=method == b"HEAD", upgrade=upgrade, read_seconds=read_seconds
        )

    async def close(self) -> None:
        """End all connections, also those in use, and open no more."""
        self._closed = True
        for connection in list(self._open):
            connection.fail(BrokenError("The gateway ended its connections."))
        if self._ticker:
            self._ticker.cancel()
            self._ticker = None
        await asyncio.sleep(0)  # the loop tells the transports

    def opened(self, connection: Connection) -> None:
        """Look after a new connection."""
        self._open.add(connection)
        if not self._ticker:
            self._ticker = asyncio.get_running_loop().call_later(TICK_SECONDS, self._tick)

    def free(self, connection: Connection, patience: int | None) -> None:
        """Keep a connection that has done its work."""
        seconds = self._idle_seconds if patience is None else min(self._idle_seconds, patience - _FLIGHT_SECONDS)
        if self._closed or seconds <= 0 or len(self._idle) >= self._most_idle:
            connection.abort()
            return
        connection.deadline = asyncio.get_running_loop().time() + seconds
        self._idle[connection] = None

    def lost(self, connection: Connection) -> None:
        """Forget a connection."""
        self._idle.pop(connection, None)
        self._open.discard(connection)

    def _kept(self) -> Connection | None:
        while self._idle:
            connection, _ = self._idle.popitem()
            if not connection.is_spent():
                return connection
            connection.abort()
        return None

    async def _connect(self, seconds: float) -> Connection:
        if self._closed:
            raise NotConnectedError("The connections of this instance have been closed.")
        loop = asyncio.get_running_loop()
        deadline = loop.time() + seconds
        try:
            async with asyncio.timeout_at(deadline):
                addresses = await self._addresses.find()
        except OSError as error:
            raise self._not_connected([error], seconds) from error
        failures: list[OSError] = []
        for position, address in enumerate(addresses):
            now = loop.time()
            try:
                return await self._connect_to(address, now + (deadline - now) / (len(addresses) - position))
            except OSError as error:
                failures.append(error)
        self._addresses.doubt()
        raise self._not_connected(failures, seconds) from failures[-1]

    async def _connect_to(self, address: str, deadline: float) -> Connection:
        loop = asyncio.get_running_loop()
        connection = Connection(self, loop, loop.time() + self._idle_seconds)
        name = self.host if self._tls else None
        try:
            async with asyncio.timeout_at(deadline):
                await loop.create_connection(
                    lambda: connection, address, self.port, ssl=self._tls, server_hostname=name
                )
        except (asyncio.CancelledError, TimeoutError):
            connection.discard()
            raise
        return connection

    def _not_connected(self, failures: Sequence[OSError], seconds: float) -> WireError:
        where, last = f"{self.host}:{self.port}", failures[-1]
        if all(failure.errno in EXHAUSTED for failure in failures):
            return ExhaustedError(f"The gateway can open no connection to {where}: {last}.")
        if isinstance(last, TimeoutError):
            return NotConnectedError(f"{where} did not connect in {seconds:g} s.")
        return NotConnectedError(f"{where} cannot be reached: {last}.")

    def _tick(self) -> None:
        loop = asyncio.get_running_loop()
        now = loop.time()
        self._ticker = loop.call_later(TICK_SECONDS, self._tick) if self._open else None
        for connection in [connection for connection in self._open if connection.deadline <= now]:
            connection.expire(now)
