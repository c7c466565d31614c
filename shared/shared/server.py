"""One uvicorn process that stops gracefully: not ready, then finished, then exit 0."""

import gc
import math
import signal
import sys
from http import HTTPStatus
from socket import socket
from time import monotonic
from types import FrameType
from typing import Protocol

import uvicorn
from starlette.datastructures import State
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from shared.logging import configure_logging
from shared.protocol import BoundedHttpProtocol
from shared.settings import ServiceSettings

KEEP_ALIVE_SECONDS = 75
"""Longer than any client of the fleet keeps an idle connection, so that none is closed under its request."""


class Application(Protocol):
    """An ASGI application whose `state.stopping` its readiness looks at."""

    state: State

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None: ...


class _Peer:
    """Keeps the socket's own peer as `scope["peer"]`; `scope["client"]` becomes whom a trusted proxy names.

    While the server is `stopping` each answer ends its connection, so that clients come back by another one, to an
    instance that stays, and none sends a request in the moment in which this one closes what is idle.
    """

    def __init__(self, app: ASGIApp, state: State) -> None:
        self._app = app
        self._state = state

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["peer"] = scope.get("client")
        await self._app(scope, receive, _closing(send) if getattr(self._state, "stopping", False) else send)


def _closing(send: Send) -> Send:
    async def closing(message: Message) -> None:
        if message["type"] == "http.response.start" and message["status"] >= HTTPStatus.OK:
            headers = [header for header in message.get("headers", ()) if header[0].lower() != b"connection"]
            message = {**message, "headers": [*headers, (b"connection", b"close")]}
        await send(message)

    return closing


class GracefulServer(uvicorn.Server):
    """Turns readiness false at the first signal and goes on serving for `drain_seconds` before it stops."""

    def __init__(
        self, app: Application, settings: ServiceSettings, protocol: type[BoundedHttpProtocol] = BoundedHttpProtocol
    ) -> None:
        config = uvicorn.Config(
            _Peer(ProxyHeadersMiddleware(app, settings.trusted_proxies), app.state),  # type: ignore[arg-type]
            http=protocol,
            proxy_headers=False,
            host=settings.host,
            port=settings.port,
            access_log=False,
            date_header=False,  # the access middleware dates what is not dated yet, as a proxied answer is
            log_config=None,
            server_header=False,
            timeout_keep_alive=KEEP_ALIVE_SECONDS,
            timeout_graceful_shutdown=settings.shutdown_seconds,
            ws="none",
        )
        super().__init__(config)
        self._app = app
        self._drain_seconds = settings.drain_seconds
        self._stop_at = math.inf

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:  # noqa: ARG002 uvicorn's signature
        """Drain on the first signal, stop on the second, give up on requests in flight on a further Ctrl-C.

        The signal is not recorded as uvicorn's own handler does: it would be raised again after the shutdown,
        and the process would end by a signal and not with 0.
        """
        if self.should_exit and sig == signal.SIGINT:
            self.force_exit = True
        first = self._stop_at == math.inf
        self._stop_at = monotonic() + (self._drain_seconds if first else 0)
        self._app.state.stopping = True

    async def startup(self, sockets: list[socket] | None = None) -> None:
        """Start, and take what is loaded by then (models, libraries) out of the garbage collector's sight."""
        await super().startup(sockets)
        gc.collect()
        gc.freeze()

    async def on_tick(self, counter: int) -> bool:
        """Stop when the time to drain is over."""
        if monotonic() >= self._stop_at:
            self.should_exit = True
        return await super().on_tick(counter)


def serve(
    app: Application, settings: ServiceSettings, protocol: type[BoundedHttpProtocol] = BoundedHttpProtocol
) -> None:
    """Serve `app` until a signal, then exit with 0, or with 3 if it could not start."""
    configure_logging(settings.log_format, settings.log_level)
    server = GracefulServer(app, settings, protocol)
    server.run()
    sys.exit(0 if server.started else 3)
