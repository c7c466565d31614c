"""Who shares an address, as far as limits go."""

import socket
from typing import Final

UNKNOWN: Final = "unknown"
_MAPPED: Final = bytes(10) + b"\xff\xff"
_PREFIX_BYTES: Final = 8


def network_of(address: str | None) -> str:
    """Return the /64 of an IPv6 address, for one client has all of it (RFC 6177), and an IPv4 address as it is.

    An IPv4 address in IPv6 clothing (`::ffff:192.0.2.1`) is the IPv4 address. What is no address, as on a Unix
    socket, is `unknown`: all of those share one count.
    """
    if not address:
        return UNKNOWN
    if ":" not in address:
        return address
    try:
        packed = socket.inet_pton(socket.AF_INET6, address.partition("%")[0])
    except (OSError, ValueError):
        return UNKNOWN
    if packed.startswith(_MAPPED):
        return socket.inet_ntop(socket.AF_INET, packed[12:])
    return f"{socket.inet_ntop(socket.AF_INET6, packed[:_PREFIX_BYTES] + bytes(_PREFIX_BYTES))}/64"
