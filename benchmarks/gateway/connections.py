"""What connections cost that do nothing, or little, for a long time."""

import socket
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from time import sleep
from typing import Final

from benchmarks.gateway.contestants import Contestant, Field
from benchmarks.gateway.processes import resident_bytes

IDLE: Final = 500
STREAMS: Final = 100
_SETTLE_SECONDS: Final = 2.0


def memory_of_connections(field: Field, contestants: Sequence[Contestant]) -> Mapping[str, int]:
    """Return the bytes by which each grows for `IDLE` kept connections and `STREAMS` of events.

    Each connection has been answered before it counts, and each stream has had an event.
    """
    return {each.name: _growth(each, field.key) for each in contestants}


def _growth(contestant: Contestant, key: str) -> int:
    before = resident_bytes(contestant.pid)
    with ExitStack() as stack:
        for path, count, mark in (("/json/", IDLE, b"prediction"), ("/live/events", STREAMS, b"data:")):
            for _ in range(count):
                connection = stack.enter_context(socket.create_connection(contestant.address, 30))
                head = f"GET {path} HTTP/1.1\r\nHost: x\r\nX-API-Key: {key}\r\n\r\n"
                connection.sendall(head.encode())
                _wait_for(mark, connection, contestant)
        sleep(_SETTLE_SECONDS)
        return resident_bytes(contestant.pid) - before


def _wait_for(mark: bytes, connection: socket.socket, contestant: Contestant) -> None:
    answer = b""
    while mark not in answer:
        part = connection.recv(65536)
        if not part:
            raise RuntimeError(f"{contestant.name} ended the connection: {answer[:500]!r}")
        answer += part
