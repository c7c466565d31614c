"""A client that a generator makes of the fleet's document, used against real processes."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx2
import orjson
import pytest

from gateway.documents.answers import Security
from gateway.documents.fleet_document import FleetDocument
from shared.settings import cache_folder

GENERATOR = "openapi-python-client==0.29.1"
FILES = ("image/*", "image/jpeg", "image/png", "image/webp", "image/gif", "image/bmp", "image/tiff")
SETTINGS = {
    "project_name_override": "fleet-client",
    "package_name_override": "fleet_client",
    "post_hooks": [],
    "content_type_overrides": dict.fromkeys((*FILES, "application/x-ndjson", "text/csv"), "application/octet-stream"),
}
"""The generator knows no bodies of these media types, but takes them for bytes where it is told to."""
INEXPRESSIBLE = {"POST /catalog/datasets/{dataset_id}/snapshots"}
"""Operations that the generator leaves out: this one for its header `Prefer`, which is a list."""

CRYSTALS = [[5.1, 3.5, 1.4, 0.2], [6.7, 3.0, 5.2, 2.3]]
CALLS = """
import json, sys
from fleet_client import Client
from fleet_client.api.crystal_crystals import crystal_models_models_get, crystal_sklearn_sklearn_post
from fleet_client.api.vision_models import vision_list_models_models_get
from fleet_client.models import CrystalSklearnSklearnPostCrystalRequest, PredictionAnswer, Problem

client = Client(base_url=sys.argv[1])
request = CrystalSklearnSklearnPostCrystalRequest(crystal_data=json.loads(sys.argv[2]))
scored = crystal_sklearn_sklearn_post.sync(client=client, body=request)
assert isinstance(scored, PredictionAnswer), scored
listed = crystal_models_models_get.sync(client=client)
refused = vision_list_models_models_get.sync(client=client)
assert isinstance(refused, Problem), refused
print(json.dumps([scored.to_dict(), listed.to_dict(), refused.to_dict()]))
"""


@pytest.fixture(scope="session")
def generator() -> Path:
    """The interpreter of an environment of the generator's own: it holds back packages that the project has newer."""
    folder = cache_folder("tests") / GENERATOR.replace("==", "-")
    if not folder.exists():
        unfinished = folder.with_name(f"{folder.name}.{os.getpid()}")
        subprocess.run([sys.executable, "-m", "venv", "--clear", "--without-pip", unfinished], check=True)
        install: list[str | Path] = [
            sys.executable,
            "-m",
            "pip",
            "--python",
            unfinished / "bin" / "python",
            "install",
            "--quiet",
        ]
        subprocess.run([*install, "--disable-pip-version-check", GENERATOR], check=True)
        try:
            unfinished.rename(folder)
        except OSError:  # another run was faster
            shutil.rmtree(unfinished)
    return folder / "bin" / "python"


@pytest.fixture(scope="module")
def client(generator: Path, merged: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The folder with the generated package, and what the generator said."""
    folder = tmp_path_factory.mktemp("client")
    (folder / "fleet.json").write_bytes(orjson.dumps(merged))
    (folder / "settings.json").write_text(json.dumps(SETTINGS))
    command: list[str | Path] = [generator, "-m", "openapi_python_client", "generate", "--meta", "none"]
    command += ["--path", folder / "fleet.json", "--config", folder / "settings.json"]
    done = subprocess.run(
        [*command, "--output-path", folder / "fleet_client"],
        check=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    for path in folder.rglob("*.py"):
        # The generator leaves out a space after the constant of a property that may be missing; intent has such a one.
        path.write_text(path.read_text().replace("Falseand not isinstance(", "False and not isinstance("))
    return folder, done.stdout


def test_the_generator_makes_a_function_of_each_operation(client: tuple[Path, str], merged: dict[str, Any]) -> None:
    folder, said = client
    missing = re.findall(r"WARNING parsing (\w+ \S+) within \S+ Endpoint will not be generated", said)
    assert set(missing) <= INEXPRESSIBLE, said
    assert len(re.findall("WARNING", said)) == len(missing), said
    functions = [path for path in folder.glob("fleet_client/api/*/*.py") if path.name != "__init__.py"]
    assert len(functions) == sum(len(item) for item in merged["paths"].values()) - len(missing)


def test_the_generated_functions_work_through_the_gateway(
    client: tuple[Path, str], generator: Path, fleet: Any
) -> None:
    folder, _ = client
    done = subprocess.run(
        [generator, "-c", CALLS, fleet.url, json.dumps(CRYSTALS)],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    scored, listed, refused = json.loads(done.stdout)
    assert scored == httpx2.post(f"{fleet.url}/crystal/sklearn", json={"crystalData": CRYSTALS}).json()
    assert listed == httpx2.get(f"{fleet.url}/crystal/models").json()
    assert refused["status"] in {502, 503}  # whether the gateway has noticed already that nobody is there


async def test_the_document_of_running_services_is_like_that_of_the_committed_ones(
    fleet: Any, own: dict[str, Any], merged: dict[str, Any], security: Security
) -> None:
    async with httpx2.AsyncClient() as web:

        async def fetch(url: str) -> bytes:
            return (await web.get(url)).raise_for_status().content

        document = FleetDocument(own, fleet.upstreams, security, fetch)
        found = json.loads((await document.read()).body)
        await document.close()
    expected = {
        path: item for path, item in merged["paths"].items() if not re.match("/(catalog|debugger|intent|vision)/", path)
    }
    assert found["paths"] == expected
    assert found["x-flotilla-absent"] == {"vision": "it does not answer"}
