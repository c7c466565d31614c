"""What Prometheus sees of the requests to services."""

from collections.abc import Callable, Iterable, Iterator
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from gateway.limiting.limiter import Limiter

MAX_CONSUMERS: Final = 1000
"""Told apart by name; an issuer of tokens may name each of its users, and each name is kept until the end."""
_OTHERS: Final = "others"
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


Counting = Callable[[], Iterable[tuple[str, str, int, int]]]


class _Connections(Collector):
    """Counted when somebody asks, so that requests need not."""

    def __init__(self, count: Counting) -> None:
        self._count = count

    def collect(self) -> Iterator[GaugeMetricFamily]:
        open_now = GaugeMetricFamily(
            "gateway_connections", "Connections to instances.", labels=("upstream", "instance", "state")
        )
        for upstream, instance, busy, idle in self._count():
            open_now.add_metric((upstream, instance, "busy"), busy)
            open_now.add_metric((upstream, instance, "idle"), idle)
        yield open_now


class Measures:
    """Counts and times requests; clients cannot invent label values, so there is an end to them."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._registry = registry
        self._durations = Histogram(
            "gateway_request_duration_seconds",
            "Duration of proxied requests, from the first byte in to the last byte out.",
            ("upstream", "route", "method", "status"),
            registry=registry,
        )
        self._names: set[str] = set()
        self._consumers = Counter(
            "gateway_consumer_requests",
            "Proxied requests by who sent them.",
            ("consumer", "upstream", "status"),
            registry=registry,
        )
        self._retries = Counter(
            "gateway_retries", "Further attempts at requests.", ("upstream", "reason"), registry=registry
        )
        self._degraded = Gauge("gateway_limits_degraded", "1 while requests are counted here alone.", registry=registry)
        self.reloads = Counter(
            "gateway_configuration_reloads", "Times that the configuration was read.", ("outcome",), registry=registry
        )

    def answered(self, upstream: str, route: str, method: str, status: int, consumer: str, seconds: float) -> None:
        """Note a request that has ended."""
        code = str(status)
        method = method if method in _METHODS else "other"
        self._durations.labels(upstream, route, method, code).observe(seconds)
        self._consumers.labels(self._known(consumer), upstream, code).inc()

    def watch_limits(self, limiter: Limiter) -> None:
        """Show whether the store that gateways share can be reached."""
        self._degraded.set_function(lambda: limiter.degraded)

    def watch_connections(self, count: Counting) -> None:
        """Show what `count` returns: each service's name, an instance's URL, its busy and its idle connections."""
        self._registry.register(_Connections(count))

    def retried(self, upstream: str, reason: str) -> None:
        """Note a further attempt."""
        self._retries.labels(upstream, reason).inc()

    def _known(self, consumer: str) -> str:
        if consumer not in self._names:
            if len(self._names) >= MAX_CONSUMERS:
                return _OTHERS
            self._names.add(consumer)
        return consumer
