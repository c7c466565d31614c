"""What the manifests name exists: volumes, ConfigMaps, Secrets, ports, workloads."""

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

HASHED: Final = re.compile(r".+-[a-z0-9]{10}")
OPERATIONS: Final = Path(__file__).parents[2] / "docs" / "operations"

WITHOUT_BUDGET: Final = {"Job", "CronJob"}
WITHOUT_AUTOSCALER: Final = {
    "intent-trainer": "one process trains over one folder",
    "limits": "the counts are in one place",
    "postgres": "one database",
}

Manifest = dict[str, Any]
Selected = Callable[[Manifest, Mapping[str, str]], bool]


def _named(manifests: list[Manifest], kind: str) -> dict[str, Manifest]:
    return {each["metadata"]["name"]: each for each in manifests if each["kind"] == kind}


def _configmaps(pod: Any) -> Iterator[str]:
    for volume in pod.spec.get("volumes", []):
        if "configMap" in volume:
            yield volume["configMap"]["name"]
    for container in pod.containers:
        for variable in container.get("env", []):
            if "configMapKeyRef" in variable.get("valueFrom", {}):
                yield variable["valueFrom"]["configMapKeyRef"]["name"]


def _secrets(pod: Any) -> Iterator[str]:
    for volume in pod.spec.get("volumes", []):
        if "secret" in volume:
            yield volume["secret"]["secretName"]
    for container in pod.containers:
        for variable in container.get("env", []):
            if "secretKeyRef" in variable.get("valueFrom", {}):
                yield variable["valueFrom"]["secretKeyRef"]["name"]
        for source in container.get("envFrom", []):
            yield source["secretRef"]["name"]


def test_every_configmap_is_there_with_a_hash(whole: list[Manifest], pods: list[Any]) -> None:
    there = _named(whole, "ConfigMap")
    for pod in pods:
        for name in _configmaps(pod):
            assert name in there, f"{pod.name}: {name}"
            assert HASHED.fullmatch(name), f"{pod.name}: {name}"


def test_the_manual_says_how_every_secret_is_made(pods: list[Any]) -> None:
    manual = (OPERATIONS / "deploy.md").read_text(encoding="utf-8")
    for pod in pods:
        for name in _secrets(pod):
            assert f"`{name}`" in manual, name


def test_every_mount_has_a_volume_and_every_volume_a_mount(whole: list[Manifest], pods: list[Any]) -> None:
    for pod in pods:
        workload = _named(whole, pod.kind)[pod.name]
        claims = [each["metadata"]["name"] for each in workload["spec"].get("volumeClaimTemplates", [])]
        volumes = [each["name"] for each in pod.spec.get("volumes", [])] + claims
        mounted = {mount["name"] for each in pod.containers for mount in each.get("volumeMounts", [])}
        assert set(volumes) == mounted, pod.name
        assert len(volumes) == len(set(volumes)), pod.name


def test_every_claim_exists(whole: list[Manifest], pods: list[Any]) -> None:
    claims = _named(whole, "PersistentVolumeClaim")
    for pod in pods:
        for volume in pod.spec.get("volumes", []):
            if "persistentVolumeClaim" in volume:
                assert volume["persistentVolumeClaim"]["claimName"] in claims


def test_every_service_leads_to_a_port_of_one_workload(
    whole: list[Manifest], pods: list[Any], selected: Selected
) -> None:
    for service in _named(whole, "Service").values():
        found = [pod for pod in pods if selected({"matchLabels": service["spec"]["selector"]}, pod.labels)]
        assert len(found) == 1, service["metadata"]["name"]
        (port,) = service["spec"]["ports"]
        ports = {each["name"]: each["containerPort"] for each in found[0].spec["containers"][0]["ports"]}
        assert ports[port["targetPort"]] == port["port"]


def test_every_selector_takes_its_own_pods_alone(whole: list[Manifest], pods: list[Any], selected: Selected) -> None:
    for manifest in whole:
        if manifest["kind"] in ("Deployment", "StatefulSet"):
            taken = [pod.name for pod in pods if selected(manifest["spec"]["selector"], pod.labels)]
            assert taken == [manifest["metadata"]["name"]]


def test_every_workload_that_stays_has_a_disruption_budget(
    whole: list[Manifest], pods: list[Any], selected: Selected
) -> None:
    budgets = _named(whole, "PodDisruptionBudget").values()
    for pod in pods:
        if pod.kind not in WITHOUT_BUDGET:
            fitting = [each for each in budgets if selected(each["spec"]["selector"], pod.labels)]
            assert len(fitting) == 1, pod.name
            assert fitting[0]["spec"]["maxUnavailable"] == 1


def test_every_workload_that_stays_is_scaled(production: list[Manifest]) -> None:
    scaled = {each["spec"]["scaleTargetRef"]["name"] for each in _named(production, "HorizontalPodAutoscaler").values()}
    workloads = {**_named(production, "Deployment"), **_named(production, "StatefulSet")}
    assert scaled <= workloads.keys()
    for name, workload in workloads.items():
        assert (name in scaled) != (name in WITHOUT_AUTOSCALER), name
        assert ("replicas" in workload["spec"]) != (name in scaled), f"{name}: applying it would undo the scaling"


def test_nothing_is_scaled_and_everything_is_there_once_in_the_local_overlay(
    render: Callable[[str], list[Manifest]],
) -> None:
    local = render("overlays/local")
    assert not _named(local, "HorizontalPodAutoscaler")
    assert {each["spec"].get("replicas", 1) for each in _named(local, "Deployment").values()} == {1}
