"""Idempotent requests under way while every service is restarted in turn."""

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from signal import SIGKILL, SIGTERM, Signals
from time import sleep
from typing import Final

from benchmarks.gateway.contestants import Contestant, Field
from benchmarks.gateway.upstreams import RESTARTED, Upstreams

CLIENTS: Final = 16
PAUSE_SECONDS: Final = 0.01
CALM_SECONDS: Final = 1.0


@dataclass
class Outcome:
    """GET requests that were answered with 200 and that were not, by how the services were ended."""

    answered: int = 0
    failed: int = 0


def failed_requests(field: Field, contestants: Sequence[Contestant]) -> Mapping[str, Mapping[Signals, Outcome]]:
    """Have `CLIENTS` ask each contestant for the services while these are ended and started anew, one by one."""
    return {
        each.name: {signal: _restart_all(each, field, signal) for signal in (SIGTERM, SIGKILL)} for each in contestants
    }


def _restart_all(contestant: Contestant, field: Field, signal: Signals) -> Outcome:
    with _load_on(contestant, field.key) as outcome:
        for name in RESTARTED:
            sleep(CALM_SECONDS)
            _restart(field.upstreams, name, signal)
        sleep(CALM_SECONDS)
    return outcome


def _restart(upstreams: Upstreams, name: str, signal: Signals) -> None:
    process = upstreams.replaceable[name]
    process.send_signal(signal)
    process.wait()
    upstreams.start(name)


@contextmanager
def _load_on(contestant: Contestant, key: str) -> Iterator[Outcome]:
    outcomes, over = [Outcome() for _ in range(CLIENTS)], threading.Event()
    clients = [
        threading.Thread(target=_ask_on, args=(contestant, key, RESTARTED[number % len(RESTARTED)], outcome, over))
        for number, outcome in enumerate(outcomes)
    ]
    for client in clients:
        client.start()
    total = Outcome()
    try:
        yield total
    finally:
        over.set()
        for client in clients:
            client.join()
    total.answered = sum(outcome.answered for outcome in outcomes)
    total.failed = sum(outcome.failed for outcome in outcomes)


def _ask_on(contestant: Contestant, key: str, service: str, outcome: Outcome, over: threading.Event) -> None:
    connection = HTTPConnection(*contestant.address, timeout=60)
    while not over.wait(PAUSE_SECONDS):
        try:
            connection.request("GET", f"/{service}/", headers={"X-API-Key": key})
            answer = connection.getresponse()
            answer.read()
        except (OSError, HTTPException):
            outcome.failed += 1
            connection.close()
        else:
            outcome.answered += answer.status == HTTPStatus.OK
            outcome.failed += answer.status != HTTPStatus.OK
    connection.close()
