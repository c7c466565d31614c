"""By what the gateway knows who asks: keys, tokens and sessions, as far as they are set up."""

import secrets
import time
from pathlib import Path

import aiohttp

from gateway.configuration import ConfigurationError
from gateway.identity import Identity
from gateway.keys.watching import KeyFile
from gateway.limiting.in_memory import MemoryWindows
from gateway.limiting.wrong_credentials import WrongCredentials
from gateway.sessions.own_hosts import OwnHosts
from gateway.sessions.sessions import Sessions
from gateway.sessions.signed import MIN_SECRET_BYTES
from gateway.settings import Settings
from gateway.tokens.issuer import Issuer
from gateway.tokens.verifier import Verifier


class Credentials:
    """What is set up; without a file of keys nobody can sign in.

    Raises ConfigurationError and ValueError for what cannot be used.
    """

    def __init__(self, settings: Settings) -> None:
        self.wrong_credentials = WrongCredentials(MemoryWindows())
        self.keys = KeyFile(settings.keys_file) if settings.keys_file else None
        self.sessions = _sessions(settings, self.keys) if self.keys else None
        self._issuer = _issuer(settings)
        self._own_hosts = OwnHosts(settings.hosts) if settings.checks_hosts else None

    def verifier(self, session: aiohttp.ClientSession) -> Verifier | None:
        """Return what checks tokens, with keys that it fetches through `session`."""
        return Verifier(self._issuer, session) if self._issuer else None

    def identity(self, verifier: Verifier | None) -> Identity:
        """Return what finds out who sent a request."""
        keys = self.keys
        find_keys = (lambda: keys.keys) if keys else None
        return Identity(find_keys, verifier, self.sessions, self.wrong_credentials, self._own_hosts)


def _sessions(settings: Settings, file: KeyFile) -> Sessions:
    path = settings.session_secret_file
    return Sessions(
        _secret(path) if path else secrets.token_bytes(MIN_SECRET_BYTES),
        settings.session_hours,
        find_key=lambda text: file.keys.find(text, time.time()),
        still_valid=lambda id_: file.keys.still_valid(id_, time.time()),
        ends_at=lambda id_: file.keys.ends_at(id_),  # noqa: PLW0108 the keys are others after a change
    )


def _secret(path: Path) -> bytes:
    try:
        secret = path.read_bytes().strip()
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be read: {error.strerror}") from error
    if len(secret) < MIN_SECRET_BYTES:
        raise ConfigurationError(f"{path}: the secret has {len(secret)} bytes; {MIN_SECRET_BYTES} are the least")
    return secret


def _issuer(settings: Settings) -> Issuer | None:
    if not (settings.jwks_url and settings.jwt_issuer and settings.jwt_audience):
        return None
    return Issuer(
        settings.jwt_issuer,
        settings.jwt_audience,
        str(settings.jwks_url),
        settings.jwt_algorithms,
        settings.jwt_scope_claim,
        settings.jwt_consumer_claim,
    )
