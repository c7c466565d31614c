"""An issuer of tokens: its keys, the tokens that it signs, and the host, on a real socket, where its keys are."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import jwt
import pytest
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key as generate_rsa_key
from jwt.algorithms import get_default_algorithms

from gateway.tokens.issuer import Issuer
from gateway.tokens.verifier import Verifier

ISSUER = "https://issuer.example"
AUDIENCE = "flotilla"


@dataclass(frozen=True)
class SigningKey:
    """A key of the issuer under its id."""

    kid: str
    algorithm: str
    private: Any

    @property
    def jwk(self) -> dict[str, Any]:
        """The public part, as it is published."""
        algorithm: Any = get_default_algorithms()[self.algorithm]
        public = algorithm.to_jwk(self.private.public_key(), as_dict=True)
        return {**public, "kid": self.kid, "alg": self.algorithm, "use": "sig"}

    def token(self, headers: dict[str, Any] | None = None, **changes: Any) -> str:
        """Return a token that is right but for `changes` of its claims; None leaves one out."""
        now = int(time.time())
        claims = {"iss": ISSUER, "aud": AUDIENCE, "sub": "ada", "exp": now + 300, "scope": "catalog:read", **changes}
        claims = {name: value for name, value in claims.items() if value is not None}
        return jwt.encode(claims, self.private, self.algorithm, {"kid": self.kid, **(headers or {})})


@dataclass
class Keys:
    """One key of each kind, and a second of one."""

    rsa: SigningKey = field(default_factory=lambda: SigningKey("rsa", "RS256", generate_rsa_key(65537, 2048)))
    ec: SigningKey = field(default_factory=lambda: SigningKey("ec", "ES256", generate_private_key(SECP256R1())))
    ed: SigningKey = field(default_factory=lambda: SigningKey("ed", "EdDSA", Ed25519PrivateKey.generate()))
    next_ed: SigningKey = field(default_factory=lambda: SigningKey("ed-2", "EdDSA", Ed25519PrivateKey.generate()))


class Host:
    """Answers at `/jwks` with `keys`, or as `answer` says; counts how often it is asked."""

    def __init__(self, *keys: SigningKey) -> None:
        self.keys = list(keys)
        self.headers: dict[str, str] = {}
        self.answer: Callable[[web.Request], Awaitable[web.StreamResponse]] | None = None
        self.asked = 0
        self.reached = asyncio.Event()
        self.url = ""

    @property
    def document(self) -> bytes:
        """The JWKS document."""
        return json.dumps({"keys": [key.jwk for key in self.keys]}).encode()

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer one request."""
        self.asked += 1
        self.reached.set()
        if self.answer:
            return await self.answer(request)
        return web.Response(body=self.document, content_type="application/json", headers=self.headers)


class Clock:
    """A clock that is put forward by hand."""

    def __init__(self) -> None:
        self.seconds = 1_000_000.0

    def __call__(self) -> float:
        """Return the time in seconds."""
        return self.seconds


@pytest.fixture(scope="session")
def keys() -> Keys:
    """The issuer's keys."""
    return Keys()


@pytest.fixture
async def host(keys: Keys) -> AsyncIterator[Host]:
    """Where the keys are published, all but the second of a kind."""
    host = Host(keys.rsa, keys.ec, keys.ed)
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", host.handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host.url = f"http://127.0.0.1:{runner.addresses[0][1]}/jwks"
    yield host
    await runner.cleanup()


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    """The gateway's connections."""
    async with aiohttp.ClientSession(auto_decompress=False) as session:
        yield session


@pytest.fixture
def clock() -> Clock:
    """The clock that the keys' age is told by."""
    return Clock()


@pytest.fixture
async def make_verifier(
    host: Host, session: aiohttp.ClientSession, clock: Clock
) -> AsyncIterator[Callable[..., Verifier]]:
    """Makes verifiers of the issuer's tokens; takes other settings of the issuer."""
    made: list[Verifier] = []

    def make(**changes: Any) -> Verifier:
        usual = {"jwks_url": host.url, "algorithms": ("RS256", "ES256", "EdDSA")}
        made.append(Verifier(Issuer(ISSUER, AUDIENCE, **{**usual, **changes}), session, clock))
        return made[-1]

    yield make
    for verifier in made:
        await verifier.close()


@pytest.fixture
def verifier(make_verifier: Callable[..., Verifier]) -> Verifier:
    """A verifier of the issuer's tokens."""
    return make_verifier()
