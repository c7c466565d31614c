"""Looks for better hyperparameters on a fixed validation part; several processes may work on one study."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf
from time import monotonic, sleep
from typing import Final

from optuna import Study, Trial, TrialPruned
from optuna.exceptions import UpdateFinishedTrialError
from optuna.trial import FrozenTrial, TrialState

from intent.training.abandoned import give_up, sign
from intent.training.data.splitting import Splits
from intent.training.fitting import DEFAULT, Hyperparameters
from intent.training.optuna_messages import Tell, messages_to
from intent.training.proposing import DEFAULTS, hyperparameters_of, propose
from intent.training.running import Tuned
from intent.training.studies import StudyError, opened
from intent.training.trial_log import TRIALS, write_log
from intent.training.validating import Validating

POLL_SECONDS: Final = 0.5
_ENDED_BY_OTHERS: Final = "Cannot tell a FAIL trial"
"""What Optuna says of a trial that another process has let fail; it has no exception of its own for this."""
_COUNTED: Final = (TrialState.COMPLETE, TrialState.PRUNED, TrialState.RUNNING)


@dataclass(frozen=True)
class Found:
    """The best hyperparameters, never worse than the defaults on the validation part, and how they were found."""

    hyperparameters: Hyperparameters
    accuracy: float
    accuracy_of_defaults: float
    trials: Sequence[FrozenTrial]
    """All of the study, of all its processes."""


class _OneTooManyError(Exception):
    """Other processes have begun the last trials in the meantime."""


def search(
    splits: Splits, *, storage: str, study: str, trials: int | None, seconds: float | None, seed: int, tell: Tell
) -> Found:
    """Try hyperparameters until the study has `trials` finished ones, of all processes, or `seconds` are over.

    Each is judged by its accuracy on `splits.validation`, after being fitted on `splits.training`; what is poor on a
    part of the rows is not fitted on all. The study goes on where it stood; `storage` is a PostgreSQL URL or a file.
    One more trial may end after the time is over. Raises StudyError, DataError, and ValueError without any bound.
    """
    if (trials if seconds is None else seconds) is None or (trials is not None and trials < 1):
        raise ValueError("say how long to search: a number of trials from 1 on, or seconds")
    deadline = monotonic() + (inf if seconds is None else seconds)
    validating = Validating.of(splits)
    with messages_to(tell), opened(storage, study, validating.sha256, seed) as shared:
        objective = _Objective(validating, seed, inf if trials is None else trials, "://" in storage)
        while not _is_over(shared, objective.limit, deadline):
            _try_next(shared, objective, tell)
        return _found(shared)


def found(splits: Splits, *, storage: str, study: str, seed: int, tell: Tell) -> Found:
    """Return what a search has found so far; raises as `search`, also where it has tried nothing."""
    with messages_to(tell), opened(storage, study, Validating.of(splits).sha256, seed) as shared:
        return _found(shared)


def tuned(splits: Splits, storage: str, study: str, seed: int, tell: Tell) -> Tuned:
    """Return the best that a search has found so far, for a run; raises as `found`."""
    best = found(splits, storage=storage, study=study, seed=seed, tell=tell)
    return Tuned(best.hyperparameters, lambda folder: write_log(best.trials, folder / TRIALS))


@dataclass(frozen=True)
class _Objective:
    validating: Validating
    seed: int
    limit: float
    has_heartbeat: bool

    def __call__(self, trial: Trial) -> float:
        """Return the accuracy; raises TrialPruned when it is not worth while to fit on all rows."""
        sign(trial, self.has_heartbeat)
        counted = trial.study.get_trials(deepcopy=False, states=_COUNTED)
        if sum(other.number < trial.number for other in counted) >= self.limit:
            raise _OneTooManyError
        hyperparameters = propose(trial)
        *parts, rows = self.validating.parts()
        for part in parts:
            trial.report(self.validating.accuracy(part, self.seed, hyperparameters), part)
            if hyperparameters != DEFAULT and trial.should_prune():
                raise TrialPruned
        accuracy = self.validating.accuracy(rows, self.seed, hyperparameters)
        trial.report(accuracy, rows)
        return accuracy


def _is_over(study: Study, limit: float, deadline: float) -> bool:
    """Say whether nothing is left to do; waits for the last trials of other processes, which may yet fail."""
    while monotonic() < deadline:
        give_up(study)
        counted = study.get_trials(deepcopy=False, states=_COUNTED)
        if len(counted) < limit:
            return False
        if all(trial.state.is_finished() for trial in counted):
            return True
        sleep(POLL_SECONDS)
    return True


def _try_next(study: Study, objective: _Objective, tell: Tell) -> None:
    def say(_: Study, trial: FrozenTrial) -> None:
        if trial.value is not None:
            tell(_said(trial, study))

    try:
        study.optimize(objective, n_trials=1, catch=(_OneTooManyError,), callbacks=[say])
    except (UpdateFinishedTrialError, ValueError) as error:
        if isinstance(error, ValueError) and not str(error).startswith(_ENDED_BY_OTHERS):
            raise
        tell("A trial of this process was given up by another one, which saw no sign of life for too long")


def _said(trial: FrozenTrial, study: Study) -> str:
    ended = "given up" if trial.state is TrialState.PRUNED else "done"
    best = max((each.value or 0 for each in _complete(study.get_trials(deepcopy=False))), default=0)
    values = ", ".join(f"{name} {value:.3g}" for name, value in trial.params.items())
    return f"Trial {trial.number} {ended}: {trial.value:.4f} with {values}; best {best:.4f}"


def _found(study: Study) -> Found:
    trials = study.get_trials(deepcopy=False)
    complete = _complete(trials)
    defaults = [trial for trial in complete if trial.params == DEFAULTS]
    if not defaults:
        raise StudyError(f"no trial of the study {study.study_name!r} is done yet: search with more time")
    best = max(complete, key=lambda trial: (trial.value or 0, -trial.number))
    return Found(hyperparameters_of(best.params), best.value or 0, defaults[0].value or 0, trials)


def _complete(trials: Sequence[FrozenTrial]) -> list[FrozenTrial]:
    return [trial for trial in trials if trial.state is TrialState.COMPLETE]
