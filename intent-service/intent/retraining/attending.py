"""A run of `python -m intent.training` in a process group of its own: heard line by line, and ended with all of it."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

import structlog

from intent.retraining.keeping import DATA, MODELS, TEMPORARY
from intent.retraining.messages import Fault, Result, Step, parse
from intent.retraining.refusals import FailedError
from intent.retraining.trainings import Wanted

GRACE_SECONDS: Final = 3
"""For a run to end by itself, and again when it is told to, before it is killed."""
NICENESS: Final = 10
"""Who asks the service for an answer comes first."""
MAX_LINE_BYTES: Final = 1 << 20
MAX_TAIL_BYTES: Final = 8 << 10
"""Of what a run writes to its standard error, for the log."""
_SECRETS: Final = ("INTENT_", "DATA_PASSPHRASE")

_log = structlog.get_logger(source="trainings")


async def attend(folder: Path, wanted: Wanted, hear: Callable[[str], Awaitable[None]]) -> Result:
    """Train on the data in `folder`, whose models it adds to; `hear` is told of each step. Raises FailedError, OSError.

    When it is cancelled, the run and all that it began have ended before it returns.
    """
    files = ["--data", DATA, "--out", MODELS]
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-P", "-m", "intent.training", "run", "--attended", *files, *wanted.arguments),
        cwd=folder,
        env=_environment(folder / TEMPORARY),
        stdin=PIPE,
        stdout=PIPE,
        stderr=PIPE,
        start_new_session=True,
        limit=MAX_LINE_BYTES,
    )
    with suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, process.pid, NICENESS)
    tail = asyncio.create_task(_tail(process))
    try:
        outcome = await _outcome(process, hear)
        await _wait(process)
    finally:
        await _end(process)
        written = await tail
    if isinstance(outcome, Result):
        return outcome
    if outcome is None:
        _log.error("a training ended without a word", status=process.returncode, written=written)
        raise FailedError(f"The run ended with {_ending(process.returncode)} before it had come to anything.")
    raise FailedError(outcome.error)


async def _outcome(process: Process, hear: Callable[[str], Awaitable[None]]) -> Result | Fault | None:
    """Return what the run comes to; None if it ends before."""
    assert process.stdout is not None
    while True:
        try:
            line = await process.stdout.readline()
        except ValueError:
            continue
        if not line:
            return None
        message = parse(line)
        if isinstance(message, Step):
            await hear(message.step)
        elif message is not None:
            return message


async def _tail(process: Process) -> str:
    """Return the last of what the run writes to its standard error."""
    assert process.stderr is not None
    last = b""
    while chunk := await process.stderr.read(MAX_TAIL_BYTES):
        last = (last + chunk)[-MAX_TAIL_BYTES:]
    return last.decode(errors="replace")


async def _end(process: Process) -> None:
    """End the run and all that it began."""
    drained = asyncio.create_task(_drain(process))  # for a process counts as ended when its output has
    if process.returncode is None:
        _send(process, signal.SIGTERM)
        await _wait(process)
    _send(process, signal.SIGKILL)
    await process.wait()
    await drained


async def _wait(process: Process) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(GRACE_SECONDS):
            await process.wait()


def _send(process: Process, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, number)


async def _drain(process: Process) -> None:
    assert process.stdout is not None
    while await process.stdout.read(MAX_LINE_BYTES):
        pass


def _environment(temporary: Path) -> Mapping[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_SECRETS)}
    return {**kept, "TMPDIR": str(temporary), "JOBLIB_TEMP_FOLDER": str(temporary)}


def _ending(status: int | None) -> str:
    if status == -signal.SIGKILL:
        return "signal 9 (perhaps there was too little memory)"
    return f"signal {-status}" if status is not None and status < 0 else f"status {status}"
