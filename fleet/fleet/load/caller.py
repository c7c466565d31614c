"""Asks the gateway, and tells a right status from a proper refusal and from anything else."""

import asyncio
from collections.abc import Collection
from typing import Final, TypedDict, Unpack

import httpx2

from fleet.load.ledger import Ledger, RefusedError, WrongAnswerError

REFUSALS: Final = {429, 502, 503, 504}
PROBLEM: Final = "application/problem+json"
RETRY_SECONDS: Final = 0.5
NOT_CONNECTED: Final = "no connection"
CUT_OFF: Final = "cut off"
SILENT: Final = "silence"
SHOWN: Final = 300
"""Characters of an answer that are shown where it is wrong."""


class Sent(TypedDict, total=False):
    """What a request carries, as httpx2 takes it."""

    json: object
    content: bytes | str
    files: dict[str, tuple[str, bytes, str]]
    params: dict[str, str]
    headers: dict[str, str]


class Caller:
    """Sends requests of one kind to the gateway; those that are idempotent up to `retries` times more."""

    def __init__(self, http: httpx2.AsyncClient, ledger: Ledger, retries: int = 0) -> None:
        self.ledger = ledger
        self._http = http
        self._retries = retries

    async def ask(
        self,
        kind: str,
        method: str,
        path: str,
        *,
        expected: Collection[int] = (200,),
        idempotent: bool | None = None,
        **sent: Unpack[Sent],
    ) -> httpx2.Response:
        """Return an answer with one of the `expected` statuses; by default GET alone is idempotent.

        Raises RefusedError for a problem document of 429, 502, 503 or 504 and for a connection that is refused or
        breaks, and WrongAnswerError for everything else.
        """
        left = self._retries if (method == "GET" if idempotent is None else idempotent) else 0
        while True:
            try:
                return await self._once(method, path, expected, sent)
            except RefusedError:
                if not left:
                    raise
            left -= 1
            self.ledger.tally(kind).retried += 1
            await asyncio.sleep(RETRY_SECONDS)

    async def _once(self, method: str, path: str, expected: Collection[int], sent: Sent) -> httpx2.Response:
        try:
            answer = await self._http.request(method, path, **sent)
        except httpx2.ConnectError as error:
            raise RefusedError(NOT_CONNECTED) from error
        except httpx2.TimeoutException as error:
            raise RefusedError(SILENT) from error
        except httpx2.TransportError as error:
            raise RefusedError(CUT_OFF) from error
        if answer.status_code in expected:
            return answer
        if answer.status_code in REFUSALS and _is_problem(answer):
            raise RefusedError(str(answer.status_code))
        raise WrongAnswerError(f"{method} {path}: {answer.status_code} {answer.text[:SHOWN]}")


def _is_problem(answer: httpx2.Response) -> bool:
    if answer.headers.get("content-type") != PROBLEM:
        return False
    try:
        problem = answer.json()
    except ValueError:
        return False
    return isinstance(problem, dict) and problem.get("status") == answer.status_code and bool(problem.get("detail"))


def check(right: bool, what: str, *seen: object) -> None:
    """Raise WrongAnswerError with `what` and what was seen unless it is right."""
    if not right:
        raise WrongAnswerError(f"{what}: {' / '.join(map(repr, seen))[:SHOWN]}")
