"""A run that another program attends: it tells that one all as lines of JSON, and ends when that one does."""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread, Timer
from typing import Final

from intent.retraining.messages import Fault, Result, Step
from intent.training.encoding import Tell
from intent.training.running import Trained

GRACE_SECONDS: Final = 10
"""For this process to remove what it began, when the other one is gone, before it and all it began are killed."""


@contextmanager
def attended() -> Iterator[Tell]:
    """Yield what hears of each step; SIGTERM comes when standard input ends. Tells what is raised."""
    Thread(target=_end_with_input, daemon=True).start()
    try:
        yield lambda step: _send(Step(step=step))
    except (OSError, ValueError) as error:
        _send(Fault(error=str(error)))
        raise


def tell_result(trained: Trained) -> None:
    """Tell what came of the run."""
    first = next((f"{each.place} {each.reason}" for each in trained.rejected), None)
    _send(Result(version=trained.folder.name, rows=trained.rows, rejected=len(trained.rejected), first_rejection=first))


def _send(message: Step | Result | Fault) -> None:
    sys.stdout.write(message.line())
    sys.stdout.flush()


def _end_with_input() -> None:
    # Not through `sys.stdin`, whose lock an interpreter that ends would wait for.
    while os.read(0, 1024):
        pass
    if os.getpgrp() == os.getpid():
        killer = Timer(GRACE_SECONDS, os.killpg, (os.getpgrp(), signal.SIGKILL))
        killer.daemon = True
        killer.start()
    os.kill(os.getpid(), signal.SIGTERM)
