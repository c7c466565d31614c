"""What a service that never answers does to requests for the others."""

import socket
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from statistics import median
from time import sleep

from benchmarks.gateway.contestants import Contestant, Field
from benchmarks.gateway.ours import HANGING_REQUESTS
from benchmarks.gateway.requests import CONNECTIONS, wrk

REQUESTS = HANGING_REQUESTS + HANGING_REQUESTS // 2
"""More than the gateway lets wait for that service."""


@dataclass(frozen=True)
class Hang:
    """The 99th percentile before and meanwhile, in milliseconds, and what fails of the other requests meanwhile.

    `ratio` is the median of the rounds' own ratios.
    """

    before: float
    meanwhile: float
    ratio: float
    failed: int


def others_meanwhile(field: Field, contestants: Sequence[Contestant], rounds: int, seconds: int) -> Mapping[str, Hang]:
    """Load each contestant in each round twice: as always, and while `REQUESTS` wait for a service that hangs."""
    pairs: dict[str, list[tuple[float, float]]] = {each.name: [] for each in contestants}
    failed = dict.fromkeys(pairs, 0)
    for number in range(rounds):
        for each in contestants:
            calm_first = number % 2 == 0
            calm = wrk(f"{each.url}/json/", field.key, CONNECTIONS, seconds).p99 if calm_first else 0.0
            with ExitStack() as stack:
                for _ in range(REQUESTS):
                    _hang(stack, each, field.key)
                sleep(1)
                load = wrk(f"{each.url}/json/", field.key, CONNECTIONS, seconds)
            sleep(1)
            calm = calm or wrk(f"{each.url}/json/", field.key, CONNECTIONS, seconds).p99
            pairs[each.name].append((calm, load.p99))
            failed[each.name] += load.failed
    return {name: _median(measured, failed[name]) for name, measured in pairs.items()}


def _hang(stack: ExitStack, contestant: Contestant, key: str) -> None:
    connection = stack.enter_context(socket.create_connection(contestant.address, 30))
    connection.sendall(f"GET /hanging/hang HTTP/1.1\r\nHost: x\r\nX-API-Key: {key}\r\n\r\n".encode())


def _median(pairs: Sequence[tuple[float, float]], failed: int) -> Hang:
    before, meanwhile = (median(values) for values in zip(*pairs))
    return Hang(before, meanwhile, median(after / first for first, after in pairs), failed)
