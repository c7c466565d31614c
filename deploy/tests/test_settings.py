"""The services understand what the manifests set."""

import tomllib
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import pytest

from gateway.configuration import Configuration, read

SERVICES: Final = ("gateway", "catalog", "crystal", "vision", "intent", "debugger")
IMAGES: Final = {"intent-training": "intent"}
"""Images that another service's code is in."""

OTHER_VARIABLES: Final = {
    "FASTAPI_OTEL_AUTO_CONFIGURE": "FastAPI",
    "HOME": "where libraries keep caches",
    "OMP_NUM_THREADS": "libraries for linear algebra",
    "OTEL_EXPORTER_OTLP_ENDPOINT": "OpenTelemetry",
    "OTEL_LOGS_EXPORTER": "OpenTelemetry",
    "OTEL_METRICS_EXPORTER": "OpenTelemetry",
    "OTEL_SERVICE_NAME": "OpenTelemetry",
}
FROM_ELSEWHERE: Final = {"secretKeyRef": "postgresql://user:password@host/database", "resourceFieldRef": "2"}
"""Stands for what only a cluster knows."""

Manifest = dict[str, Any]


def _service(container: Manifest) -> str | None:
    name = container["image"].partition(":")[0].removeprefix("flotilla-")
    name = IMAGES.get(name, name)
    return name if name in SERVICES else None


def _values(container: Manifest, configmaps: dict[str, Manifest]) -> dict[str, str]:
    values: dict[str, str] = {}
    for variable in container.get("env", []):
        source = variable.get("valueFrom", {})
        if "configMapKeyRef" in source:
            values[variable["name"]] = configmaps[source["configMapKeyRef"]["name"]]["data"][
                source["configMapKeyRef"]["key"]
            ]
        else:
            values[variable["name"]] = variable.get("value", FROM_ELSEWHERE.get(next(iter(source), ""), "value"))
    return values


def _configmaps(manifests: list[Manifest]) -> dict[str, Manifest]:
    return {each["metadata"]["name"]: each for each in manifests if each["kind"] == "ConfigMap"}


def test_every_variable_is_a_setting_of_the_service(pods: list[Any]) -> None:
    for pod in pods:
        for container in pod.containers:
            service = _service(container)
            if service is None:
                continue
            fields = import_module(f"{service}.settings").Settings.model_fields
            for variable in container.get("env", []):
                field = variable["name"].removeprefix(f"{service.upper()}_").lower()
                assert field in fields or variable["name"] in OTHER_VARIABLES, f"{pod.name}: {variable['name']}"


def test_every_service_starts_with_its_variables_and_listens_where_it_is_asked(
    whole: list[Manifest], pods: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    for pod in pods:
        (container,) = pod.spec["containers"]
        service = _service(container)
        if service is None:
            continue
        with monkeypatch.context() as patch:
            patch.setenv(f"{service.upper()}_HOST", "0.0.0.0")  # noqa: S104 as the image does
            for name, value in _values(container, _configmaps(whole)).items():
                patch.setenv(name, value)
            settings = import_module(f"{service}.settings").Settings()
        if "ports" in container:
            assert [(each["name"], each["containerPort"]) for each in container["ports"]] == [("http", settings.port)]


def test_folders_that_are_written_to_are_volumes(pods: list[Any]) -> None:
    for pod in pods:
        for container in pod.spec["containers"]:
            mounts = {mount["mountPath"] for mount in container.get("volumeMounts", []) if not mount.get("readOnly")}
            for variable in container.get("env", []):
                if variable["name"].endswith("_DIR") and "value" in variable:
                    assert variable["value"] in mounts, f"{pod.name}: {variable['name']}"


@pytest.fixture
def configuration(whole: list[Manifest], tmp_path: Path) -> Configuration:
    """The gateway's configuration as its pods get it."""
    (text,) = (each["data"]["gateway.toml"] for each in whole if "gateway.toml" in each.get("data", {}))
    file = tmp_path / "gateway.toml"
    file.write_text(text, encoding="utf-8")
    return read(file)


def test_the_gateway_takes_its_configuration_and_knows_every_service(configuration: Configuration) -> None:
    assert set(configuration.services) == set(SERVICES) - {"gateway"}
    assert all(service.limit for service in configuration.services.values())


def test_every_address_in_the_cluster_is_a_service_s(
    whole: list[Manifest], pods: list[Any], configuration: Configuration
) -> None:
    services = {
        each["metadata"]["name"]: each["spec"]["ports"][0]["port"] for each in whole if each["kind"] == "Service"
    }
    for service in configuration.services.values():
        for instance in service.instances:
            assert services[instance.url.host or ""] == instance.url.port
    for pod in pods:
        for container in pod.containers:
            for variable in container.get("env", []):
                scheme, _, rest = variable.get("value", "").partition("://")
                if scheme in ("http", "valkey"):
                    host, _, port = rest.partition("/")[0].partition(":")
                    assert services[host] == int(port), f"{pod.name}: {variable['name']}"


def test_the_keys_are_where_the_command_s_secret_puts_them(production: list[Manifest], pods: list[Any]) -> None:
    manifest = import_module("gateway.keys.manifest")
    (pod,) = (each for each in pods if each.name == "gateway")
    (container,) = pod.spec["containers"]
    values = _values(container, _configmaps(production))
    mounts = {mount["name"]: mount["mountPath"] for mount in container["volumeMounts"]}
    assert values["GATEWAY_KEYS_FILE"] == f"{mounts['keys']}/{manifest.FILE}"
    assert "GATEWAY_OPEN" not in values


def test_the_commands_exist(pods: list[Any]) -> None:
    for pod in pods:
        for container in pod.containers:
            command = container.get("command", [])
            if command[:2] == ["python", "-m"]:
                assert hasattr(import_module(command[2]), "main"), pod.name
            elif command[:1] == ["python"]:
                assert (Path(__file__).parents[1] / "base" / command[1].lstrip("/")).is_file(), pod.name


def test_the_search_s_arguments_are_the_command_s(pods_in: Callable[[str], list[Any]]) -> None:
    parser = import_module("intent.training.__main__")._parser()  # noqa: SLF001 the command line itself
    (pod,) = (each for each in pods_in("base + search") if each.name == "search")
    for container in pod.containers:
        parser.parse_args(
            [argument.replace("$(SEARCH_STORAGE)", "postgresql://host/search") for argument in container["args"]]
        )


def test_the_toml_is_what_is_in_the_repository(whole: list[Manifest]) -> None:
    file = Path(__file__).parents[1] / "base" / "gateway.toml"
    (text,) = (each["data"]["gateway.toml"] for each in whole if "gateway.toml" in each.get("data", {}))
    assert tomllib.loads(text) == tomllib.loads(file.read_text(encoding="utf-8"))
