"""With tracing set up, a request is one tree: the client's span, the gateway's, the service's."""

import os
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import httpx2
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1 import trace_pb2

TRACE_ID, PARENT_ID = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"


class Collector(ThreadingHTTPServer):
    """Stands in for an OpenTelemetry collector: keeps the spans it is sent."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), CollectorHandler)
        self.spans: list[Any] = []
        Thread(target=self.serve_forever, daemon=True).start()


class CollectorHandler(BaseHTTPRequestHandler):
    """Takes OTLP over HTTP."""

    server: Collector

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path == "/v1/traces":
            for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
                self.server.spans += [span for scope in resource.scope_spans for span in scope.spans]
        self.send_response(200)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 the base class' naming
        """Say nothing."""


@pytest.fixture
def collector(monkeypatch: pytest.MonkeyPatch) -> Iterator[Collector]:
    collector = Collector()
    monkeypatch.setitem(os.environ, "FASTAPI_OTEL_AUTO_CONFIGURE", "true")
    monkeypatch.setitem(os.environ, "OTEL_EXPORTER_OTLP_ENDPOINT", f"http://127.0.0.1:{collector.server_port}")
    monkeypatch.setitem(os.environ, "OTEL_BSP_SCHEDULE_DELAY", "100")
    yield collector
    collector.shutdown()
    collector.server_close()


def test_one_request_is_one_tree(
    collector: Collector, make_gateway: Callable[..., AbstractContextManager[Any]]
) -> None:
    # To those who trace, a gateway is a service as any other is, and it starts sooner.
    with make_gateway({}) as service, make_gateway({"up": service.url}) as gateway:
        httpx2.get(f"{gateway.url}/up/health", headers={"traceparent": f"00-{TRACE_ID}-{PARENT_ID}-01"})
        deadline = time.monotonic() + 15
        while len(collector.spans) < 2 and time.monotonic() < deadline:
            time.sleep(0.05)
    spans = {span.name: span for span in collector.spans}
    gateways, services = spans["GET /up"], spans["GET /health"]
    assert {span.trace_id.hex() for span in spans.values()} == {TRACE_ID}
    assert gateways.parent_span_id.hex() == PARENT_ID
    assert services.parent_span_id == gateways.span_id


def cut_off(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf")


def missing(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")


def failing(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n")


@pytest.mark.parametrize(
    ("answer", "status", "has_failed", "events"),
    [
        (missing, 404, False, 0),
        (failing, 500, True, 0),
        (cut_off, 502, True, 1),
        (lambda _: None, 502, True, 1),
        (lambda _: time.sleep(2), 499, False, 0),
    ],
)
def test_a_span_tells_the_route_and_what_the_request_came_to(
    collector: Collector,
    raw: Callable[..., AbstractContextManager[Any]],
    answer: Callable[[socket.socket], None],
    status: int,
    has_failed: bool,
    events: int,
) -> None:
    with raw(answer) as gateway:
        with suppress(httpx2.HTTPError):
            httpx2.get(f"{gateway.url}/up/a", timeout=1)
        deadline = time.monotonic() + 15
        while not collector.spans and time.monotonic() < deadline:
            time.sleep(0.05)
    (span,) = collector.spans
    told = {attribute.key: attribute.value for attribute in span.attributes}
    assert told["http.response.status_code"].int_value == status
    assert told["http.route"].string_value == "/up/"
    assert (span.status.code == trace_pb2.Status.STATUS_CODE_ERROR, len(span.events)) == (has_failed, events)
