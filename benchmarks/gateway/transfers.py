"""A large upload and a large download: how fast, and what the gateway's memory does meanwhile."""

import socket
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from time import perf_counter
from typing import Final

from benchmarks.gateway.contestants import Contestant, Field
from benchmarks.gateway.processes import Peak
from benchmarks.gateway.upstreams import GIB

BLOCK: Final = bytes(1 << 20)
WARM_UP: Final = 64 << 20


@dataclass(frozen=True)
class Transfer:
    """Bytes per second, and bytes by which the memory grew at most."""

    speed: float
    growth: float


def uploads(field: Field, contestants: Sequence[Contestant], rounds: int) -> Mapping[str, Transfer]:
    """Send 1 GiB through each contestant in each round; the growth is the largest one."""
    for each in contestants:
        upload(each, field.key, WARM_UP)
    return _rounds(contestants, rounds, lambda each: upload(each, field.key, GIB))


def downloads(field: Field, contestants: Sequence[Contestant], rounds: int) -> Mapping[str, Transfer]:
    """Fetch 1 GiB through each contestant in each round; the growth is the largest one."""
    for each in contestants:
        download(each, field.key, WARM_UP)
    return _rounds(contestants, rounds, lambda each: download(each, field.key, GIB))


def upload(contestant: Contestant, key: str, size: int) -> None:
    """Send `size` zeros; return when the answer says that all of them arrived."""
    with socket.create_connection(contestant.address) as connection:
        head = f"POST /sink/ HTTP/1.1\r\nHost: x\r\nX-API-Key: {key}\r\nConnection: close\r\nContent-Length: {size}"
        connection.sendall(head.encode() + b"\r\n\r\n")
        for _ in range(size // len(BLOCK)):
            connection.sendall(BLOCK)
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    if not answer.startswith(b"HTTP/1.1 200") or str(size).encode() not in answer:
        raise RuntimeError(f"{contestant.name}: {answer[:500].decode()}")


def download(contestant: Contestant, key: str, size: int) -> None:
    """Fetch the first `size` bytes of a file and count them."""
    with socket.create_connection(contestant.address) as connection:
        head = (
            f"GET /json/big HTTP/1.1\r\nHost: x\r\nX-API-Key: {key}\r\nConnection: close\r\nRange: bytes=0-{size - 1}"
        )
        connection.sendall(head.encode() + b"\r\n\r\n")
        start = connection.recv(65536)
        while b"\r\n\r\n" not in start:
            start += connection.recv(65536)
        buffer = bytearray(1 << 20)
        received = len(start.partition(b"\r\n\r\n")[2])
        while part := connection.recv_into(buffer):
            received += part
    if not start.startswith(b"HTTP/1.1 206") or received < size:
        raise RuntimeError(f"{contestant.name}: {received} bytes after {start[:500]!r}")


def _rounds(
    contestants: Sequence[Contestant], rounds: int, transfer: Callable[[Contestant], None]
) -> dict[str, Transfer]:
    speeds: dict[str, list[float]] = {each.name: [] for each in contestants}
    growths: dict[str, list[float]] = {each.name: [] for each in contestants}
    for _ in range(rounds):
        for each in contestants:
            with Peak(each.pid) as peak:
                began = perf_counter()
                transfer(each)
                speeds[each.name].append(GIB / (perf_counter() - began))
            growths[each.name].append(peak.growth)
    return {each.name: Transfer(median(speeds[each.name]), max(growths[each.name])) for each in contestants}
