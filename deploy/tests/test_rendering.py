"""Kustomize renders every combination, and Kubernetes' own schemas take what comes."""

import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import kubernetes_validate  # type: ignore[import-untyped]
import pytest
import yaml

DEPLOY: Final = Path(__file__).parents[1]
RELEASES: Final = ("1.33", "1.37")
"""The oldest that topology spread and pod failure by index need, and the newest whose schemas are at hand."""

WITHOUT_SCHEMA: Final = {
    ("barmancloud.cnpg.io/v1", "ObjectStore"),
    ("gateway.networking.k8s.io/v1", "Gateway"),
    ("gateway.networking.k8s.io/v1", "HTTPRoute"),
    ("monitoring.coreos.com/v1", "PodMonitor"),
    ("monitoring.coreos.com/v1", "Prometheus"),
    ("monitoring.coreos.com/v1", "PrometheusRule"),
    ("monitoring.coreos.com/v1", "ServiceMonitor"),
    ("postgresql.cnpg.io/v1", "Cluster"),
    ("postgresql.cnpg.io/v1", "ScheduledBackup"),
}
"""Custom resources: their definitions come with the operators."""

Manifest = dict[str, Any]


def test_no_object_is_there_twice(manifests: list[Manifest]) -> None:
    names = [(each["kind"], each["metadata"].get("namespace"), each["metadata"]["name"]) for each in manifests]
    assert len(names) == len(set(names))


def test_all_is_in_the_namespace_of_the_fleet(manifests: list[Manifest]) -> None:
    for manifest in manifests:
        if manifest["kind"] != "Namespace":
            assert manifest["metadata"]["namespace"] == "flotilla", manifest["metadata"]["name"]
            assert manifest["metadata"]["labels"]["app.kubernetes.io/part-of"] == "flotilla", manifest["metadata"]


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("what", ["overlays/local", "overlays/production + search + ingress"])
def test_the_schemas_of_kubernetes_take_all_objects(
    render: Callable[[str], list[Manifest]], what: str, release: str
) -> None:
    for manifest in render(what):
        if (manifest["apiVersion"], manifest["kind"]) not in WITHOUT_SCHEMA:
            kubernetes_validate.validate(manifest, release, strict=True)


def test_a_misspelt_field_would_be_found() -> None:
    wrong = {"apiVersion": "v1", "kind": "ServiceAccount", "automountServiceAcountToken": False}
    with pytest.raises(kubernetes_validate.ValidationError, match="automountServiceAcountToken"):
        kubernetes_validate.validate(wrong, RELEASES[-1], strict=True)


@pytest.mark.parametrize("what", ["overlays/local", "overlays/production + search"])
def test_an_api_server_takes_all_objects(render: Callable[[str], list[Manifest]], what: str) -> None:
    reach = ["kubectl", "version", "--request-timeout=2s"]
    if subprocess.run(reach, capture_output=True, timeout=30, check=False).returncode:
        pytest.skip("there is no API server to ask")
    asked = [each for each in render(what) if (each["apiVersion"], each["kind"]) not in WITHOUT_SCHEMA]
    command = ["kubectl", "apply", "--dry-run=server", "--filename=-"]
    done = subprocess.run(command, input=yaml.safe_dump_all(asked), capture_output=True, text=True, check=False)
    refused = [line for line in done.stderr.splitlines() if 'namespaces "flotilla" not found' not in line]
    assert done.returncode == 0 or not refused, done.stderr


def test_files_have_two_blanks_a_level_and_names_before_the_rest() -> None:
    for file in DEPLOY.rglob("*.yaml"):
        lines = file.read_text(encoding="utf-8").splitlines()
        assert all(len(line) <= 120 and "\t" not in line and line == line.rstrip() for line in lines), file
        for document in yaml.safe_load_all("\n".join(lines)):
            if isinstance(document, dict) and {"apiVersion", "kind", "metadata"} <= document.keys():
                assert list(document)[:3] == ["apiVersion", "kind", "metadata"], file
                assert next(iter(document["metadata"])) == "name", file


def test_no_registry_is_named() -> None:
    for file in (file for file in DEPLOY.rglob("*") if file.suffix in (".yaml", ".json", ".toml")):
        for image in re.findall(r"\bimage(?:Name)?: *(\S+)|newName: *(\S+)", file.read_text(encoding="utf-8")):
            first, *rest = "".join(image).split("/")
            assert not rest or not {".", ":"} & set(first), f"{file}: {image}"


def test_the_dashboard_is_a_configmap_that_grafana_finds(production: list[Manifest]) -> None:
    found = [each for each in production if each["metadata"].get("labels", {}).get("grafana_dashboard") == "1"]
    assert [each["kind"] for each in found] == ["ConfigMap"]
    dashboard = json.loads(found[0]["data"]["flotilla.json"])
    numbers = [panel["id"] for panel in dashboard["panels"]]
    assert dashboard["uid"] == "flotilla"
    assert len(numbers) == len(set(numbers))
