"""The log of a search, to be kept with the model that came of it."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from optuna.trial import FrozenTrial, TrialState

TRIALS: Final = "trials.jsonl"


def write_log(trials: Sequence[FrozenTrial], path: Path) -> None:
    """Write a line of JSON for each trial, in the order of their numbers.

    `pruned_at` is the number of training rows after which a pruned trial was given up, and `steps` has the accuracy
    for each number of rows. The state `fail` is that of a trial whose process was killed, or which was one too many.
    """
    lines = (json.dumps(_line(trial)) + "\n" for trial in sorted(trials, key=lambda trial: trial.number))
    path.write_text("".join(lines), encoding="utf-8")


def _line(trial: FrozenTrial) -> dict[str, Any]:
    return {
        "number": trial.number,
        "state": trial.state.name.lower(),
        "value": trial.value,
        "parameters": trial.params,
        "started_at": trial.datetime_start.isoformat() if trial.datetime_start else None,
        "seconds": trial.duration.total_seconds() if trial.duration else None,
        "pruned_at": trial.last_step if trial.state is TrialState.PRUNED else None,
        "steps": {str(step): value for step, value in sorted(trial.intermediate_values.items())},
    }
