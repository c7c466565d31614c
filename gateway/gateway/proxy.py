"""The hot path: one plain ASGI app per upstream that streams both ways over pooled connections."""

import asyncio
from time import perf_counter

import aiohttp
import structlog
from prometheus_client import CollectorRegistry, Histogram
from starlette.requests import ClientDisconnect
from starlette.types import Receive, Scope, Send
from yarl import URL

from gateway.exchange import Exchange
from gateway.headers import answer_headers, upstream_headers
from gateway.tracing import upstream_span
from shared.errors import CLIENT_CLOSED_REQUEST, OverloadedError, ProblemError, error_response

_log = structlog.get_logger(source="proxy")


def upstream_duration(registry: CollectorRegistry) -> Histogram:
    """Return the histogram of all proxied requests, from the first byte in to the last byte out."""
    return Histogram(
        "gateway_request_duration_seconds",
        "Duration of proxied requests.",
        ("upstream", "method", "status"),
        registry=registry,
    )


class Proxy:
    """Forwards every request below `/{name}/` to `base_url` (no slash at its end), at most `max_requests` at a time."""

    def __init__(self, name: str, base_url: str, max_requests: int, client_seconds: float, duration: Histogram) -> None:
        self.name = name
        self.max_requests = max_requests
        self._base_url = base_url
        self._prefix = f"/{name}"
        self._addresses = base_url.encode(), self._prefix.encode()
        self._client_seconds = client_seconds
        self._duration = duration
        self._requests = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with the upstream's own answer, or with a problem document."""
        if self._requests >= self.max_requests:
            full = OverloadedError(f"The {self.name} service has {self.max_requests} requests to answer already.")
            await error_response(scope, full)(scope, receive, send)
            return
        started = perf_counter()
        self._requests += 1
        exchange = Exchange(scope, receive, send, self._client_seconds)
        status = CLIENT_CLOSED_REQUEST
        try:
            status = await self._answer(exchange)
        finally:
            self._requests -= 1
            exchange.close()
            self._duration.labels(self.name, scope["method"], status).observe(perf_counter() - started)

    async def _answer(self, exchange: Exchange) -> int:
        try:
            return await self._forward(exchange)
        except ClientDisconnect:
            return CLIENT_CLOSED_REQUEST
        except ProblemError as error:
            return await exchange.respond(error)
        except asyncio.CancelledError:
            if not exchange.client_left:
                raise
            return CLIENT_CLOSED_REQUEST
        except TimeoutError as error:
            return await self._fail(exchange, 504, "did not answer in time", error)
        except aiohttp.ClientConnectorError as error:
            return await self._fail(exchange, 502, "cannot be reached", error)
        except (aiohttp.ClientError, OSError) as error:
            return await self._fail(exchange, 502, "broke off the exchange", error)
        except Exception as error:  # noqa: BLE001 no handler of the framework stands in front of this path
            _log.exception("proxy failed", upstream=self.name)
            return await self._fail(exchange, 500, "could not be asked; the gateway's log has the cause", error)

    async def _forward(self, exchange: Exchange) -> int:
        scope = exchange.scope
        body_expected = _expects_body(scope)
        session: aiohttp.ClientSession = scope["state"]["session"]
        with upstream_span(scope, self.name) as trace:
            request = session.request(
                scope["method"],
                URL(self._base_url + self._path_below(scope), encoded=True),
                headers=upstream_headers(scope, self._prefix, trace),
                data=await exchange.request_body(expected=body_expected),
                allow_redirects=False,
            )
            async with request as response:
                if not 200 <= response.status < 600:
                    raise aiohttp.ClientError(f"status {response.status}")
                headers = answer_headers(response.raw_headers, response.status, *self._addresses)
                await exchange.start(response.status, headers)
                await _stream(response.content, exchange)
        return response.status

    async def _fail(self, exchange: Exchange, status: int, what: str, error: Exception) -> int:
        _log.warning("upstream failed", upstream=self.name, answer_started=exchange.started, error=repr(error))
        # With the status already sent, ending here without the last chunk makes the server close the connection,
        # which is how HTTP/1.1 says that an answer is incomplete.
        if exchange.started:
            return status
        return await exchange.respond(exchange.stalled or ProblemError(status, f"The {self.name} service {what}."))

    def _path_below(self, scope: Scope) -> str:
        path = str(scope["raw_path"], "latin-1")[len(self._prefix) :]
        query = str(scope["query_string"], "latin-1")
        return f"{path}?{query}" if query else path


def _expects_body(scope: Scope) -> bool:
    if scope["method"] == "CONNECT":
        raise ProblemError(405, "The gateway opens no tunnels.")
    expected = False
    for name, value in scope["headers"]:
        if name == b"transfer-encoding" and value.strip().lower() != b"chunked":
            raise ProblemError(501, "Of transfer encodings the gateway knows only chunked.")
        expected = expected or name in (b"transfer-encoding", b"content-length")
    return expected


async def _stream(content: aiohttp.StreamReader, exchange: Exchange) -> None:
    last = False
    while not last:
        chunk = await content.readany()
        last = content.at_eof()
        await exchange.write(chunk, last=last)
