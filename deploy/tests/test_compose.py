"""What every container of docker-compose.yml keeps to."""

import re
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

ROOT: Final = Path(__file__).parents[2]
FLEET: Final = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
SERVICES: Final[dict[str, dict[str, Any]]] = FLEET["services"]

PUBLISHED: Final = {"gateway"}
"""The only way in."""


@pytest.fixture(params=SERVICES)
def service(request: pytest.FixtureRequest) -> tuple[str, dict[str, Any]]:
    """Each service, after its name."""
    return request.param, SERVICES[request.param]


@pytest.fixture
def described(service: tuple[str, dict[str, Any]]) -> dict[str, Any]:
    """Each service."""
    return service[1]


def _jobs() -> set[str]:
    waits = (service.get("depends_on", {}) for service in SERVICES.values())
    return {
        name for wait in waits for name, how in wait.items() if how["condition"] == "service_completed_successfully"
    }


def test_the_root_is_read_only_and_what_is_written_is_named(described: dict[str, Any]) -> None:
    assert described.get("read_only") is True
    assert any(mount.partition(":")[0] == "/tmp" for mount in described.get("tmpfs", []))  # noqa: S108


def test_there_are_no_privileges(described: dict[str, Any]) -> None:
    assert described.get("cap_drop") == ["ALL"]
    assert described.get("security_opt") == ["no-new-privileges:true"]
    assert not {"privileged", "network_mode", "pid", "ipc", "devices"} & described.keys()


def test_memory_processors_and_processes_are_limited(described: dict[str, Any]) -> None:
    limits = described.get("deploy", {}).get("resources", {}).get("limits", {})
    assert "mem_limit" in described or "memory" in limits, "memory"
    assert "cpus" in described or "cpus" in limits, "cpus"
    assert "pids_limit" in described or "pids" in limits, "pids"


def test_it_tells_whether_it_is_healthy(service: tuple[str, dict[str, Any]]) -> None:
    name, described = service
    if name in _jobs():
        assert described["restart"] in ("no", "on-failure")
    else:  # without, `docker compose up --wait` fails
        check = described.get("healthcheck", {})
        assert not check.get("disable")
        assert "test" in check or "HEALTHCHECK --" in _dockerfile(described)


def _dockerfile(described: dict[str, Any]) -> str:
    file = described.get("build", {}).get("dockerfile")
    return (ROOT / file).read_text(encoding="utf-8") if file else ""


def test_what_waits_waits_for_health_or_an_end(described: dict[str, Any]) -> None:
    for name, how in described.get("depends_on", {}).items():
        expected = "service_completed_successfully" if name in _jobs() else "service_healthy"
        assert how["condition"] == expected, name


def test_only_the_gateway_is_published_and_to_this_machine(service: tuple[str, dict[str, Any]]) -> None:
    name, described = service
    assert ("ports" in described) == (name in PUBLISHED)
    assert all(port.startswith("${BIND:-127.0.0.1}:") for port in described.get("ports", []))


def test_images_of_others_have_a_version(described: dict[str, Any]) -> None:
    if "build" not in described:
        assert re.search(r":[^:]*\d+\.\d+[^:]*$|@sha256:[0-9a-f]{64}$", described["image"]), described["image"]


def test_every_volume_is_a_named_one_or_a_file_that_is_only_read(described: dict[str, Any]) -> None:
    for volume in described.get("volumes", []):
        source = volume["source"] if isinstance(volume, dict) else volume.partition(":")[0]
        read_only = volume.get("read_only", False) if isinstance(volume, dict) else volume.endswith(":ro")
        assert source in FLEET["volumes"] or read_only, volume


def test_every_service_that_is_built_is_one_of_the_fleet_s() -> None:
    built = {service["build"]["dockerfile"] for service in SERVICES.values() if "build" in service}
    assert built == {str(file.relative_to(ROOT)) for file in ROOT.glob("*/Dockerfile")}
