"""Metrics: OpenTelemetry instruments, shown to Prometheus at `/metrics`."""

from fastapi import APIRouter, Response
from opentelemetry.exporter.prometheus import PrometheusMetricReader
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.resources import SERVICE_NAME, Resource
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.gc_collector import GCCollector
from prometheus_client.platform_collector import PlatformCollector
from prometheus_client.process_collector import ProcessCollector


class Metrics:
    """The instruments of one application and the registry that Prometheus reads.

    `provider` records the requests (by FastAPI itself) and `meter` makes the domain's own instruments.
    """

    def __init__(self, service: str) -> None:
        self.registry = CollectorRegistry()
        for collector in (ProcessCollector, PlatformCollector, GCCollector):
            collector(registry=self.registry)
        reader = PrometheusMetricReader(registry=self.registry, scope_info_enabled=False)
        resource = Resource.create({SERVICE_NAME: service})
        self.provider = MeterProvider(metric_readers=[reader], resource=resource, shutdown_on_exit=False)
        self.meter = self.provider.get_meter(service)


def metrics_routes(metrics: Metrics) -> APIRouter:
    """Return the route that Prometheus scrapes."""
    router = APIRouter(tags=["health"])

    @router.get("/metrics", response_class=Response, responses={200: {"content": {"text/plain": {}}}})
    def read_metrics() -> Response:
        """Show every metric in Prometheus' text format."""
        return Response(generate_latest(metrics.registry), headers={"Content-Type": CONTENT_TYPE_LATEST})

    return router
