"""A run in a process of its own: what it tells, and that nothing of it is left."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from time import monotonic, sleep

import pytest

from intent.retraining.attending import attend
from intent.retraining.keeping import DATA, MODELS, TEMPORARY
from intent.retraining.messages import Fault, Result, parse
from intent.retraining.refusals import FailedError
from intent.retraining.trainings import Wanted

ROWS = [
    {"text": f"{verb} {thing}", "label": verb.split()[0]}
    for verb in ("cancel the", "track my", "refund this")
    for thing in ("order", "parcel", "book", "box", "car", "bike")
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / MODELS).mkdir()
    (tmp_path / TEMPORARY).mkdir()
    lines = [*map(json.dumps, ROWS), '{"text": "hello"}']
    (tmp_path / DATA).write_text("\n".join(lines))
    return tmp_path


def environments_in(folder: Path) -> bytes:
    """Return what the processes that work in `folder` find in their environment."""
    return b"".join(Path(f"/proc/{process}/environ").read_bytes() for process in runs_in(folder))


def runs_in(folder: Path) -> list[int]:
    """Return the processes that work in `folder`."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if (process / "cwd").readlink() == folder:
                found.append(int(process.name))
        except OSError:
            continue
    return found


async def test_a_run_tells_its_steps_and_its_model(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INTENT_API_KEY", "secret")
    steps: list[str] = []

    async def hear(step: str) -> None:
        steps.append(step)
        assert b"INTENT_" not in environments_in(folder)

    result = await attend(folder, Wanted(), hear)
    assert (folder / MODELS / result.version / "card.json").is_file()
    assert result.rejected == 1
    assert (result.first_rejection or "").startswith(f"{DATA}:{len(ROWS) + 1} has none of the keys label")
    assert steps[0] == "Reading the data"
    assert steps[-1] == "Writing the model and its report"
    assert runs_in(folder) == []


async def test_a_run_that_fails_says_why_and_names_no_folder(folder: Path) -> None:
    (folder / DATA).write_text('{"text": "a", "label": "x"}\n{"text": "b", "label": "x"}\n')

    async def hear(_: str) -> None: ...

    with pytest.raises(FailedError, match="there is only the label 'x' to train on") as caught:
        await attend(folder, Wanted(), hear)
    assert str(folder) not in str(caught.value)
    (folder / DATA).write_text("{}")
    with pytest.raises(FailedError, match=f"no row of {DATA} can be taken"):
        await attend(folder, Wanted(), hear)


async def test_when_it_is_cancelled_nothing_goes_on(folder: Path) -> None:
    begun = asyncio.Event()

    async def hear(_: str) -> None:
        begun.set()

    run = asyncio.create_task(attend(folder, Wanted(), hear))
    await begun.wait()
    run.cancel()
    with pytest.raises(asyncio.CancelledError):
        await run
    assert runs_in(folder) == []


async def test_a_run_that_is_killed_is_told_so(folder: Path) -> None:
    async def hear(_: str) -> None:
        for process in runs_in(folder):
            os.kill(process, signal.SIGKILL)

    with pytest.raises(FailedError, match=r"ended with signal 9 \(perhaps there was too little memory\)"):
        await attend(folder, Wanted(), hear)


def test_a_run_whose_attendant_is_gone_ends(folder: Path) -> None:
    command = [sys.executable, "-P", "-m", "intent.training", "run", "--attended", "--data", DATA, "--out", MODELS]
    with subprocess.Popen(
        command, cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, start_new_session=True
    ) as process:
        assert process.stdin is not None
        process.stdin.close()
        started = monotonic()
        while process.poll() is None and monotonic() - started < 60:
            sleep(0.1)
    assert process.returncode == 128 + signal.SIGTERM
    assert list((folder / MODELS).iterdir()) == []


@pytest.mark.parametrize("broken", [False, True])
def test_what_a_run_prints_is_messages_alone(folder: Path, broken: bool) -> None:
    if broken:
        (folder / DATA).write_text("{}")
    command = [sys.executable, "-m", "intent.training", "run", "--attended", "--data", DATA, "--out", MODELS]
    with subprocess.Popen(command, cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        messages = [parse(line) for line in process.stdout]
    assert None not in messages
    assert isinstance(messages[-1], Fault if broken else Result)
    assert process.returncode == int(broken)
