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
from intent.training.cross_fitting import FOLDS, cross_fit
from intent.training.data.audit import audit
from intent.training.data.audit_lines import lines
from intent.training.data.encrypted import opened
from intent.training.data.reading import read
from intent.training.data.splitting import Splits, split
from intent.training.evaluation import Evaluation, evaluate, judge_scope
from intent.training.export import export, require_writable
from intent.training.fitting import DEFAULT, Hyperparameters, fit
from intent.training.numbering import labels_of, numbered
from intent.training.report import Report

UNCALIBRATED: Final = Calibration(slopes=[1.0] * (len(KNOTS) + 1))

Indices = NDArray[np.int64]
Tell = Callable[[str], None]


@dataclass(frozen=True)
class Trained:
    """The folder of a model, and how good it is on the test part, if the data left one."""

    folder: Path
    evaluation: Evaluation | None


@dataclass(frozen=True)
class Tuned:
    """Hyperparameters, and what writes into a model's folder how they were found."""

    hyperparameters: Hyperparameters = DEFAULT
    write_log: Callable[[Path], None] | None = None


def run(
    source: Path,
    test: Path | None,
    out: Path,
    seed: int,
    tell: Tell,
    tune: Callable[[Splits], Tuned] | None = None,
) -> Trained:
    """Train a model of the data in `source`, and write it as a new folder of `out`; `tell` hears of each step.

    What turns margins into probabilities and verdicts is chosen by models that were each fitted without a part of the
    rows; the model that is kept is fitted on all that are not for testing. `tune` may choose hyperparameters by the
    training and validation part. Raises DataError.
    """
    require_writable(out)
    tell("Reading the data")
    with opened(source) as data_source:
        data = read(data_source.folder, test=test)
    tell("Looking for duplicates and contradictions")
    audited = lines(audit(data))
    splits = split(data, seed)
    tuned = tune(splits) if tune else Tuned()
    labels = labels_of(splits)
    kept = [*splits.training, *splits.validation]
    texts, truth = numbered(kept, labels)
    outside = [example.text for example in splits.out_of_scope_validation]
    tell(f"Calibrating: fitting {len(kept):,} rows of {len(labels)} labels in {FOLDS} parts")
    out_of_fold = cross_fit(texts, truth, len(labels), outside, seed, tuned.hyperparameters)
    calibration = calibrate(out_of_fold.margins, truth)
    threshold = scope_threshold(out_of_fold.scope, out_of_fold.outside)
    tell("Fitting all of them")
    linear = fit(texts, truth, len(labels), seed, tuned.hyperparameters)
    tell("Judging")
    evaluation = _judge(linear, calibration, threshold, splits, labels, seed)
    tell("Writing the model and its report")
    report = Report(labels, data.sha256, data_source.confidential, audited, evaluation)
    folder = export(out, linear, calibration, threshold, kept, report, seed, tuned.write_log)
    return Trained(folder, evaluation)


def _judge(
    linear: Linear,
    calibration: Calibration,
    threshold: float | None,
    splits: Splits,
    labels: Sequence[Label],
    seed: int,
) -> Evaluation | None:
    texts, truth = numbered(splits.testing, labels)
    if not texts:
        return None
    margins, inside = linear.score(texts)
    scored = Scored(calibrated(margins, calibration), inside)
    evaluation = evaluate(texts, truth, scored, calibrated(margins, UNCALIBRATED), labels, seed)
    unknown = sum(example.label not in labels for example in splits.testing)
    evaluation = replace(evaluation, unknown=unknown)
    outside_texts = [example.text for example in splits.out_of_scope_testing]
    if not outside_texts:
        return evaluation
    _, outside = linear.score(outside_texts)
    return replace(evaluation, scope=judge_scope(inside, outside, threshold, seed))
