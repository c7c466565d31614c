"""One request and the instances that it is tried at, until one of them begins to answer."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from time import monotonic
from typing import Final

import structlog

from gateway.balancing.attempts import Attempt
from gateway.balancing.instances import Instance
from gateway.balancing.services import UnavailableError
from gateway.measures import Measures
from gateway.routing import Route
from gateway.upstreams import Address, Upstream
from gateway.wire.answer import Answer
from gateway.wire.errors import BrokenError, ExhaustedError, NotConnectedError, SilentError, StaleError
from gateway.wire.heads import Header
from shared.errors import OverloadedError

MAX_ATTEMPTS: Final = 10
"""Connections that are tried for one request; an instance may be back and gone again."""
PAUSE_SECONDS: Final = 0.1
"""Before an instance that was back and refused again is asked; each further time it is so much longer."""
BUSY: Final = 503
_IDEMPOTENT: Final = frozenset({"GET", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE"})
_UNAVAILABLE: Final = frozenset({502, BUSY, 504})
"""Answers that another instance might not give."""
_FAILED: Final = frozenset({502, 504})
"""Those that speak against the instance; a 503 is how one that is busy protects itself."""

_log = structlog.get_logger(source="proxy")


@dataclass(slots=True)
class Question:
    """What is asked of a service: `target` is the path below the service's name with its query.

    `body` is all of it, or its parts as they come, which can be sent once only.
    """

    method: str
    target: bytes
    headers: list[Header]
    body: bytes | AsyncIterator[bytes] | None
    has_idempotency_key: bool
    upgrade: bool

    @property
    def is_idempotent(self) -> bool:
        """Whether to ask twice does no more than to ask once (RFC 9110, section 9.2.2)."""
        return self.method in _IDEMPOTENT or self.has_idempotency_key

    @property
    def is_repeatable(self) -> bool:
        """Whether it can be asked again after an instance may have seen it."""
        return self.is_idempotent and (self.body is None or isinstance(self.body, bytes))


class Asking:
    """Asks an instance of a service, and others where that fails and another attempt does no harm.

    The instance counts as loaded until `close`.
    """

    __slots__ = (
        "_answer",
        "_attempt",
        "_measures",
        "_question",
        "_returns",
        "_route",
        "_tried",
        "_upstream",
        "address",
        "attempts",
    )

    def __init__(self, upstream: Upstream, route: Route, question: Question, measures: Measures) -> None:
        self.attempts = 0
        self.address: Address | None = None
        """The instance that was asked last."""
        self._upstream = upstream
        self._route = route
        self._question = question
        self._measures = measures
        self._tried: set[Instance] = set()
        self._returns = 0
        self._attempt: Attempt | None = None
        self._answer: Answer | None = None

    async def ask(self) -> Answer:
        """Return the first answer that is worth passing on.

        An instance that refuses the connection has seen nothing, so any request goes on to the next one, and waits
        where all of them do. Else only what is repeatable is asked again, within the route's retries and the
        service's budget: elsewhere if there is an elsewhere, but at once and over a new connection where a kept one
        was stale, for which the instance is not to blame. Raises WireError, and ProblemError where no instance can be
        asked.
        """
        self._upstream.budget.requested(monotonic())
        retries = self._route.retries if self._question.is_repeatable else 0
        stale: Instance | None = None
        while True:
            again, stale = stale, None
            instance = again or await self._choose()
            try:
                answer = await self._ask(instance, fresh=again is not None)
            except NotConnectedError as error:
                self._end(Attempt.refused)
                if self.attempts >= MAX_ATTEMPTS:
                    raise
                _log.info("instance refuses", upstream=self._upstream.name, error=str(error))
                continue
            except StaleError:
                self._end()
                if not self._may_retry(retries):
                    raise
                stale, reason = instance, "stale connection"
            except (BrokenError, SilentError) as error:
                self._end(Attempt.failed)
                if isinstance(error, SilentError) or not self._may_retry(retries):
                    raise
                reason = "broken off"
            else:
                if answer.status not in _UNAVAILABLE or not self._has_others() or not self._may_retry(retries):
                    self._answer = answer
                    self._note(answer.status)
                    return answer
                answer.close()
                self._note(answer.status)
                self._end()
                reason = str(answer.status)
            retries -= 1
            self._upstream.budget.spent(monotonic())
            self._measures.retried(self._upstream.name, reason)

    @property
    def base_url(self) -> bytes:
        """The URL of the instance that was asked last."""
        return self.address.url if self.address else b""

    def broke_off(self) -> None:
        """Note that the instance ended in mid-answer."""
        if self._attempt:
            self._attempt.failed(monotonic())

    def close(self) -> None:
        """Give back what is held; an answer that was not read to its end is broken off."""
        if self._answer:
            self._answer.close()
        self._end()

    async def _choose(self) -> Instance:
        while True:
            try:
                instance = self._upstream.service.choose(monotonic(), self._tried)
            except UnavailableError:
                await self._upstream.outage.wait_until_available()
                self._tried.clear()
                await asyncio.sleep(PAUSE_SECONDS * self._returns)
                self._returns += 1
            else:
                self._tried.add(instance)
                return instance

    async def _ask(self, instance: Instance, *, fresh: bool) -> Answer:
        question = self._question
        address = self.address = self._upstream.address(instance)
        self.attempts += 1
        self._attempt = Attempt(instance, monotonic())
        self._attempt.__enter__()
        try:
            return await address.connections.request(
                question.method.encode(),
                address.path + question.target,
                [(b"host", address.host), *question.headers],
                question.body,
                connect_seconds=self._route.connect_seconds,
                read_seconds=self._route.read_seconds,
                fresh=fresh,
                upgrade=question.upgrade,
            )
        except ExhaustedError as error:
            _log.error("no connection can be opened", upstream=self._upstream.name, error=str(error))
            raise OverloadedError("The gateway has too many connections open. Try again in a moment.") from error

    def _may_retry(self, retries: int) -> bool:
        return retries > 0 and self._upstream.budget.may_retry(monotonic())

    def _has_others(self) -> bool:
        now = monotonic()
        return any(
            instance not in self._tried and instance.weight and instance.available(now)
            for instance in self._upstream.service.instances
        )

    def _note(self, status: int) -> None:
        if self._attempt and status in _FAILED:
            self._attempt.failed(monotonic())
        elif self._attempt and status != BUSY:
            self._attempt.succeeded(monotonic())

    def _end(self, told: Callable[[Attempt, float], None] | None = None) -> None:
        attempt, self._attempt = self._attempt, None
        if attempt:
            if told:
                told(attempt, monotonic())
            attempt.__exit__()
