"""What a token whose signature is right says: from when and until when, who asks, and what they may do."""

import math
from collections.abc import Mapping
from typing import Any, Final

from gateway.consumer import Consumer, Scopes, is_consumer_name
from gateway.tokens.issuer import Issuer
from gateway.tokens.refusals import invalid_token

CONSUMER_CLAIMS: Final = ("azp", "client_id", "sub")
SCOPE_CLAIMS: Final = ("scope", "scp", "scopes")


def check_times(claims: Mapping[str, Any], now: float, leeway: float) -> float:
    """Return until when a token is valid, in seconds since 1970; raises ProblemError (401) where it is not `now`.

    Clocks may differ by `leeway` seconds (RFC 7519, sections 4.1.4 to 4.1.6).
    """
    expires = _seconds(claims, "exp")
    if expires is None:
        raise invalid_token("its claim exp is missing, so it would never expire")
    if expires <= now - leeway:
        raise invalid_token("it has expired; get a new one from its issuer")
    for claim, what in (("nbf", "is not valid yet"), ("iat", "was issued in the future; check the clocks")):
        since = _seconds(claims, claim)
        if since is not None and since > now + leeway:
            raise invalid_token(f"it {what}")
    return expires


def consumer_of(claims: Mapping[str, Any], issuer: Issuer) -> Consumer:
    """Return who asks; raises ProblemError (401) where the claims do not tell it."""
    claim = _first(claims, issuer.consumer_claim, CONSUMER_CLAIMS)
    name = claims.get(claim)
    if not isinstance(name, str):
        raise invalid_token(f"its claim {claim} does not say who asks")
    if not is_consumer_name(name):
        raise invalid_token(f"its claim {claim} has characters that a name cannot have, or too many")
    return Consumer(name, f"jwt:{name}", _scopes(claims, issuer))


def _scopes(claims: Mapping[str, Any], issuer: Issuer) -> Scopes:
    claim = _first(claims, issuer.scope_claim, SCOPE_CLAIMS)
    value = claims.get(claim, "")
    texts = value.split() if isinstance(value, str) else value
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        raise invalid_token(f"its claim {claim} is neither a text nor a list of texts")
    return Scopes.from_claim(texts)


def _first(claims: Mapping[str, Any], configured: str | None, usual: tuple[str, ...]) -> str:
    if configured is not None:
        return configured
    return next((claim for claim in usual if claim in claims), usual[-1])


def _seconds(claims: Mapping[str, Any], claim: str) -> float | None:
    value = claims.get(claim)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise invalid_token(f"its claim {claim} is not a time")
    return value
