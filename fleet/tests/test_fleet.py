"""The whole fleet as `make run` starts it: real processes, real models, real signals."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from shlex import split
from shutil import which

import httpx2
import pytest

from fleet.services import SERVICES, fleet_environment
from fleet.testing import RunningFleet
from shared.testing import free_port

PHOTO = Path(__file__).parents[3] / "shared" / "data" / "images" / "dog.jpg"


class Fleet(RunningFleet):
    """A running fleet, and for each id that the README shows the one that was made here."""

    ids: dict[str, str]


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fleet]:
    fleet = Fleet(tmp_path_factory.mktemp("fleet"))
    fleet.ids = {}
    yield fleet
    assert fleet.stop() == 0
    for port in fleet.ports.values():
        with socket.socket() as probe:
            assert probe.connect_ex(("127.0.0.1", port)) != 0


def test_the_table_names_every_service(fleet: Fleet) -> None:
    for name, port in fleet.ports.items():
        assert re.search(rf"{name} +http://127.0.0.1:{port} +http://127.0.0.1:{port}/docs", fleet.printed)


def test_what_the_machine_has_of_models_is_left_alone(fleet: Fleet) -> None:
    """Else a test that trains would change what the next fleet of this user serves, and that test's answers."""
    assert list(fleet.folder.glob("intent/*/card.json"))


def test_crystals_are_scored_through_the_gateway(fleet: Fleet) -> None:
    body = {"crystalData": [[0.92, 0.12, 0.31, 0.09]], "model": "sklearn"}
    answer = httpx2.post(f"{fleet.url}/crystal/astromech", json=body)
    assert answer.json()["scores"][0]["blue"] == pytest.approx(0.9927769, abs=1e-4)


@pytest.mark.skipif(not PHOTO.exists(), reason="needs the example photo, which the project must not contain")
def test_a_photo_through_the_gateway_comes_back_with_its_categories(fleet: Fleet) -> None:
    with PHOTO.open("rb") as photo:
        answer = httpx2.post(f"{fleet.url}/vision/predictions", files={"file": photo}).json()
    expected = {"mobilenet_v2": 0.8303, "resnet18": 0.8846}[answer["model"]["name"]]
    assert len(answer["predictions"]) == 5
    assert answer["predictions"][0]["label"] == "Samoyed"
    assert answer["predictions"][0]["confidence"] == pytest.approx(expected, abs=1e-3)


def examples() -> list[tuple[str, str]]:
    """The README's curls and the answers printed below them."""
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    return re.findall(r"^\$ (curl (?:.*\\\n)*.*)\n(.*)$", readme, re.MULTILINE)


ID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")
CHANGING = re.compile(rf"(?<=127\.0\.0\.1:)\d+|{ID.pattern}|\b[0-9a-f]{{12}}\b|\d{{4}}-\d\d-\d\dT[0-9:.]+Z")


def comparable(answer: str) -> object:
    """The answer without ids, hashes, ports and times, numbers to four digits."""
    anonymous = CHANGING.sub("…", answer)
    return json.loads(anonymous, parse_float=lambda number: round(float(number), 4))


@pytest.mark.skipif(not PHOTO.exists(), reason="needs the example photo, which the project must not contain")
@pytest.mark.skipif(not which("curl"), reason="needs curl")
@pytest.mark.parametrize(("command", "printed"), examples())
def test_the_readmes_curls_answer_as_printed(fleet: Fleet, command: str, printed: str) -> None:
    here = command.replace("http://127.0.0.1:8000", fleet.url).replace("@dog.jpg", f"@{PHOTO}")
    here = ID.sub(lambda found: fleet.ids[found[0]], here)
    words = [*split(here.replace("\\\n", " ")), "--silent"]
    answer = subprocess.run(words, capture_output=True, text=True, check=True).stdout
    if "resnet18" in answer and "mobilenet_v2" not in answer:
        pytest.skip("the README shows the stand-in's answers, and ResNet-18 is here")
    assert comparable(answer) == comparable(printed)
    fleet.ids.update(zip(ID.findall(printed), ID.findall(answer), strict=True))


def test_a_service_that_dies_is_reported_and_started_again(fleet: Fleet) -> None:
    os.kill(fleet.pid_of("crystal"), signal.SIGKILL)
    fleet.wait_for(r"crystal died with exit status .*the others go on")
    answer = httpx2.get(f"{fleet.url}/crystal/models", timeout=30)  # the gateway waits a while for what starts anew
    assert answer.status_code in (200, 503)
    assert httpx2.get(f"{fleet.url}/vision/livez").status_code == 200
    fleet.wait_for("crystal was started again")


def launch(**ports: str) -> subprocess.CompletedProcess[str]:
    free = {f"{service.prefix}PORT": str(free_port()) for service in SERVICES}
    command = [sys.executable, "-m", "fleet"]
    return subprocess.run(command, env={**os.environ, **free, **ports}, capture_output=True, text=True, check=False)


def test_a_taken_port_is_named_before_anything_starts() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        run = launch(VISION_PORT=str(port))
    assert run.returncode == 1
    assert run.stdout == f"Port {port} is taken, vision needs it: free it or set VISION_PORT.\n"


def test_a_port_that_is_none_or_wanted_twice_is_named() -> None:
    port = str(free_port())
    assert launch(CRYSTAL_PORT="abc").stdout == "CRYSTAL_PORT must be a port from 1 to 65535, not 'abc'.\n"
    twice = launch(CRYSTAL_PORT=port, VISION_PORT=port)
    assert twice.stdout == f"Port {port} is wanted by crystal and by vision: set VISION_PORT.\n"


def test_the_gateway_follows_the_services_ports(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRYSTAL_PORT", "3999")
    monkeypatch.delenv("GATEWAY_UPSTREAMS", raising=False)
    assert json.loads(fleet_environment()["GATEWAY_UPSTREAMS"])["crystal"] == "http://127.0.0.1:3999"
