"""Checks a token: form, header, signature, claims; and remembers for a minute that it was right."""

import base64
import json
import re
from collections.abc import Callable
from hashlib import sha256
from time import monotonic
from typing import Any, Final

import aiohttp
from cachetools import LRUCache
from jwt import (
    InvalidAudienceError,
    InvalidIssuerError,
    InvalidSignatureError,
    MissingRequiredClaimError,
    PyJWK,
    PyJWT,
    PyJWTError,
)
from jwt.types import Options

from gateway.consumer import Consumer
from gateway.tokens.claims import check_times, consumer_of
from gateway.tokens.issuer import Issuer
from gateway.tokens.key_source import KeySource
from gateway.tokens.refusals import invalid_token

MAX_TOKEN_LENGTH: Final = 16 << 10
MAX_KID_LENGTH: Final = 256
MAX_REMEMBERED: Final = 10_000
REMEMBERED_SECONDS: Final = 60

_COMPACT: Final = re.compile(r"([A-Za-z0-9_-]+)\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")
_TYPES: Final = frozenset({"jwt", "at+jwt", "application/jwt", "application/at+jwt"})
# The times are checked here, by the clock that is passed in.
_OPTIONS: Final[Options] = {
    "require": ["iss", "aud", "exp"],
    "verify_exp": False,
    "verify_nbf": False,
    "verify_iat": False,
    "enforce_minimum_key_length": True,
}


class Verifier:
    """Knows whose token it is; follows RFC 8725 (the best practices for JWTs) and RFC 9068 (for access tokens).

    Keys that a token brings along or points to (`jwk`, `jku`, `x5c`, `x5u`) are never looked at.
    """

    def __init__(self, issuer: Issuer, session: aiohttp.ClientSession, clock: Callable[[], float] = monotonic) -> None:
        self._issuer = issuer
        self._keys = KeySource(session, issuer.jwks_url, issuer.algorithms, clock)
        self._jwt = PyJWT()
        self._remembered: LRUCache[bytes, tuple[Consumer, float]] = LRUCache(MAX_REMEMBERED)
        self._version = 0

    async def verify(self, text: str, now: float) -> Consumer:
        """Return whose token `text` is at `now`, in seconds since 1970.

        Raises ProblemError: 401 for a token that is not accepted, 503 when the issuer's keys could never be fetched.
        """
        if len(text) > MAX_TOKEN_LENGTH:
            raise invalid_token(f"it has more than {MAX_TOKEN_LENGTH} characters")
        return self.remembered(text, now) or await self._check(text, now)

    def remembered(self, text: str, now: float) -> Consumer | None:
        """Return whose token `text` is if it was found to be right a short while ago, which costs next to nothing."""
        self._keys.keep_fresh()
        remembered = self._remembered.get(_digest(text))
        return remembered[0] if remembered and now < remembered[1] and self._version == self._keys.version else None

    async def close(self) -> None:
        """Stop fetching keys."""
        await self._keys.close()

    async def _check(self, text: str, now: float) -> Consumer:
        algorithm, kid = _named_key(text, self._issuer)
        key = await self._keys.find(kid, algorithm)
        if key is None:
            raise invalid_token("it is signed with a key that its issuer does not publish")
        claims = self._claims(text, key)
        expires = check_times(claims, now, self._issuer.leeway_seconds)
        consumer = consumer_of(claims, self._issuer)
        self._remember(_digest(text), consumer, min(expires, now + REMEMBERED_SECONDS))
        return consumer

    def _claims(self, text: str, key: PyJWK) -> dict[str, Any]:
        try:
            return self._jwt.decode(
                text, key, [key.algorithm_name], _OPTIONS, audience=self._issuer.audience, issuer=self._issuer.issuer
            )
        except (PyJWTError, ValueError) as error:
            raise invalid_token(_reason(error)) from None

    def _remember(self, digest: bytes, consumer: Consumer, until: float) -> None:
        if self._version != self._keys.version:
            self._remembered.clear()
            self._version = self._keys.version
        self._remembered[digest] = consumer, until


def _digest(text: str) -> bytes:
    return sha256(text.encode("utf-8", "surrogatepass")).digest()


def _named_key(text: str, issuer: Issuer) -> tuple[str, str | None]:
    """Return the algorithm and the name of the key that an unchecked token claims to be signed with."""
    header = _header(text)
    algorithm, kid, kind = header.get("alg"), header.get("kid"), header.get("typ", "JWT")
    if not isinstance(algorithm, str) or algorithm not in issuer.algorithms:
        raise invalid_token(f"it is not signed with {' or '.join(issuer.algorithms)}")
    if not isinstance(kind, str) or kind.lower() not in _TYPES:
        raise invalid_token("its header typ says that it is no access token")
    if "crit" in header:
        raise invalid_token("its header crit asks for an extension that is not known here")
    if not isinstance(kid, str | None) or len(kid or "") > MAX_KID_LENGTH:
        raise invalid_token("its header kid cannot be the name of a key")
    return algorithm, kid


def _header(text: str) -> dict[str, Any]:
    parts = _COMPACT.fullmatch(text)
    try:
        header = json.loads(base64.urlsafe_b64decode(parts[1] + "==")) if parts else None
    except (ValueError, RecursionError):
        header = None
    if not isinstance(header, dict):
        raise invalid_token("it is no signed JWT, three parts in base64url with dots between them")
    return header


def _reason(error: Exception) -> str:
    match error:
        case MissingRequiredClaimError():
            return f"its claim {error.claim} is missing"
        case InvalidIssuerError():
            return "it comes from another issuer"
        case InvalidAudienceError():
            return "it is meant for another audience"
        case InvalidSignatureError():
            return "its signature is wrong"
        case _:
            return "it is malformed"
