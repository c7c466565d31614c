"""Trials that a killed process has left behind."""

import os
import warnings
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from socket import gethostname
from typing import Final

from optuna import Study, Trial
from optuna.exceptions import ExperimentalWarning, UpdateFinishedTrialError
from optuna.storages import fail_stale_trials
from optuna.trial import FrozenTrial, TrialState

SECONDS: Final = 600
"""After so long a trial of another machine is given up where there are no signs of life, which is in a file."""
SILENT_SECONDS: Final = 10
"""The same for a trial that has not even said which process is at it, the first thing it does."""

_OWNER: Final = "owner"


def sign(trial: Trial, has_heartbeat: bool) -> None:
    """Write down whose the trial is; `has_heartbeat` where the storage looks after signs of life by itself."""
    owner = {"machine": gethostname(), "process": os.getpid(), "has_heartbeat": has_heartbeat}
    trial.set_user_attr(_OWNER, owner)


def give_up(study: Study) -> None:
    """Let trials fail whose process is gone. To be called while this process has no trial of its own."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ExperimentalWarning)
        fail_stale_trials(study)
    for trial in _abandoned(study):
        with suppress(UpdateFinishedTrialError):  # by another process that looked as well
            study.tell(trial.number, state=TrialState.FAIL, skip_if_finished=True)


def _abandoned(study: Study) -> Iterator[FrozenTrial]:
    for trial in study.get_trials(deepcopy=False, states=(TrialState.RUNNING,)):
        owner = trial.user_attrs.get(_OWNER)
        if owner is None:
            is_abandoned = _seconds(trial) > SILENT_SECONDS
        elif owner["has_heartbeat"]:
            is_abandoned = False  # as Optuna would have let it fail
        elif owner["machine"] == gethostname():
            is_abandoned = not _lives_elsewhere(owner["process"])
        else:
            is_abandoned = _seconds(trial) > SECONDS
        if is_abandoned:
            yield trial


def _seconds(trial: FrozenTrial) -> float:
    """Return for how long it runs; Optuna writes times without a zone."""
    return (datetime.now() - trial.datetime_start).total_seconds() if trial.datetime_start else 0  # noqa: DTZ005


def _lives_elsewhere(process: int) -> bool:
    """Say whether another process has the number; a trial of this one's number is of one before it."""
    if process == os.getpid():
        return False
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True
