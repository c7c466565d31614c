"""What Prometheus sees does not grow with what clients and issuers think up."""

from prometheus_client import CollectorRegistry, generate_latest

from gateway.measures import MAX_CONSUMERS, Measures


def told(measures: Measures, registry: CollectorRegistry, method: str, consumer: str) -> str:
    measures.answered("echo", "/echo/", method, 200, consumer, 0.1)
    return generate_latest(registry).decode()


def test_a_consumer_is_told_by_name() -> None:
    registry = CollectorRegistry()
    text = told(Measures(registry), registry, "GET", "ada")
    assert 'gateway_consumer_requests_total{consumer="ada",status="200",upstream="echo"} 1.0' in text


def test_beyond_a_bound_consumers_are_told_together() -> None:
    registry = CollectorRegistry()
    measures = Measures(registry)
    for number in range(MAX_CONSUMERS + 2):
        measures.answered("echo", "/echo/", "GET", 200, f"user-{number}", 0.1)
    text = told(measures, registry, "GET", "user-0")
    assert text.count("gateway_consumer_requests_total{") == MAX_CONSUMERS + 1
    assert 'consumer="others",status="200",upstream="echo"} 2.0' in text
    assert 'consumer="user-0",status="200",upstream="echo"} 2.0' in text


def test_methods_that_nobody_knows_are_told_together() -> None:
    registry = CollectorRegistry()
    measures = Measures(registry)
    told(measures, registry, "PROPFIND", "ada")
    assert 'method="other"' in told(measures, registry, "SEARCH", "ada")


def test_connections_are_counted_when_asked_for() -> None:
    registry, busy = CollectorRegistry(), [1]
    Measures(registry).watch_connections(lambda: [("echo", "http://a", busy[0], 2)])
    busy[0] = 3
    text = generate_latest(registry).decode()
    assert 'gateway_connections{instance="http://a",state="busy",upstream="echo"} 3.0' in text
    assert 'gateway_connections{instance="http://a",state="idle",upstream="echo"} 2.0' in text
