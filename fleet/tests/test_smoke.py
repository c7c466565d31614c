"""A user's whole day, played against a fleet of real processes."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic, sleep

import httpx2
import psutil
import pytest

from fleet.smoke.picture import picture
from fleet.smoke.utterances import TRAINING, TRAINING_ROWS, WRONG_ROWS, utterances
from fleet.testing import RunningFleet
from shared.testing import free_port

STEPS = (
    "Ask the gateway who is there",
    "Upload a photo to the catalog",
    "Ask the vision service what it shows",
    "Accept a suggestion",
    "Take a snapshot of a dataset",
    "Export it, and check the export",
    "Score crystals by /crystal/sklearn",
    "Score crystals by /crystal/pytorch",
    "Ask /crystal/astromech for sklearn",
    "Ask /crystal/astromech for pytorch",
    "Ask which intent models there are",
    "Train an intent model",
    "Ask the new model",
    "Import its data into the debugger",
    "Analyse them",
    "Find the wrong labels",
    "Mend them by a decision",
    "Retrain on both data versions",
    "Compare them",
)
LISTS = ("/catalog/images", "/catalog/datasets", "/debugger/projects")
WAITED_SECONDS = 120
TRAININGS = 3
"""Models that a day makes: one, and those before and after the decisions."""


@pytest.fixture(scope="module")
def fleet() -> Iterator[RunningFleet]:
    # Not in pytest's folder: each run of pytest closes that to all other users, and root's PostgreSQL runs as another.
    with TemporaryDirectory(prefix="fleet-") as folder:
        fleet = RunningFleet(Path(folder))
        yield fleet
        fleet.stop()


def smoke(url: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "fleet.smoke", "--url", url, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def models(fleet: RunningFleet) -> tuple[str, int]:
    """The default model, and how many there are."""
    answer = httpx2.get(f"{fleet.url}/intent/models").json()
    return answer["default"], len(answer["versions"])


def test_a_day_goes_well_again_and_again_and_leaves_nothing_but_what_it_names(fleet: RunningFleet) -> None:
    default, before = models(fleet)
    first = smoke(fleet.url)
    assert (first.returncode, first.stderr) == (0, ""), first.stdout
    assert [step for step in STEPS if f" ✓ {step} " not in first.stdout] == []
    assert first.stdout.count("Stays: the intent model") == TRAININGS
    assert first.stdout.count("Stays: the tag") == 1
    second = smoke(fleet.url)
    assert second.returncode == 0, second.stdout
    assert "Stays:" not in second.stdout
    assert [httpx2.get(f"{fleet.url}{path}").json()["items"] for path in LISTS] == [[]] * len(LISTS)
    assert models(fleet) == (default, before + TRAININGS)


@contextmanager
def without(fleet: RunningFleet, name: str) -> Iterator[None]:
    """Kill a service, and keep Supervisor from starting it again meanwhile."""
    pid = fleet.pid_of(name)
    supervisor = psutil.Process(pid).ppid()
    os.kill(supervisor, signal.SIGSTOP)
    try:
        os.kill(pid, signal.SIGKILL)
        yield
    finally:
        os.kill(supervisor, signal.SIGCONT)
        wait_until_ready(fleet, name)


def test_a_service_that_is_away_fails_the_step_that_needs_it_and_no_other(fleet: RunningFleet) -> None:
    with without(fleet, "vision"):
        run = smoke(fleet.url, "--only", "photos", "--only", "crystals")
    assert run.returncode == 1, run.stdout
    told = run.stdout.splitlines()
    failed = next(number for number, line in enumerate(told) if " ✗ " in line)
    assert " ✗ Ask the vision service what it shows " in told[failed]
    assert told[failed + 1].startswith(f"    POST {fleet.url}/catalog/images/")
    assert told[failed + 1].endswith("/suggestions: 503 Service Unavailable")
    assert "The vision service does not answer" in told[failed + 2]
    assert "Request id: " in told[failed + 3]
    assert " ✓ Clean up " in told[failed + 4]
    assert "Accept a suggestion" not in run.stdout
    assert " ✓ Ask /crystal/astromech for pytorch " in run.stdout
    assert [httpx2.get(f"{fleet.url}{path}").json()["items"] for path in LISTS] == [[]] * len(LISTS)


def test_where_no_fleet_is_the_exit_status_is_2() -> None:
    url = f"http://127.0.0.1:{free_port()}"
    run = smoke(url)
    assert run.returncode == 2
    assert f"No fleet answers at {url}" in run.stdout
    assert "make run" in run.stdout


def test_what_is_no_gateway_is_told(fleet: RunningFleet) -> None:
    run = smoke(f"http://127.0.0.1:{fleet.ports['crystal']}")
    assert run.returncode == 2
    assert "is no gateway of a fleet" in run.stdout


def test_a_url_without_a_host_is_refused() -> None:
    run = smoke("localhost:8000")
    assert run.returncode == 2
    assert "must begin with http:// or https://" in run.stderr


@contextmanager
def without_trainings(fleet: RunningFleet) -> Iterator[None]:
    """Put an intent service in the place of the fleet's own that trains nothing."""
    environment = {**psutil.Process(fleet.pid_of("intent")).environ(), "INTENT_TRAININGS": "false"}
    with without(fleet, "intent"), subprocess.Popen([sys.executable, "-m", "intent"], env=environment) as other:
        wait_until_ready(fleet, "intent")
        try:
            yield
        finally:
            other.terminate()


def wait_until_ready(fleet: RunningFleet, name: str) -> None:
    wait_until(lambda: bool(httpx2.get(f"{fleet.url}/health").json()["services"][name]["ready"]))


def wait_until(is_so: Callable[[], bool]) -> None:
    deadline = monotonic() + WAITED_SECONDS
    while not is_so():
        assert monotonic() < deadline, f"not after {WAITED_SECONDS} s"
        sleep(0.1)


def test_what_cannot_be_trained_is_skipped(fleet: RunningFleet) -> None:
    with without_trainings(fleet):
        runs = [smoke(fleet.url, "--only", "intents", *arguments) for arguments in ((), ("--allow-skips",))]
    assert [run.returncode for run in runs] == [1, 0], runs[0].stdout
    for run in runs:
        skipped = [line for line in run.stdout.splitlines() if "INTENT_TRAININGS=true" in line]
        assert [line[:25] for line in skipped] == [" - Train an intent model ", " - Retrain on both data v"]
        assert " ✓ Mend them by a decision " in run.stdout
        assert " ✗ " not in run.stdout


def test_who_is_interrupted_removes_what_there_is(fleet: RunningFleet) -> None:
    command = [sys.executable, "-m", "fleet.smoke", "--url", fleet.url, "--only", "intents"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as run:
        wait_until(lambda: bool(httpx2.get(f"{fleet.url}/debugger/projects").json()["items"]))
        run.terminate()
        told = run.communicate()[0]
    assert run.returncode == 130, told
    assert " ✓ Clean up " in told
    assert httpx2.get(f"{fleet.url}/debugger/projects").json()["items"] == []


def test_the_sentences_are_the_same_each_time_and_wrong_where_models_learn() -> None:
    said = utterances()
    assert said == utterances()
    assert len({utterance.text for utterance in said}) == len(said)
    wrong = [utterance for utterance in said if utterance.is_wrong]
    assert len(wrong) == WRONG_ROWS
    assert {utterance.split for utterance in wrong} == {TRAINING}
    assert sum(utterance.split == TRAINING for utterance in said) == TRAINING_ROWS


def test_another_note_makes_other_bytes_of_the_same_picture() -> None:
    first, second = picture("smoke-1"), picture("smoke-2")
    assert first != second
    assert first[first.index(b"IDAT") :] == second[second.index(b"IDAT") :]
