"""A span per proxied request, when the operator has set up tracing; the W3C's trace context comes in and goes out."""

from collections.abc import Mapping
from typing import Final

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.trace import ProxyTracerProvider, Span, SpanContext, SpanKind, Status, StatusCode, Tracer
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from starlette.types import Scope

from gateway.routing import Route

FAILED: Final = 500
"""From this status on a request has failed; below it, at most the client is at fault."""
_W3C: Final = TraceContextTextMapPropagator()
_ROOT: Final = Context()
TRACE_HEADERS: Final = frozenset({b"traceparent", b"tracestate"})


def find_tracer() -> Tracer | None:
    """Return the gateway's tracer where there is a provider; asked once, for it costs as much as a request."""
    if isinstance(trace.get_tracer_provider(), ProxyTracerProvider):
        return None
    return trace.get_tracer("gateway")


def upstream_span(scope: Scope, route: Route) -> "UpstreamSpan | None":
    """Begin a span around a request to the service of `route`, None without tracing."""
    tracer: Tracer | None = scope["state"]["tracer"]
    return UpstreamSpan(tracer, scope, route) if tracer else None


class UpstreamSpan:
    """A span that is not made the current one: nothing asks for that here, and it would cost more than the span."""

    __slots__ = ("_span",)

    def __init__(self, tracer: Tracer, scope: Scope, route: Route) -> None:
        self._span: Span = tracer.start_span(f"{scope['method']} /{route.service}", _parent(scope), SpanKind.SERVER)
        if self._span.is_recording():
            told = {
                "http.request.method": scope["method"],
                "http.route": route.name,
                "url.path": scope["path"],
                "flotilla.upstream": route.service,
            }
            self._span.set_attributes(told)

    def headers(self) -> Mapping[str, str]:
        """Return the headers that make the service's span its child, in place of the client's own."""
        return _headers(self._span.get_span_context())

    def end(self, status: int, failure: Exception | None) -> None:
        """End it with the answer's `status` and the `failure`, if there was one, that it came from."""
        self._span.set_attribute("http.response.status_code", status)
        if status >= FAILED:
            if failure:
                self._span.record_exception(failure)
            self._span.set_status(Status(StatusCode.ERROR, repr(failure) if failure else None))
        self._span.end()


def _parent(scope: Scope) -> Context:
    sent = {str(name, "latin-1"): str(value, "latin-1") for name, value in scope["headers"] if name in TRACE_HEADERS}
    return _W3C.extract(sent, _ROOT) if sent else _ROOT


def _headers(context: SpanContext) -> dict[str, str]:
    """Return the span's context as https://www.w3.org/TR/trace-context has it."""
    headers = {"traceparent": f"00-{context.trace_id:032x}-{context.span_id:016x}-{context.trace_flags:02x}"}
    if context.trace_state:
        headers["tracestate"] = context.trace_state.to_header()
    return headers
