"""The gateway: wires its own routes and one proxy per service."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TypedDict

import aiohttp
from fastapi import FastAPI

from gateway.front_door import FrontDoor
from gateway.proxy import Proxy, upstream_duration
from gateway.routes import gateway_routes, unknown_service
from gateway.settings import Settings
from gateway.tracing import tracing_is_set_up
from shared.app import create_service
from shared.metrics import Metrics
from shared.protocol import MAX_HEAD_BYTES

IDLE_SECONDS = 30
"""Shorter than the services keep an idle connection, so that none closes one as it is used again."""


class State(TypedDict):
    """What requests see."""

    session: aiohttp.ClientSession
    upstreams: dict[str, str]
    tracing: bool


def create_app(settings: Settings | None = None) -> FrontDoor:
    """Return the gateway; it is ready also while services are not, and answers 502 for them."""
    settings = settings or Settings()
    upstreams = {name: str(url).rstrip("/") for name, url in settings.upstreams.items()}

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[State]:
        async with _session(settings) as session:
            yield {"session": session, "upstreams": upstreams, "tracing": tracing_is_set_up()}

    metrics = Metrics("gateway")
    app = create_service(
        name="gateway",
        version="0.1.0",
        summary="One door to the fleet.",
        settings=settings,
        lifespan=lifespan,
        routers=[gateway_routes(list(upstreams))],
        metrics=metrics,
        documents=[("gateway", "openapi.json"), *((name, f"{name}/openapi.json") for name in upstreams)],
    )
    app.router.default = unknown_service(list(upstreams))
    duration = upstream_duration(metrics.registry)
    proxies = {
        name: Proxy(name, url, settings.max_requests, settings.client_seconds, duration)
        for name, url in upstreams.items()
    }
    return FrontDoor(app, proxies)


def _session(settings: Settings) -> aiohttp.ClientSession:
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=IDLE_SECONDS),
        timeout=aiohttp.ClientTimeout(sock_connect=settings.connect_seconds, sock_read=settings.read_seconds),
        cookie_jar=aiohttp.DummyCookieJar(),
        auto_decompress=False,
        max_line_size=MAX_HEAD_BYTES,
        max_field_size=MAX_HEAD_BYTES,
        skip_auto_headers=("Accept", "Accept-Encoding", "Content-Type", "User-Agent"),
    )
