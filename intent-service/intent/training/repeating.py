"""How much a model's figures vary with the rows that it happens to be fitted on."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from joblib import Parallel, delayed, effective_n_jobs
from numpy.typing import NDArray
from scipy.stats import t
from sklearn.metrics import f1_score

from intent.card import Calibration
from intent.classifier import Linear, calibrated
from intent.sentences import Sentences
from intent.training.calibration import calibrate, calibration_error
from intent.training.cross_fitting import WORTH_PROCESSES
from intent.training.data.refusals import DataError
from intent.training.data.splitting import Splits
from intent.training.evaluation import LEVEL, auroc
from intent.training.fitting import DEFAULT, Hyperparameters, fit
from intent.training.numbering import labels_of, numbered

LEAST_REPEATS: Final = 2
"""A single one has no standard deviation."""
MOST_REPEATS: Final = 1000
SHOWN: Final = {
    "accuracy": "accuracy",
    "macro_f1": "macro F1",
    "weighted_f1": "weighted F1",
    "calibration_error": "calibration error",
    "out_of_scope_auroc": "out-of-scope AUROC",
}
"""The headline figures, and what people call them."""
_SEEDS: Final = 2**31

Indices = NDArray[np.int64]


@dataclass(frozen=True)
class Spread:
    """One figure over all repeats: its mean, standard deviation (of n - 1), and the 95 % interval of the mean.

    `whole` is the figure of the model of all rows; None for the calibration error, as that model leaves no rows to
    calibrate with.
    """

    mean: float
    deviation: float
    low: float
    high: float
    values: Sequence[float]
    whole: float | None


@dataclass(frozen=True)
class Repeated:
    """The headline figures by the names in `SHOWN`; `rows` were resampled, and `testing` others judged on."""

    repeats: int
    seed: int
    rows: int
    testing: int
    out_of_scope: int
    figures: Mapping[str, Spread]


@dataclass(frozen=True)
class _Rows:
    labels: int
    texts: Sentences
    truth: Indices
    testing: Sentences
    testing_truth: Indices
    outside: Sentences


def _silent(_: str) -> None:
    pass


def repeat(
    splits: Splits,
    repeats: int,
    seed: int,
    hyperparameters: Hyperparameters = DEFAULT,
    tell: Callable[[str], None] = _silent,
) -> Repeated:
    """Fit `repeats` models, each on another resample with another seed, and judge all on the same rows for testing.

    A resample has as many rows of each label as training and validation together, drawn with replacement (the
    stratified bootstrap, Efron 1979). A model is calibrated on the rows that its resample left out, 37 % of them
    (out of bag, Breiman 1996): it did not see them, while folds of the resample would hold copies of the same row on
    both sides; and it takes one fit, not six. With fewer different rows these models are a little worse than the one
    of all rows, whose figures stand beside the means. The interval is Student's, for the mean over resamples and
    seeds; it does not cover the choice of the rows for testing. Repeat i is the same whatever the number of repeats.

    Raises ValueError for a number of repeats out of range, and DataError when the data does not suffice.
    """
    if not LEAST_REPEATS <= repeats <= MOST_REPEATS:
        raise ValueError(f"{repeats} repeats: choose from {LEAST_REPEATS} to {MOST_REPEATS:,}")
    rows = _rows(splits)
    tell(f"Fitting all {len(rows.texts):,} rows")
    whole = _figures(fit(rows.texts, rows.truth, rows.labels, seed, hyperparameters), None, rows)
    processes = min(repeats, effective_n_jobs(-1)) if len(rows.texts) >= WORTH_PROCESSES else 1
    fitting = Parallel(n_jobs=processes, return_as="generator")
    found = []
    tell(f"Repeat 1 of {repeats}")
    for figures in fitting(delayed(_once)(rows, (seed, number), hyperparameters) for number in range(repeats)):
        found.append(figures)
        tell(f"Repeat {len(found)} of {repeats}: accuracy {figures['accuracy']:.4f}")
    spreads = {name: spread([each[name] for each in found], whole.get(name)) for name in found[0]}
    return Repeated(repeats, seed, len(rows.texts), len(rows.testing), len(rows.outside), spreads)


def spread(values: Sequence[float], whole: float | None = None) -> Spread:
    """Return the mean of two or more values and how far they spread; the interval is Student's (1908)."""
    mean, deviation = float(np.mean(values)), float(np.std(values, ddof=1))
    half = float(t.ppf((1 + LEVEL) / 2, len(values) - 1)) * deviation / len(values) ** 0.5
    return Spread(mean, deviation, mean - half, mean + half, list(values), whole)


def lines(repeated: Repeated) -> list[str]:
    """Return the figures as a table for a terminal."""
    outside = f" and {repeated.out_of_scope:,} out of scope" if repeated.out_of_scope else ""
    judged = f"judged on the same {repeated.testing:,}{outside}"
    return [
        f"{repeated.repeats} repeats, each fitted on a resample of {repeated.rows:,} rows and {judged}",
        f"{'':20}{'mean':>8}{'deviation':>11}   {'95 % interval':18}{'of all rows':>11}",
        *(_line(SHOWN[name], each) for name, each in repeated.figures.items()),
    ]


def _line(name: str, each: Spread) -> str:
    whole = "-" if each.whole is None else f"{each.whole:.4f}"
    interval = f"{each.low:.4f} to {each.high:.4f}"
    return f"{name:20}{each.mean:8.4f}{each.deviation:11.4f}   {interval:18}{whole:>11}"


def _rows(splits: Splits) -> _Rows:
    """Return what is fitted and judged on; as in a training run, labels that are only in testing are left out."""
    labels = labels_of(splits)
    texts, truth = numbered([*splits.training, *splits.validation], labels)
    testing, testing_truth = numbered(splits.testing, labels)
    outside = Sentences([each.text for each in splits.out_of_scope_testing])
    rows = _Rows(len(labels), Sentences(texts), truth, Sentences(testing), testing_truth, outside)
    if not testing:
        raise DataError("the data leaves no rows to test on: give more rows, or a file of them with --test")
    if len(rows.texts) == rows.labels:
        raise DataError("no label has more than one row, so that every resample is the same: give more rows")
    return rows


def _once(rows: _Rows, seeds: tuple[int, int], hyperparameters: Hyperparameters) -> dict[str, float]:
    random = np.random.default_rng(seeds)
    drawn = resample(rows.truth, random)
    linear = fit(rows.texts.take(drawn), rows.truth[drawn], rows.labels, int(random.integers(_SEEDS)), hyperparameters)
    left = np.setdiff1d(np.arange(len(rows.texts)), drawn)
    margins, _ = linear.score(rows.texts.take(left))
    return _figures(linear, calibrate(margins, rows.truth[left]), rows)


def resample(truth: Indices, random: np.random.Generator) -> Indices:
    """Return the numbers of rows drawn with replacement, as many of each label as there are, and not all of them.

    At least one label must have two rows.
    """
    order = np.argsort(truth, kind="stable")
    _, first, counts = np.unique(truth[order], return_index=True, return_counts=True)
    starts, sizes = np.repeat(first, counts), np.repeat(counts, counts)
    while True:
        drawn: Indices = order[starts + random.integers(sizes)]
        if len(np.unique(drawn)) < len(truth):  # only of very few rows is none ever left to calibrate with
            return drawn


def _figures(linear: Linear, calibration: Calibration | None, rows: _Rows) -> dict[str, float]:
    truth = rows.testing_truth
    margins, inside = linear.score(rows.testing)
    predicted = margins.argmax(axis=1)
    figures = {"accuracy": float((predicted == truth).mean())}
    for average in ("macro", "weighted"):
        figures[f"{average}_f1"] = float(f1_score(truth, predicted, average=average, zero_division=0))
    if calibration is not None:
        figures["calibration_error"] = calibration_error(calibrated(margins, calibration), truth)
    if len(rows.outside):
        _, outside = linear.score(rows.outside)
        figures["out_of_scope_auroc"] = auroc(inside, outside)
    return figures
