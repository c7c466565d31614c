"""Each image has a bill of what it is made of, which is complete and the same each time."""

import json
import tomllib
from pathlib import Path
from typing import Any, Final

import pytest

from deploy.supply.lock_hashes import CONSTRAINTS
from deploy.supply.sbom import IMAGES, ROOT, bill, main

NEVER_SERVED_WITH: Final = {
    "flotilla-gateway": {"numpy", "torch", "scikit-learn", "sqlalchemy"},
    "flotilla-vision": {"torch", "torchvision", "onnx", "scipy", "pip"},
    "flotilla-intent": {"torch", "scikit-learn", "scipy", "matplotlib", "optuna"},
    "flotilla-catalog": {"torch", "onnxruntime"},
    "flotilla-debugger": {"torch", "onnxruntime"},
}


@pytest.fixture(params=IMAGES)
def image(request: pytest.FixtureRequest) -> str:
    """Each image's name."""
    name: str = request.param
    return name


def _named(document: dict[str, Any]) -> dict[str, str]:
    return {component["name"].lower().replace("_", "-"): component["version"] for component in document["components"]}


def test_every_part_is_there_once_with_version_address_and_licence(image: str) -> None:
    document = bill(image)
    addresses = [component["purl"] for component in document["components"]]
    assert len(addresses) == len(set(addresses))
    for component in document["components"]:
        own = component["name"].startswith("flotilla-")
        assert component["version"]
        assert own or component["licenses"], component["name"]


def test_the_versions_are_those_that_are_pinned(image: str) -> None:
    lines = CONSTRAINTS.read_text(encoding="utf-8").splitlines()
    pinned = {tuple(line.partition(" ;")[0].split("==")) for line in lines}
    for name, version in _named(bill(image)).items():
        if not name.startswith("flotilla-"):
            assert (name.replace(".", "-"), version.partition("+")[0]) in pinned, name


def test_every_dependency_is_a_part(image: str) -> None:
    document = bill(image)
    parts = {component["bom-ref"] for component in document["components"]}
    assert {each["ref"] for each in document["dependencies"]} == parts | {image}
    assert all(parts >= set(each["dependsOn"]) for each in document["dependencies"])


@pytest.mark.parametrize("name", NEVER_SERVED_WITH)
def test_images_have_nothing_that_serving_does_not_need(name: str) -> None:
    assert not NEVER_SERVED_WITH[name] & _named(bill(name)).keys()


def test_extras_are_followed() -> None:
    assert {"scikit-learn", "onnxruntime"} <= _named(bill("flotilla-intent-training")).keys()
    assert {"optuna", "psycopg"} <= _named(bill("flotilla-intent-trainer")).keys()
    assert {"asyncpg", "flotilla-shared"} <= _named(bill("flotilla-catalog")).keys()


def test_every_dockerfile_s_image_has_one_and_the_command_writes_all(tmp_path: Path) -> None:
    assert main(["--out", str(tmp_path)]) == 0
    assert {file.name.partition(".")[0] for file in tmp_path.iterdir()} == IMAGES.keys()
    members = {str(file.parent.relative_to(ROOT)) for file in ROOT.glob("*/Dockerfile")}
    assert {member.partition("[")[0] for member in IMAGES.values()} == members
    for name, member in IMAGES.items():
        document = json.loads((tmp_path / f"{name}.cdx.json").read_text(encoding="utf-8"))
        project = tomllib.loads((ROOT / member.partition("[")[0] / "pyproject.toml").read_text(encoding="utf-8"))
        assert (document["bomFormat"], document["specVersion"]) == ("CycloneDX", "1.6")
        assert document["metadata"]["component"]["version"] == project["project"]["version"]


def test_the_same_environment_gives_the_same_document() -> None:
    assert bill("flotilla-gateway") == bill("flotilla-gateway")
