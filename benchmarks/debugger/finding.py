"""How well wrong labels are found, in every setting and on the whole."""

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Final

from benchmarks.debugger.mislabeling import NOISES, Noise, mislabel
from benchmarks.debugger.predicting import BOTH, Predictor
from benchmarks.debugger.ranking import FIRST, METHODS, OURS, Quality

BAR: Final = 0.945
"""Of the mean average precision, with an encoder."""

Measure = Callable[[Quality], float]

MEASURES: Final[Mapping[str, Measure]] = {
    "average precision": lambda quality: quality.average_precision,
    f"precision of the first {FIRST}": lambda quality: quality.at_first,
    "precision of as many as are wrong": lambda quality: quality.at_errors,
}


@dataclass(frozen=True)
class Setting:
    """A data set and how its labels are made wrong."""

    data: str
    noise: Noise

    def __str__(self) -> str:
        """Return it for people."""
        return f"{self.data[:7]} {self.noise.manner[:4]} {self.noise.rate:.0%}"


Found = Mapping[tuple[str, Setting], Sequence[Quality]]
"""By method and setting: of every seed."""


def compare(predictors: Sequence[Predictor], seeds: Sequence[int]) -> None:
    """Print tables for every kind of features."""
    names = predictors[0].names
    found: dict[str, dict[tuple[str, Setting], list[Quality]]] = {name: {} for name in names}
    for setting, name, method, quality in _judged(predictors, seeds, names):
        found[name].setdefault((method, setting), []).append(quality)
    for name in names:
        print(f"\nProbabilities by {name}, mean of the seeds {', '.join(map(str, seeds))}")
        for title, measure in MEASURES.items():
            _print_table(title, found[name], measure)
        _print_bars(name, found[name])


def _judged(
    predictors: Sequence[Predictor], seeds: Sequence[int], names: Sequence[str]
) -> Iterator[tuple[Setting, str, str, Quality]]:
    for predictor in predictors:
        for noise in NOISES:
            for seed in seeds:
                print(f"{predictor.data.name}, {noise}, seed {seed} …", file=sys.stderr, flush=True)
                labels, wrong = mislabel(predictor.data.labels, predictor.partners, noise, seed)
                for name in names:
                    predicted = predictor.predict(name, labels, noise, seed, predictor.names[-1])
                    for title, method in METHODS.items():
                        quality = Quality.of(method(predicted, labels), wrong)
                        yield Setting(predictor.data.name, noise), name, title, quality


def _print_table(title: str, found: Found, measure: Measure) -> None:
    settings = list(dict.fromkeys(setting for _, setting in found))
    print(f"\n  {title:38}{''.join(f'{setting!s:>17}' for setting in settings)}{'mean':>8}")
    for method in METHODS:
        values = _values(method, settings, found, measure)
        print(f"  {method:38}{''.join(f'{value:17.3f}' for value in values)}{fmean(values):8.4f}")


def _print_bars(name: str, found: Found) -> None:
    settings, measure = list(dict.fromkeys(setting for _, setting in found)), MEASURES["average precision"]
    ours = _values(OURS, settings, found, measure)
    others = [_values(method, settings, found, measure) for method in METHODS if method != OURS]
    below = [str(setting) for at, setting in enumerate(settings) if ours[at] <= max(each[at] for each in others)]
    bar = f" (bar >= {BAR})" if name == BOTH else ""
    print(f"\n  mean {fmean(ours):.4f}{bar}; the best of cleanlab's scores {max(map(fmean, others)):.4f}")
    print(f"  not above the best of cleanlab's scores in: {', '.join(below) or 'none'}")


def _values(method: str, settings: Sequence[Setting], found: Found, measure: Measure) -> list[float]:
    return [fmean(map(measure, found[method, setting])) for setting in settings]
