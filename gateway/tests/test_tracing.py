"""With tracing set up, a request is one tree: the client's span, the gateway's, the service's."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import httpx2
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from shared.testing import server_process

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
    with server_process("crystal", "CRYSTAL_") as (_, url), make_gateway({"crystal": url}) as gateway:
        httpx2.get(f"{gateway.url}/crystal/models", headers={"traceparent": f"00-{TRACE_ID}-{PARENT_ID}-01"})
        deadline = time.monotonic() + 15
        while len(collector.spans) < 2 and time.monotonic() < deadline:
            time.sleep(0.05)
    spans = {span.name: span for span in collector.spans}
    gateways, services = spans["GET /crystal"], spans["GET /models"]
    assert {span.trace_id.hex() for span in spans.values()} == {TRACE_ID}
    assert gateways.parent_span_id.hex() == PARENT_ID
    assert services.parent_span_id == gateways.span_id
