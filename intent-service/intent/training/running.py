"""One training run: read, check, split, fit, calibrate, judge, export."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from intent.card import KNOTS, Calibration
from intent.classifier import Scored, calibrated
from intent.training.data.audit import audit
from intent.training.data.audit_lines import lines
from intent.training.data.encrypted import opened
from intent.training.data.examples import Example, Rejected
from intent.training.data.reading import read
from intent.training.data.splitting import Splits, split
from intent.training.encoding import Build, Built, Lesson, Tell
from intent.training.evaluation import Evaluation, evaluate, judge_scope
from intent.training.export import export, require_writable
from intent.training.fitting import DEFAULT, Hyperparameters
from intent.training.learning import Fitted, Task, complete, learn
from intent.training.numbering import labels_of
from intent.training.report import Report

UNCALIBRATED: Final = Calibration(slopes=[1.0] * (len(KNOTS) + 1))


@dataclass(frozen=True)
class Trained:
    """The folder of a model, how good it is on the test part, if the data left one, and what it was trained on.

    `rows` are those that it was fitted on, and `rejected` those of the data that were not taken.
    """

    folder: Path
    evaluation: Evaluation | None
    rows: int
    rejected: Sequence[Rejected]


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
    build: Build | None = None,
) -> Trained:
    """Train a model of the data in `source`, and write it as a new folder of `out`; `tell` hears of each step.

    Nothing is chosen by rows for testing, and the model is fitted on all others. `tune` may choose hyperparameters by
    the training and validation part, and `build` makes a sentence encoder. Raises DataError.
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
    with TemporaryDirectory(prefix="intent-encoder-") as temporary:
        task = Task(splits, labels, None, seed, tuned.hyperparameters)
        task, fitted = _learn(build, Path(temporary), task, tell)
        tell("Judging")
        evaluation = _judge(task, fitted)
        tell("Writing the model and its report")
        report = Report(labels, data.sha256, data_source.confidential, audited, evaluation)
        kept = [*splits.training, *splits.validation]
        folder = export(out, fitted, kept, report, seed, task.built, tuned.write_log)
    return Trained(folder, evaluation, len(kept), data.rejected)


def _learn(build: Build | None, temporary: Path, task: Task, tell: Tell) -> tuple[Task, Fitted]:
    """Return what was learned of all rows for training and validation, and the task with the encoder that it is of."""
    if build is None:
        return task, learn(task, tell)
    tell("Preparing the sentence encoder")
    splits = task.splits
    built = _built(build, temporary / "training", _lesson(task, splits.training, splits.out_of_scope_training), tell)
    task = replace(task, built=built)
    fitted = learn(task, tell)
    if built.head is None:
        return task, fitted
    tell("Preparing the sentence encoder again, with the validation part")
    every = (*splits.training, *splits.validation), (*splits.out_of_scope_training, *splits.out_of_scope_validation)
    task = replace(task, built=_built(build, temporary / "all", _lesson(task, *every), tell))
    return task, complete(fitted, task, tell)


def _lesson(task: Task, inside: Sequence[Example], outside: Sequence[Example]) -> Lesson:
    texts, truth = task.numbered(inside)
    return Lesson(texts, truth, len(task.labels), task.seed, [example.text for example in outside])


def _built(build: Build, folder: Path, lesson: Lesson, tell: Tell) -> Built:
    folder.mkdir()
    return build(folder, lesson, tell)


def _judge(task: Task, fitted: Fitted) -> Evaluation | None:
    texts, truth = task.numbered(task.splits.testing)
    if not texts:
        return None
    margins, inside = fitted.linear.score(task.read(texts))
    scored = Scored(calibrated(margins, fitted.calibration), inside)
    evaluation = evaluate(texts, truth, scored, calibrated(margins, UNCALIBRATED), task.labels, task.seed)
    unknown = sum(example.label not in task.labels for example in task.splits.testing)
    evaluation = replace(evaluation, unknown=unknown)
    outside_texts = [example.text for example in task.splits.out_of_scope_testing]
    if not outside_texts:
        return evaluation
    _, outside = fitted.linear.score(task.read(outside_texts))
    return replace(evaluation, scope=judge_scope(inside, outside, fitted.threshold, task.seed))
