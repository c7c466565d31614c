"""A span per proxied request, when the operator has set up tracing; the W3C's trace context comes in and goes out."""

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from types import TracebackType
from typing import Final

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.trace import ProxyTracerProvider, Span, SpanContext, SpanKind, Status, StatusCode, Tracer
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from starlette.types import Scope

_UNTRACED: AbstractContextManager[Mapping[str, str]] = nullcontext({})
_W3C: Final = TraceContextTextMapPropagator()
_ROOT: Final = Context()
_TRACE: Final = frozenset({b"traceparent", b"tracestate"})


def find_tracer() -> Tracer | None:
    """Return the gateway's tracer where there is a provider; asked once, for it costs as much as a request."""
    if isinstance(trace.get_tracer_provider(), ProxyTracerProvider):
        return None
    return trace.get_tracer("gateway")


def upstream_span(scope: Scope, upstream: str) -> AbstractContextManager[Mapping[str, str]]:
    """Return a span around the request to `upstream`; it yields the headers that make the upstream's its child.

    Without tracing it yields none, and the client's own trace headers are passed on.
    """
    tracer: Tracer | None = scope["state"]["tracer"]
    return _UpstreamSpan(tracer, scope, upstream) if tracer else _UNTRACED


class _UpstreamSpan:
    """A span that is not made the current one: nothing asks for that here, and it would cost more than the span."""

    __slots__ = ("_scope", "_span", "_upstream")

    def __init__(self, tracer: Tracer, scope: Scope, upstream: str) -> None:
        self._scope = scope
        self._upstream = upstream
        name = f"{scope['method']} /{upstream}"
        self._span: Span = tracer.start_span(name, _parent(scope), SpanKind.SERVER)

    def __enter__(self) -> Mapping[str, str]:
        if self._span.is_recording():
            method, path = self._scope["method"], self._scope["path"]
            self._span.set_attributes(
                {"http.request.method": method, "url.path": path, "flotilla.upstream": self._upstream}
            )
        return _headers(self._span.get_span_context())

    def __exit__(self, _: type[BaseException] | None, error: BaseException | None, __: TracebackType | None) -> None:
        if isinstance(error, Exception):
            self._span.record_exception(error)
            self._span.set_status(Status(StatusCode.ERROR, f"{type(error).__name__}: {error}"))
        self._span.end()


def _parent(scope: Scope) -> Context:
    sent = {str(name, "latin-1"): str(value, "latin-1") for name, value in scope["headers"] if name in _TRACE}
    return _W3C.extract(sent, _ROOT) if sent else _ROOT


def _headers(context: SpanContext) -> dict[str, str]:
    """Return the span's context as https://www.w3.org/TR/trace-context has it."""
    headers = {"traceparent": f"00-{context.trace_id:032x}-{context.span_id:016x}-{context.trace_flags:02x}"}
    if context.trace_state:
        headers["tracestate"] = context.trace_state.to_header()
    return headers
