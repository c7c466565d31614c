"""Where a host is, as the operating system tells."""

import asyncio
import math
import socket
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from ipaddress import ip_address
from threading import Thread
from typing import Final

KEEP_SECONDS: Final = 5.0
GRACE_SECONDS: Final = 0.5
"""So long a lookup is waited for by those who could do with what the one before it found."""

Found = tuple[str, ...]


class Addresses:
    """Looks up one host, at most once at a time, and keeps what was found for `keep_seconds`.

    What was found last serves on while a lookup fails, or takes more than GRACE_SECONDS. Each lookup has a thread of
    its own: the loop's are few, and one name that nobody resolves would take them from all others. An IP address
    needs no lookup. Safe in one event loop only.
    """

    def __init__(self, host: str, keep_seconds: float = KEEP_SECONDS) -> None:
        self._host = host
        self._keep_seconds = keep_seconds
        self._is_name = not _is_address(host)
        self._known: Found = () if self._is_name else (host,)
        self._until = -math.inf if self._is_name else math.inf
        self._lookup: asyncio.Future[Found] | None = None
        self._began = 0.0

    async def find(self) -> Found:
        """Return the addresses, the best first; raises OSError where the name cannot be resolved."""
        loop = asyncio.get_running_loop()
        now = loop.time()
        if now < self._until:
            return self._known
        lookup = self._lookup or self._begin(loop)
        patience = max(0.0, self._began + GRACE_SECONDS - now) if self._known else None
        await asyncio.wait((lookup,), timeout=patience)
        return self._known or lookup.result()

    def doubt(self) -> None:
        """Look the host up again before the next use: it may have moved."""
        if self._is_name:
            self._until = -math.inf

    def _begin(self, loop: asyncio.AbstractEventLoop) -> asyncio.Future[Found]:
        lookup: asyncio.Future[Found] = loop.create_future()
        tell = partial(_tell, loop, partial(self._end, lookup))
        # Nobody joins it: a lookup that hangs must not hold up the end of the process.
        Thread(target=_look_up, args=(self._host, tell), name=f"lookup of {self._host}", daemon=True).start()
        self._lookup, self._began = lookup, loop.time()
        return lookup

    def _end(self, lookup: asyncio.Future[Found], outcome: Found | OSError) -> None:
        self._lookup = None
        if isinstance(outcome, OSError):
            lookup.set_exception(outcome)
            lookup.exception()  # nobody may be waiting any more, which is no mistake
            return
        self._known = outcome
        self._until = lookup.get_loop().time() + self._keep_seconds
        lookup.set_result(outcome)


def _look_up(host: str, tell: Callable[[Found | OSError], object]) -> None:
    outcome: Found | OSError
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except OSError as error:
        outcome = error
    except UnicodeError as error:
        outcome = socket.gaierror(socket.EAI_NONAME, str(error))
    else:
        outcome = tuple(dict.fromkeys(str(address[0]) for *_, address in found))
    tell(outcome)


def _tell(loop: asyncio.AbstractEventLoop, end: Callable[[Found | OSError], None], outcome: Found | OSError) -> None:
    with suppress(RuntimeError):  # the loop may have ended meanwhile
        loop.call_soon_threadsafe(end, outcome)


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
