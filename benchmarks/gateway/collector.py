"""Stands for an OpenTelemetry collector: takes spans over OTLP/HTTP, and says at `/spans` how many came so far."""

import gzip

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)
from starlette.types import Receive, Scope, Send


class Collector:
    """The ASGI application."""

    def __init__(self) -> None:
        self._spans = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Accept everything."""
        if scope["type"] != "http":
            return
        body, more = b"", True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
        answer = b""
        if scope["path"] == "/v1/traces":
            self._count(gzip.decompress(body) if (b"content-encoding", b"gzip") in scope["headers"] else body)
            answer = ExportTraceServiceResponse().SerializeToString()
        elif scope["path"] == "/spans":
            answer = b"%d" % self._spans
        headers = [(b"content-type", b"application/x-protobuf")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": answer})

    def _count(self, body: bytes) -> None:
        export = ExportTraceServiceRequest.FromString(body)
        self._spans += sum(len(scope.spans) for each in export.resource_spans for scope in each.scope_spans)


app = Collector()
