"""What can go wrong between the gateway and an instance.

    WireError
    ├── NotConnectedError   refused, unreachable, no TLS, or too late: nothing was sent
    ├── ExhaustedError      the gateway itself can open no connection: nothing was sent
    ├── StaleError          a kept connection ended before any byte of an answer: nobody knows whether it was heard
    ├── BrokenError         the answer ended too soon, or is not HTTP/1.1
    ├── SilentError         nothing came for too long
    └── UnsendableError     the request cannot be sent as it is; the instance is not at fault

Their texts name hosts and ports: they are for the log, not for a client.
"""

import errno
from typing import Final

EXHAUSTED: Final = frozenset({errno.EMFILE, errno.ENFILE, errno.EADDRNOTAVAIL})
"""What the gateway has run out of when a connection fails with these: file descriptors, or ports of its own."""


class WireError(Exception):
    """The exchange with an instance failed."""


class NotConnectedError(WireError):
    """No connection came about, so nothing was sent: any request may be tried again elsewhere."""


class ExhaustedError(WireError):
    """The gateway has no file descriptor or no port left for a connection; the instance is not at fault."""


class StaleError(WireError):
    """A kept connection ended before any byte of an answer; only what is idempotent may be tried again."""


class BrokenError(WireError):
    """The instance broke off in mid-exchange, or sent what is not an answer in HTTP/1.1."""


class SilentError(WireError):
    """The instance owed something, and neither sent nor took a byte for too long."""


class UnsendableError(WireError):
    """The request contradicts itself: a line break in a header, or a body of another length than it says."""
