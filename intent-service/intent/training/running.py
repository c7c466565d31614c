"""One training run: read, check, split, fit, calibrate, judge, export."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from intent.card import KNOTS, Calibration
from intent.classifier import Linear, Scored, calibrated
from intent.labels import Label
from intent.training.calibration import calibrate, scope_threshold
from intent.training.cross_fitting import FOLDS, cross_fit, score
from intent.training.data.audit import audit
from intent.training.data.audit_lines import lines
from intent.training.data.encrypted import opened
from intent.training.data.examples import Example
from intent.training.data.reading import read
from intent.training.data.refusals import DataError
from intent.training.data.splitting import Splits, split
from intent.training.evaluation import Evaluation, evaluate, judge_scope
from intent.training.export import export
from intent.training.fitting import fit
from intent.training.report import Report

UNCALIBRATED: Final = Calibration(slopes=[1.0] * (len(KNOTS) + 1))

Indices = NDArray[np.int64]
Tell = Callable[[str], None]


@dataclass(frozen=True)
class Trained:
    """The folder of a model, and how good it is on the test part, if the data left one."""

    folder: Path
    evaluation: Evaluation | None


def run(source: Path, test: Path | None, out: Path, seed: int, tell: Tell) -> Trained:
    """Train a model of the data in `source`, and write it as a new folder of `out`; `tell` hears of each step.

    What turns margins into probabilities and verdicts is chosen by models that were each fitted without a part of the
    rows; the model that is kept is fitted on all that are not for testing. Raises DataError.
    """
    tell("Reading the data")
    with opened(source) as data_source:
        data = read(data_source.folder, test=test)
    tell("Looking for duplicates and contradictions")
    audited = lines(audit(data))
    splits = split(data, seed)
    labels = _labels(splits)
    kept = [*splits.training, *splits.validation]
    texts, truth = _pairs(kept, labels)
    outside = [example.text for example in splits.out_of_scope_validation]
    tell(f"Calibrating: fitting {len(kept):,} rows of {len(labels)} labels in {FOLDS} parts")
    out_of_fold = cross_fit(texts, truth, len(labels), outside, seed)
    calibration = calibrate(out_of_fold.margins, truth)
    threshold = scope_threshold(out_of_fold.scope, out_of_fold.outside)
    tell("Fitting all of them")
    linear = fit(texts, truth, len(labels), seed)
    tell("Judging")
    evaluation = _judge(linear, calibration, threshold, splits, labels, seed)
    tell("Writing the model and its report")
    report = Report(labels, data.sha256, data_source.confidential, audited, evaluation)
    folder = export(out, linear, calibration, threshold, kept, report, seed)
    return Trained(folder, evaluation)


def _labels(splits: Splits) -> list[Label]:
    labels = {example.label for example in (*splits.training, *splits.validation) if example.label is not None}
    if len(labels) < 2:
        raise DataError(f"there is only the label {next(iter(labels))!r} to train on; a classifier needs two")
    return sorted(labels, key=lambda label: (isinstance(label, str), label))


def _pairs(examples: Sequence[Example], labels: Sequence[Label]) -> tuple[list[str], Indices]:
    """Return the texts, and the number of each one's label; what has none of `labels` is left out."""
    numbers = {label: number for number, label in enumerate(labels)}
    known = [(example.text, numbers[example.label]) for example in examples if example.label in numbers]
    return [text for text, _ in known], np.array([number for _, number in known], np.int64)


def _judge(
    linear: Linear,
    calibration: Calibration,
    threshold: float | None,
    splits: Splits,
    labels: Sequence[Label],
    seed: int,
) -> Evaluation | None:
    texts, truth = _pairs(splits.testing, labels)
    if not texts:
        return None
    margins, inside = score(linear, texts)
    scored = Scored(calibrated(margins, calibration), inside)
    evaluation = evaluate(texts, truth, scored, calibrated(margins, UNCALIBRATED), labels, seed)
    outside_texts = [example.text for example in splits.out_of_scope_testing]
    if not outside_texts:
        return evaluation
    _, outside = score(linear, outside_texts)
    return replace(evaluation, scope=judge_scope(inside, outside, threshold, seed))
