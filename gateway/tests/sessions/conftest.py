"""Signing in to a server on a real socket, with keys that can be revoked."""

import math
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI

from gateway.consumer import Consumer, Scopes
from gateway.limiting.in_memory import MemoryWindows
from gateway.limiting.wrong_credentials import WrongCredentials
from gateway.sessions.routes import session_routes
from gateway.sessions.sessions import Sessions
from shared.app import create_service
from shared.errors import ProblemError
from shared.settings import ServiceSettings
from shared.testing import served

SECRET = bytes(range(32))


class KeyRing:
    """One person's key, which can be revoked."""

    text = "flt_k7fq2m5x8a3c_open-sesame"

    def __init__(self) -> None:
        self.consumer = Consumer("ada", "k7fq2m5x8a3c", Scopes(["catalog:read", "vision:*"]))
        self.revoked = False
        self.ends = math.inf

    def find(self, key: str) -> Consumer:
        """Return whose the key is."""
        if key != self.text or self.revoked:
            raise ProblemError(401, "This <key> is not known.", {"WWW-Authenticate": "Bearer"})
        return self.consumer

    def still_valid(self, credential: str) -> Consumer | None:
        """Return whose the credential is."""
        return self.consumer if credential == self.consumer.credential and not self.revoked else None

    def ends_at(self, _: str) -> float:
        """Return when the credential ends."""
        return self.ends


class Clock:
    """A clock that is put forward by hand."""

    def __init__(self) -> None:
        self.seconds = 1_800_000_000.25

    def __call__(self) -> float:
        """Return the seconds since 1970."""
        return self.seconds


@pytest.fixture
def ring() -> KeyRing:
    """The keys."""
    return KeyRing()


@pytest.fixture
def clock() -> Clock:
    """The clock that sessions expire by."""
    return Clock()


@pytest.fixture
def make_sessions(ring: KeyRing, clock: Clock) -> Callable[..., Sessions]:
    """Makes the sessions of a gateway; takes other settings."""

    def make(secret: bytes = SECRET, hours: float = 12) -> Sessions:
        return Sessions(secret, hours, ring.find, ring.still_valid, ring.ends_at, clock)

    return make


@pytest.fixture
def sessions(make_sessions: Callable[..., Sessions]) -> Sessions:
    """The sessions of a gateway."""
    return make_sessions()


def application(sessions: Sessions) -> FastAPI:
    """Return a service with the session's routes and nothing else."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[dict[str, Any]]:
        yield {}

    return create_service(
        name="sessions",
        version="0",
        summary="Signing in.",
        settings=ServiceSettings(),
        lifespan=lifespan,
        routers=[session_routes(sessions, WrongCredentials(MemoryWindows()))],
    )


@pytest.fixture(scope="session")
def server() -> Iterator[tuple[KeyRing, str]]:
    """Keys, and the address of a server that signs in with them; its clock is the real one."""
    ring = KeyRing()
    app = application(Sessions(SECRET, 12, ring.find, ring.still_valid, ring.ends_at))
    with served(app, lifespan="on") as url:
        yield ring, url


@pytest.fixture
def live_ring(server: tuple[KeyRing, str]) -> Iterator[KeyRing]:
    """The keys of the server."""
    ring, _ = server
    yield ring
    ring.revoked = False


@pytest.fixture(scope="session")
def url(server: tuple[KeyRing, str]) -> str:
    """The address of the server."""
    return server[1]


@pytest.fixture
def client(url: str) -> Iterator[httpx2.Client]:
    """A browser's way of asking: same origin, cookies kept, redirects not followed."""
    with httpx2.Client(base_url=url, headers={"Sec-Fetch-Site": "same-origin"}, timeout=30) as client:
        yield client
