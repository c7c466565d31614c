"""A session as text that nobody without the secret can make: the credential's id and when it was signed in with."""

import hashlib
from collections.abc import Callable
from typing import Final

from itsdangerous import BadSignature, TimestampSigner
from itsdangerous.encoding import base64_decode, base64_encode

MIN_SECRET_BYTES: Final = 32
"""As long as the digest (RFC 2104, section 3)."""

MAX_AHEAD_SECONDS: Final = 60
"""By which the clock of another gateway may be ahead of this one's."""


class SessionSigner:
    """Signs for one name of the cookie; what was signed for another is not accepted.

    So nobody can carry a cookie that was got over http into https under the name that any page of the domain may set.
    """

    def __init__(self, secret: bytes, name: str, clock: Callable[[], float]) -> None:
        if len(secret) < MIN_SECRET_BYTES:
            raise ValueError(f"The secret of the sessions has {len(secret)} bytes; {MIN_SECRET_BYTES} are the least.")
        self._signer = _ClockedSigner(secret, f"flotilla.sessions.{name}", clock)
        self._clock = clock

    def sign(self, credential: str) -> str:
        """Return the text for a session that begins now."""
        return self._signer.sign(base64_encode(credential)).decode()

    def read(self, text: bytes) -> tuple[str, float] | None:
        """Return the credential's id and when the session began, in seconds since 1970; None for a forged text."""
        try:
            value, begun = self._signer.unsign(text, return_timestamp=True)
            credential = base64_decode(value).decode()
        except (BadSignature, ValueError):
            return None
        seconds = begun.timestamp()
        return (credential, seconds) if seconds <= self._clock() + MAX_AHEAD_SECONDS else None


class _ClockedSigner(TimestampSigner):
    def __init__(self, secret: bytes, salt: str, clock: Callable[[], float]) -> None:
        super().__init__(secret, salt=salt, key_derivation="hmac", digest_method=hashlib.sha256)
        self._clock = clock

    def get_timestamp(self) -> int:
        return int(self._clock())
