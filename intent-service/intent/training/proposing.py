"""Which hyperparameters to try next."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Final

import numpy as np
from optuna import Study, Trial
from optuna.distributions import BaseDistribution, FloatDistribution
from optuna.samplers import BaseSampler, TPESampler
from optuna.trial import FrozenTrial, TrialState

from intent.training.fitting import DEFAULT, Hyperparameters

SPACE: Final[Mapping[str, FloatDistribution]] = {
    "word_share": FloatDistribution(0.1, 0.9),
    "regularisation": FloatDistribution(0.05, 20, log=True),
}
DEFAULTS: Final[Mapping[str, float]] = {name: value for name, value in asdict(DEFAULT).items() if name in SPACE}


class Proposing(BaseSampler):
    """The defaults first, then what a tree-structured Parzen estimator proposes (Bergstra et al. 2011).

    What is random in a trial follows from the seed and the trial's number: processes that share a study never draw
    the same, and a study that is gone on with draws what it would have drawn.
    """

    def __init__(self, seed: int) -> None:
        """Take the `seed` of all trials, 0 or more."""
        self._seed = seed

    def infer_relative_search_space(self, study: Study, trial: FrozenTrial) -> dict[str, BaseDistribution]:  # noqa: ARG002
        """Return the whole space: all of a trial is proposed at once."""
        return dict(SPACE)

    def sample_relative(
        self, study: Study, trial: FrozenTrial, search_space: dict[str, BaseDistribution]
    ) -> dict[str, Any]:
        """Return the values of `trial`."""
        if not _are_defaults_tried(study, trial.number):
            return dict(DEFAULTS)
        state = np.random.SeedSequence([self._seed, trial.number]).generate_state(1)
        sampler = TPESampler(seed=int(state[0]))
        return {name: sampler.sample_independent(study, trial, name, search_space[name]) for name in search_space}

    def sample_independent(
        self, study: Study, trial: FrozenTrial, param_name: str, param_distribution: BaseDistribution
    ) -> float:
        """Refuse, as there is nothing else to propose."""
        raise NotImplementedError(param_name)


def propose(trial: Trial) -> Hyperparameters:
    """Return what `trial` is to try."""
    return hyperparameters_of(
        {name: trial.suggest_float(name, space.low, space.high, log=space.log) for name, space in SPACE.items()}
    )


def hyperparameters_of(values: Mapping[str, float]) -> Hyperparameters:
    """Return the values of a trial under their names."""
    return Hyperparameters(**values)


def _are_defaults_tried(study: Study, number: int) -> bool:
    """Say whether a trial before `number` tries them; the first always does, even if it has yet to write so."""
    before = (trial for trial in study.get_trials(deepcopy=False) if trial.number < number)
    return any(
        trial.state is not TrialState.FAIL and (trial.number == 0 or trial.params == DEFAULTS) for trial in before
    )
