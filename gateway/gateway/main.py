"""The gateway: wires who may come in, where requests go, and what it tells of itself."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from importlib.metadata import version
from typing import Final, TypedDict

import aiohttp
import structlog
from fastapi import FastAPI
from opentelemetry.trace import Tracer

from gateway.compiling import routing_table
from gateway.configuration import Configuration
from gateway.credentials import Credentials
from gateway.documents.answers import Security
from gateway.documents.fetching import fetch
from gateway.documents.fleet_document import FleetDocument
from gateway.doorkeeper import Doorkeeper
from gateway.fleet import is_ready
from gateway.front_door import FrontDoor
from gateway.keys.lookup import Keys
from gateway.keys.watching import KeyFile
from gateway.limiting.limiter import Limiter
from gateway.measures import Measures
from gateway.proxy import Proxy
from gateway.reloading import Reloader, mark_in_use
from gateway.routes import elsewhere, router
from gateway.running import Running
from gateway.sessions.routes import session_routes
from gateway.settings import Settings
from gateway.signals import on_hangup
from gateway.tracing import find_tracer
from gateway.upstreams import Upstreams
from gateway.wire.resolver import Resolver
from shared.app import create_service
from shared.errors import ProblemError
from shared.metrics import Metrics

ASIDE_SECONDS: Final = 20.0
"""The longest that the gateway's own questions take: for documents, keys of issuers, and how a service is."""

_log = structlog.get_logger(source="gateway")


class State(TypedDict):
    """What requests see."""

    running: Running
    tracer: Tracer | None


def create_app(settings: Settings | None = None) -> FrontDoor:
    """Return the gateway; it is ready also while services are not, and answers 503 for them.

    Raises ConfigurationError and ValueError for files that cannot be used.
    """
    settings = settings or Settings()
    gateway = _Gateway(settings)
    sessions, wrong_credentials = gateway.credentials.sessions, gateway.credentials.wrong_credentials
    services = gateway.configuration.services
    app = create_service(
        name="gateway",
        version=version("flotilla-gateway"),
        summary="One door to the fleet.",
        settings=settings,
        lifespan=gateway.run,
        routers=[router, *([session_routes(sessions, wrong_credentials)] if sessions else [])],
        metrics=gateway.metrics,
        documents=[("fleet", "openapi.json"), *((name, f"{name}/openapi.json") for name in services)],
        openapi_url=None,
    )
    app.router.default = elsewhere
    gateway.door = FrontDoor(app, is_open=not settings.asks_who)
    return gateway.door


class _Gateway:
    """What the gateway is put together from; all of it begins with `run`, and ends with it."""

    door: FrontDoor

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.mark = mark_in_use(settings)
        self.configuration = settings.configuration()
        self.credentials = Credentials(settings)
        self.metrics = Metrics("gateway")
        self.measures = Measures(self.metrics.registry)

    @asynccontextmanager
    async def run(self, _: FastAPI) -> AsyncIterator[State]:
        """Open the door, and watch over files and services until the end."""
        settings, door = self.settings, self.door
        if not settings.asks_who:
            _log.warning("the gateway is open: it asks nobody who they are", host=settings.host)
        async with AsyncExitStack() as stack:
            session = await stack.enter_async_context(_session())
            upstreams = Upstreams(partial(is_ready, session), settings.check_seconds)
            stack.push_async_callback(upstreams.close)
            self.measures.watch_connections(upstreams.connections)
            door.doorkeeper = await self._doorkeeper(session, stack)
            door.proxy = Proxy(door.doorkeeper, upstreams, self.measures, settings.client_seconds)
            documents = self._documents(session)
            stack.push_async_callback(documents.close)
            reloader = Reloader(settings, partial(self._apply, upstreams, documents), self.measures, self.mark)
            self._apply(upstreams, documents, self.configuration)
            running = Running(session, upstreams, documents, partial(self._problems, reloader))
            stack.enter_context(on_hangup(partial(self._reload, reloader)))
            await stack.enter_async_context(_watching(reloader, self.credentials.keys, self._end_revoked()))
            yield State(running=running, tracer=find_tracer())

    async def _doorkeeper(self, session: aiohttp.ClientSession, stack: AsyncExitStack) -> Doorkeeper:
        verifier = self.credentials.verifier(session)
        if verifier:
            stack.push_async_callback(verifier.close)
        limiter = Limiter.at(self.settings.shared_limits)
        stack.push_async_callback(limiter.close)
        self.measures.watch_limits(limiter)
        identity = self.credentials.identity(verifier)
        return Doorkeeper(identity, limiter, has_sign_in=self.credentials.sessions is not None)

    def _apply(self, upstreams: Upstreams, documents: FleetDocument, configuration: Configuration) -> None:
        upstreams.apply(configuration)
        documents.renew()
        self.door.doorkeeper.policies = configuration.policies()
        self.door.table = routing_table(configuration, is_open=not self.settings.asks_who)

    def _documents(self, session: aiohttp.ClientSession) -> FleetDocument:
        security = Security(self._needs_credential)
        return FleetDocument(
            self.door.openapi(), {}, security, partial(fetch, session), folder=self.settings.documents_dir
        )

    def _needs_credential(self, service: str, path: str, method: str) -> bool:
        try:
            route = self.door.table.find(f"/{service}{path}".encode(), method)
        except ProblemError:  # a path that the gateway refuses, which a service may document all the same
            return True
        return route is not None and not route.is_open

    def _end_revoked(self) -> Callable[[Keys], None]:
        """Return what ends the requests under way of keys that are good no more, each time that the keys change."""
        former = self.credentials.keys.keys if self.credentials.keys else Keys()

        def end(keys: Keys) -> None:
            nonlocal former
            self.door.proxy.end(keys.ended_since(former, time.time()))
            former = keys

        return end

    def _reload(self, reloader: Reloader) -> None:
        reloader.reload()
        if self.credentials.keys:
            self.credentials.keys.reload()

    def _problems(self, reloader: Reloader) -> list[str]:
        keys = self.credentials.keys
        return [problem for problem in (reloader.problem, keys.problem if keys else None) if problem]


@asynccontextmanager
async def _watching(reloader: Reloader, keys: KeyFile | None, on_change: Callable[[Keys], None]) -> AsyncIterator[None]:
    tasks = [asyncio.create_task(reloader.watch())]
    if keys:
        tasks.append(asyncio.create_task(keys.watch(on_change)))
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _session() -> aiohttp.ClientSession:
    return aiohttp.ClientSession(
        # A kept connection would ask one pod behind a Service's address again and again, also when that one stops.
        connector=aiohttp.TCPConnector(resolver=Resolver(), use_dns_cache=False, force_close=True),
        timeout=aiohttp.ClientTimeout(total=ASIDE_SECONDS),
        cookie_jar=aiohttp.DummyCookieJar(),
    )
