"""Who issues the tokens that are accepted, and what must be true of them."""

from dataclasses import dataclass
from typing import Final

from yarl import URL

ASYMMETRIC: Final = frozenset(
    {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"}
)
"""With the others (`HS256`, …, `none`) whoever can check a token can make one (RFC 8725, section 2.1)."""

MAX_LEEWAY_SECONDS: Final = 300


@dataclass(frozen=True, slots=True)
class Issuer:
    """One issuer: its `iss`, the `aud` that stands for the gateway, where its keys are, and which claims say who asks.

    Without a `scope_claim` the first of `scope`, `scp` and `scopes` counts, without a `consumer_claim` the first of
    `azp`, `client_id` and `sub`. The keys are only as trustworthy as the way to `jwks_url`: use https outside of a
    network that is your own. Raises ValueError for what cannot be or is not safe.
    """

    issuer: str
    audience: str
    jwks_url: str
    algorithms: tuple[str, ...] = ("RS256", "ES256")
    scope_claim: str | None = None
    consumer_claim: str | None = None
    leeway_seconds: float = 30

    def __post_init__(self) -> None:
        if not self.issuer or not self.audience:
            raise ValueError("An issuer of tokens needs its iss and the aud of the tokens that are for the gateway.")
        _check_algorithms(self.algorithms)
        url = URL(self.jwks_url)
        if url.scheme not in ("http", "https") or not url.host:
            raise ValueError(f"{self.jwks_url!r} is no URL of a JWKS document: write https://host/path.")
        if not 0 <= self.leeway_seconds <= MAX_LEEWAY_SECONDS:
            raise ValueError(f"The leeway is {self.leeway_seconds:g} s; it can be 0 to {MAX_LEEWAY_SECONDS} s.")


def _check_algorithms(algorithms: tuple[str, ...]) -> None:
    if not algorithms:
        raise ValueError("Name at least one algorithm that tokens are signed with, as RS256.")
    for name in algorithms:
        if name not in ASYMMETRIC:
            raise ValueError(
                f"{name!r} cannot sign tokens for the gateway; these can: {', '.join(sorted(ASYMMETRIC))}."
            )
