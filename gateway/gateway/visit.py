"""What is known of a request while it is answered, for the access log and the metrics."""

from collections.abc import Sequence
from dataclasses import dataclass
from time import perf_counter

from gateway.asking import Asking
from gateway.consumer import ANONYMOUS, Consumer
from gateway.exchange import Exchange
from gateway.routing import Route
from gateway.tracing import UpstreamSpan
from gateway.upstreams import Upstream
from gateway.wire.heads import Header


@dataclass(slots=True, eq=False)
class Visit:
    """One request on its way; times are in seconds of `perf_counter`."""

    exchange: Exchange
    route: Route
    upstream: Upstream
    began: float
    consumer: Consumer = ANONYMOUS
    asking: Asking | None = None
    asked: float = 0.0
    answered: float = 0.0
    counted: Sequence[Header] = ()
    """The headers that tell what its limit leaves."""
    span: UpstreamSpan | None = None
    outcome: str = "answered"
    failure: Exception | None = None

    def note_answer(self) -> None:
        """Note that the instance has begun to answer."""
        self.answered = perf_counter()

    def close(self, status: int) -> None:
        """Give back everything; `status` is what the request came to."""
        if self.asking:
            self.asking.close()
        if self.span:
            self.span.end(status, self.failure)
        self.exchange.close()

    def noted(self) -> dict[str, object]:
        """Return what the access log tells beside method, path and status."""
        noted: dict[str, object] = {
            "consumer": self.consumer.name,
            "credential": self.consumer.credential,
            "upstream": self.upstream.name,
            "outcome": self.outcome,
        }
        if self.asking and self.asking.address:
            noted["instance"] = self.asking.address.name
            noted["attempts"] = self.asking.attempts
        if self.answered:
            noted["upstream_milliseconds"] = round((self.answered - self.asked) * 1000, 2)
        return noted
