"""Who reaches whom."""

from collections.abc import Callable
from typing import Any, Final

import pytest

PORTS: Final = {"catalog": 8001, "crystal": 3000, "vision": 8002, "intent": 4002, "debugger": 8003}
RENDERINGS: Final = ("overlays/local", "overlays/production")

Passes = Callable[[str], Callable[[Any, Any, int], bool]]


def _api(peer: Any, name: str) -> Any:
    component = {"app.kubernetes.io/component": "api", "app.kubernetes.io/name": name}
    return peer(component, ports={"http": PORTS.get(name, 8000)})


def _worker(peer: Any, name: str) -> Any:
    return peer({"app.kubernetes.io/component": "worker", "app.kubernetes.io/name": name})


def _database(peer: Any, what: str, service: str) -> Any:
    cluster = {"cnpg.io/cluster": f"{service}-database"}
    alone = {"app.kubernetes.io/component": "database", "app.kubernetes.io/name": "postgres"}
    return peer(alone if what == "overlays/local" else cluster, ports={"postgres": 5432})


@pytest.mark.parametrize("what", RENDERINGS)
@pytest.mark.parametrize("name", PORTS)
def test_the_gateway_reaches_every_service(passes: Passes, peer: Any, what: str, name: str) -> None:
    assert passes(what)(_api(peer, "gateway"), _api(peer, name), PORTS[name])


@pytest.mark.parametrize("what", RENDERINGS)
def test_services_reach_only_what_they_ask(passes: Passes, peer: Any, what: str) -> None:
    reaches = passes(what)
    found = {
        (source, target)
        for source in ("gateway", *PORTS)
        for target in PORTS
        if source != target and reaches(_api(peer, source), _api(peer, target), PORTS[target])
    }
    assert found == {("catalog", "vision"), *(("gateway", name) for name in PORTS)}


@pytest.mark.parametrize("what", RENDERINGS)
def test_no_service_reaches_the_gateway(passes: Passes, peer: Any, what: str) -> None:
    assert not any(passes(what)(_api(peer, name), _api(peer, "gateway"), 8000) for name in PORTS)


@pytest.mark.parametrize("what", RENDERINGS)
def test_only_the_debugger_reaches_what_trains(passes: Passes, peer: Any, what: str) -> None:
    trainer = {"app.kubernetes.io/component": "trainer", "app.kubernetes.io/name": "intent"}
    target = peer(trainer, ports={"http": 4002})
    reaches = passes(what)
    assert reaches(_api(peer, "debugger"), target, 4002)
    assert reaches(_worker(peer, "debugger"), target, 4002)
    assert not any(reaches(_api(peer, name), target, 4002) for name in ("gateway", "catalog", "crystal", "vision"))


@pytest.mark.parametrize("what", RENDERINGS)
@pytest.mark.parametrize("service", ["catalog", "debugger"])
def test_only_a_database_s_service_reaches_it(passes: Passes, peer: Any, what: str, service: str) -> None:
    reaches, database = passes(what), _database(peer, what, service)
    assert reaches(_api(peer, service), database, 5432)
    assert reaches(_worker(peer, service), database, 5432)
    assert not any(reaches(_api(peer, name), database, 5432) for name in ("gateway", "crystal", "vision", "intent"))


def test_a_service_does_not_reach_another_one_s_database(passes: Passes, peer: Any) -> None:
    reaches = passes("overlays/production")
    assert not reaches(_api(peer, "catalog"), _database(peer, "overlays/production", "debugger"), 5432)
    assert not reaches(_worker(peer, "debugger"), _database(peer, "overlays/production", "catalog"), 5432)


@pytest.mark.parametrize("what", RENDERINGS)
def test_from_outside_only_ingress_reaches_only_the_gateway(passes: Passes, peer: Any, what: str) -> None:
    reaches = passes(what)
    ingress = peer({}, namespace={"flotilla-access": "ingress"})
    anybody = peer({"app.kubernetes.io/name": "gateway"}, namespace={"kubernetes.io/metadata.name": "other"})
    assert reaches(ingress, _api(peer, "gateway"), 8000)
    assert not any(reaches(ingress, _api(peer, name), port) for name, port in PORTS.items())
    assert not any(reaches(anybody, _api(peer, name), PORTS.get(name, 8000)) for name in ("gateway", *PORTS))


@pytest.mark.parametrize("name", ["gateway", *PORTS])
def test_prometheus_reaches_every_service(passes: Passes, peer: Any, name: str) -> None:
    own = peer({"app.kubernetes.io/name": "prometheus"})
    shared = peer({}, namespace={"flotilla-access": "monitoring"})
    port = PORTS.get(name, 8000)
    assert passes("overlays/production")(own, _api(peer, name), port)
    assert passes("overlays/production")(shared, _api(peer, name), port)


def test_services_reach_the_collector_and_the_gateway_its_limits(passes: Passes, peer: Any) -> None:
    reaches = passes("overlays/production")
    collector = {"app.kubernetes.io/component": "traces", "app.kubernetes.io/name": "otel-collector"}
    limits = {"app.kubernetes.io/component": "store", "app.kubernetes.io/name": "limits"}
    for name in ("gateway", *PORTS):
        assert reaches(_api(peer, name), peer(collector, ports={"otlp": 4318}), 4318)
        assert reaches(_api(peer, name), peer(limits, ports={"valkey": 6379}), 6379) == (name == "gateway")


def test_every_pod_resolves_names(passes: Passes, peer: Any, pods: list[Any]) -> None:
    dns = peer({"k8s-app": "kube-dns"}, namespace={"kubernetes.io/metadata.name": "kube-system"})
    for pod in pods:
        assert passes("base")(peer(pod.labels), dns, 53), pod.name


@pytest.mark.parametrize("what", RENDERINGS)
def test_what_no_policy_names_reaches_nothing_and_is_not_reached(passes: Passes, peer: Any, what: str) -> None:
    reaches, stranger = passes(what), peer({"app.kubernetes.io/name": "stranger"})
    assert not reaches(stranger, peer({"app.kubernetes.io/name": "other"}), 80)
    assert not reaches(peer({}, namespace={"flotilla-access": "ingress"}), stranger, 80)
    for name, port in PORTS.items():
        assert not reaches(stranger, _api(peer, name), port)
        assert not reaches(_api(peer, name), stranger, 80)


@pytest.mark.parametrize("what", RENDERINGS)
@pytest.mark.parametrize("name", ["gateway", *PORTS])
def test_no_service_reaches_other_namespaces(passes: Passes, peer: Any, what: str, name: str) -> None:
    elsewhere = peer({}, namespace={"kubernetes.io/metadata.name": "kube-system"})
    assert not any(passes(what)(_api(peer, name), elsewhere, port) for port in (80, 443, 5432, 6443))


@pytest.mark.parametrize("what", ["overlays/local", "overlays/production + search"])
def test_every_pod_is_chosen_by_a_policy_beside_the_one_for_all(
    render: Callable[[str], list[Any]], pods_in: Callable[[str], list[Any]], selected: Any, what: str
) -> None:
    policies = [each["spec"]["podSelector"] for each in render(what) if each["kind"] == "NetworkPolicy"]
    assert {} in policies
    for pod in pods_in(what):
        assert any(selector and selected(selector, pod.labels) for selector in policies), pod.name
