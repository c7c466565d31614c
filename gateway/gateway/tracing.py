"""A span per proxied request, when the operator has set up tracing."""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext

from opentelemetry import propagate, trace
from opentelemetry.trace import ProxyTracerProvider, SpanKind
from starlette.types import Scope

_UNTRACED: AbstractContextManager[Mapping[str, str]] = nullcontext({})


def tracing_is_set_up() -> bool:
    """Tell whether a tracer provider is there; asked once, after the start, for it costs as much as a request."""
    return not isinstance(trace.get_tracer_provider(), ProxyTracerProvider)


def upstream_span(scope: Scope, upstream: str) -> AbstractContextManager[Mapping[str, str]]:
    """Return a span around the request to `upstream`; it yields the headers that make the upstream's its child.

    Without tracing it yields none, and the client's own trace headers are passed on.
    """
    return _span(scope, upstream) if scope["state"]["tracing"] else _UNTRACED


@contextmanager
def _span(scope: Scope, upstream: str) -> Iterator[Mapping[str, str]]:
    incoming = {str(name, "latin-1"): str(value, "latin-1") for name, value in scope["headers"]}
    attributes = {"http.request.method": scope["method"], "url.path": scope["path"], "flotilla.upstream": upstream}
    with trace.get_tracer("gateway").start_as_current_span(
        f"{scope['method']} /{upstream}",
        context=propagate.extract(incoming),
        kind=SpanKind.SERVER,
        attributes=attributes,
    ):
        outgoing: dict[str, str] = {}
        propagate.inject(outgoing)
        yield outgoing
