"""Refuses what comes under a name that is not the gateway's (DNS rebinding).

A website can point a name of its own at this machine; then its pages are of the gateway's origin to the browser, which
says so. Only the name gives it away. An address is given to nobody by a website, nor is `localhost` (RFC 6761, section
6.3; WHATWG, Secure Contexts).
"""

from collections.abc import Iterable
from functools import lru_cache
from ipaddress import ip_address
from typing import Final

from shared.errors import ProblemError

_LOCAL: Final = "localhost"


class OwnHosts:
    """Knows the names under which a gateway that asks nobody who they are may be asked."""

    def __init__(self, names: Iterable[str]) -> None:
        """Take the names beside addresses, `localhost` and what ends in `.localhost`; case does not matter."""
        self._names = frozenset(name.lower() for name in names)

    def check(self, hosts: Iterable[bytes]) -> None:
        """Raise ProblemError, 421, for a `Host` header with another name; browsers always send one."""
        for host in hosts:
            name = _name(host)
            if name is not None and name not in self._names:
                raise ProblemError(
                    421,
                    "The gateway does not answer under this name: ask it by its address or as localhost, or add the "
                    "name to GATEWAY_HOSTS, or have it ask for credentials (GATEWAY_KEYS_FILE).",
                )


@lru_cache(maxsize=256)
def _name(host: bytes) -> str | None:
    """Return the name in a `Host` header, None where no website can have it."""
    text = host.decode("latin-1").lower()
    name = text.partition("]")[0][1:] if text.startswith("[") else text.partition(":")[0].removesuffix(".")
    return None if name == _LOCAL or name.endswith(f".{_LOCAL}") or _is_address(name) else name


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True
