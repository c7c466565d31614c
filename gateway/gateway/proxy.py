"""The hot path: who may ask, an instance that answers, and bytes both ways."""

import asyncio
from collections.abc import Collection, Mapping
from time import perf_counter
from typing import Final, NamedTuple

import structlog
from starlette.requests import ClientDisconnect
from starlette.types import Message, Receive, Scope, Send

from gateway.asking import Asking, Question
from gateway.doorkeeper import Doorkeeper
from gateway.exchange import Exchange
from gateway.headers import answer_headers, upstream_headers
from gateway.measures import Measures
from gateway.request_head import Head, read_head
from gateway.routing import Route
from gateway.tracing import upstream_span
from gateway.upstreams import Upstream
from gateway.visit import Visit
from gateway.wire.answer import Answer
from gateway.wire.connection import SWITCHING_PROTOCOLS
from gateway.wire.errors import (
    BrokenError,
    NotConnectedError,
    SilentError,
    StaleError,
    UnsendableError,
    WireError,
)
from gateway.wire.heads import RequestBody
from gateway.wire.upgrades import UPGRADE, Upgrade
from shared.errors import CLIENT_CLOSED_REQUEST, ProblemError

_UPGRADE_HEADERS: Final = [(b"connection", b"upgrade"), (b"upgrade", b"websocket")]
_log = structlog.get_logger(source="proxy")


class Failure(NamedTuple):
    """How an error is answered, if nothing has been yet, and what the access log calls it."""

    status: int
    what: str
    outcome: str


_BROKEN: Final = Failure(502, "broke off the exchange", "broken off")
_FAILURES: Final[Mapping[type[Exception], Failure]] = {
    NotConnectedError: Failure(502, "cannot be reached", "not connected"),
    SilentError: Failure(504, "did not answer in time", "timed out"),
    BrokenError: _BROKEN,
    StaleError: _BROKEN,
    UnsendableError: Failure(400, "cannot be asked what contradicts itself", "refused"),
    TimeoutError: Failure(CLIENT_CLOSED_REQUEST, "was not listened to", "client stalled"),
}
_BUG: Final = Failure(500, "could not be asked; the gateway's log has the cause", "failed")


class Proxy:
    """Answers requests to the services."""

    def __init__(
        self, doorkeeper: Doorkeeper, upstreams: Mapping[str, Upstream], measures: Measures, client_seconds: float
    ) -> None:
        self._doorkeeper = doorkeeper
        self._upstreams = upstreams
        self._measures = measures
        self._client_seconds = client_seconds
        self._visits: set[Visit] = set()

    def end(self, credentials: Collection[str]) -> None:
        """Cut off whoever came in with one of `credentials`: streams and WebSockets may go on for days."""
        for visit in self._visits:
            if visit.consumer.credential in credentials:
                visit.exchange.cut_off()

    async def __call__(self, scope: Scope, receive: Receive, send: Send, route: Route) -> None:
        """Answer with a service's own answer, or with a problem document."""
        exchange = Exchange(scope, receive, send, self._client_seconds, route.max_body_bytes)
        visit = Visit(exchange, route, self._upstreams[route.service], perf_counter())
        status = CLIENT_CLOSED_REQUEST
        self._visits.add(visit)
        try:
            status = await self._answer(visit)
        finally:
            self._visits.discard(visit)
            visit.close(status)
            scope["state"]["noted"] = visit.noted()
            self._measures.answered(
                route.service,
                route.name,
                scope["method"],
                status,
                visit.consumer.name,
                perf_counter() - visit.began,
            )

    async def _answer(self, visit: Visit) -> int:
        try:
            return await self._admit(visit)
        except ClientDisconnect:
            return self._left(visit)
        except asyncio.CancelledError:
            if visit.exchange.client_left:
                return self._left(visit)
            if visit.exchange.was_cut_off:
                visit.outcome = "credential ended"
                return await self._refuse(visit, ProblemError(401, "The credential was revoked in the meantime."))
            raise
        except ProblemError as error:
            visit.outcome = "refused"
            return await self._refuse(visit, error)
        except (TimeoutError, WireError) as error:
            return await self._fail(visit, _FAILURES[type(error)], error)
        except Exception as error:  # noqa: BLE001 no handler of the framework stands in front of this path
            _log.exception("proxy failed", upstream=visit.upstream.name)
            return await self._fail(visit, _BUG, error)

    async def _admit(self, visit: Visit) -> int:
        scope, route = visit.exchange.scope, visit.route
        if scope["method"] == "CONNECT":
            raise ProblemError(405, "The gateway opens no tunnels.")
        head = read_head(scope)
        visit.consumer = await self._doorkeeper.identify(head, scope)
        if not route.is_open:
            self._doorkeeper.authorise(visit.consumer, route.service, scope["method"])
        if route.limit:
            visit.counted = await self._doorkeeper.count(visit.consumer, scope, route)
        body = await visit.exchange.request_body(head)
        with visit.upstream.service.place():
            visit.span = upstream_span(scope, route)
            return await self._forward(visit, head, body)

    async def _forward(self, visit: Visit, head: Head, body: RequestBody) -> int:
        exchange, upstream = visit.exchange, visit.upstream
        scope = exchange.scope
        upgrade: Upgrade | None = scope.get("extensions", {}).get(UPGRADE) if head.upgrade else None
        trace = visit.span.headers() if visit.span else {}
        headers = upstream_headers(head, scope, upstream.prefix, visit.consumer.name, trace)
        question = Question(
            method=scope["method"],
            target=_below(scope, upstream.prefix),
            headers=headers + _UPGRADE_HEADERS if upgrade else headers,
            body=body,
            has_idempotency_key=head.has_idempotency_key,
            upgrade=upgrade is not None,
        )
        visit.asking = Asking(upstream, visit.route, question, self._measures)
        visit.asked = perf_counter()
        answer = await visit.asking.ask()
        visit.note_answer()
        passed = [
            *visit.counted,
            *answer_headers(answer.headers, answer.status, visit.asking.base_url, upstream.prefix),
        ]
        if upgrade and answer.status == SWITCHING_PROTOCOLS:
            exchange.stop_watching()
            await upgrade.tunnel(_send_start(exchange), passed + _UPGRADE_HEADERS, answer)
        else:
            await exchange.start(answer.status, passed)
            await _stream(answer, exchange)
        return answer.status

    async def _refuse(self, visit: Visit, error: ProblemError) -> int:
        if visit.exchange.started:
            return error.status
        response = self._doorkeeper.refusal(visit.exchange.scope, error)
        response.raw_headers += visit.counted
        return await visit.exchange.respond(response)

    def _left(self, visit: Visit) -> int:
        visit.outcome = "client left"
        return CLIENT_CLOSED_REQUEST

    async def _fail(self, visit: Visit, failure: Failure, error: Exception) -> int:
        name, exchange = visit.upstream.name, visit.exchange
        visit.outcome, visit.failure = failure.outcome, error
        told = {"outcome": failure.outcome, "answer_started": exchange.started, "error": repr(error)}
        _log.warning("request failed", upstream=name, **told)
        # With the status already sent, ending here without the last chunk makes the server close the connection,
        # which is how HTTP/1.1 says that an answer is incomplete.
        if exchange.started:
            if visit.asking and isinstance(error, (BrokenError, SilentError)):
                visit.asking.broke_off()
            return failure.status
        return await self._refuse(visit, ProblemError(failure.status, f"The {name} service {failure.what}."))


def _below(scope: Scope, prefix: bytes) -> bytes:
    path: bytes = scope["raw_path"][len(prefix) :]
    query: bytes = scope["query_string"]
    return path + b"?" + query if query else path


def _send_start(exchange: Exchange) -> Send:
    async def send(message: Message) -> None:
        await exchange.start(message["status"], message["headers"])

    return send


async def _stream(answer: Answer, exchange: Exchange) -> None:
    if answer.whole is not None:
        await exchange.write(answer.whole, last=True)
        return
    while part := await answer.read():
        await exchange.write(part, last=False)
    await exchange.write(b"", last=True)
