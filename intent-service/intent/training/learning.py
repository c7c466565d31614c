"""What is learned of data: a margin for every label, how margins become probabilities, and what is out of scope."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from intent.card import Calibration
from intent.classifier import Dense, Linear
from intent.labels import Label
from intent.sentences import Sentences
from intent.training.calibration import calibrate, scope_threshold
from intent.training.cross_fitting import FOLDS, cross_fit
from intent.training.data.examples import Example
from intent.training.data.refusals import DataError
from intent.training.data.splitting import Splits
from intent.training.encoding import Built, Head, Tell
from intent.training.fitting import Hyperparameters, Indices, fit, means
from intent.training.numbering import numbered

HEAD_SHARE: Final = 0.3
"""Of a fine-tuned encoder's logits beside the margins of n-grams; chosen on Banking77's validation part."""


@dataclass(frozen=True)
class Fitted:
    """What was learned; below `threshold` a scope score is that of a text out of scope, None where nobody can tell."""

    linear: Linear
    calibration: Calibration
    threshold: float | None


@dataclass(frozen=True)
class Task:
    """What there is to learn from; `built` is a sentence encoder."""

    splits: Splits
    labels: Sequence[Label]
    built: Built | None
    seed: int
    hyperparameters: Hyperparameters

    def read(self, texts: Sequence[str]) -> Sentences:
        """Return `texts` as the model reads them."""
        return self.built.encoder.read(texts) if self.built else Sentences(texts)

    def fit(self, sentences: Sentences, truth: Indices) -> Linear:
        """Return the margins that tell `truth`."""
        return fit(sentences, truth, len(self.labels), self.seed, self.hyperparameters)

    def numbered(self, *parts: Sequence[Example]) -> tuple[list[str], Indices]:
        """Return the texts in scope and the numbers of their labels."""
        return numbered([example for part in parts for example in part], self.labels)


def learn(task: Task, tell: Tell) -> Fitted:
    """Learn all that a model is; raises DataError where a fine-tuned encoder leaves nothing to calibrate with."""
    if task.built and task.built.head:
        return _beside(task.built.head, task, tell)
    return _in_folds(task, tell)


def complete(fitted: Fitted, task: Task, tell: Tell) -> Fitted:
    """Return what is learned of all rows, on which the encoder of `task` was fine-tuned, calibrated as `fitted` is.

    No row is left that such a model has not seen, so that one of the same making without the validation part stands
    for it. Raises ValueError where the encoder was not fine-tuned.
    """
    if task.built is None or task.built.head is None:
        raise ValueError("without a fine-tuned encoder a model is of all rows already")
    texts, truth = task.numbered(task.splits.training, task.splits.validation)
    return replace(fitted, linear=_with(task.built.head, task, texts, truth, tell))


def _in_folds(task: Task, tell: Tell) -> Fitted:
    """Calibrate on margins of models that were each fitted without a part of the rows, and fit the last one on all."""
    texts, truth = task.numbered(task.splits.training, task.splits.validation)
    if task.built:
        tell(f"Encoding {len(texts):,} texts")
    sentences, outside = task.read(texts), task.read(_texts(task.splits.out_of_scope_validation))
    labels = len(task.labels)
    tell(f"Calibrating: fitting {len(texts):,} rows of {labels} labels in {FOLDS} parts")
    out_of_fold = cross_fit(sentences, truth, labels, outside, task.seed, task.hyperparameters)
    calibration = calibrate(out_of_fold.margins, truth)
    threshold = scope_threshold(out_of_fold.scope, out_of_fold.outside)
    tell("Fitting all of them")
    return Fitted(task.fit(sentences, truth), calibration, threshold)


def _beside(head: Head, task: Task, tell: Tell) -> Fitted:
    """Add n-grams to the head of a fine-tuned encoder, and calibrate on the validation part, which that did not see."""
    texts, truth = task.numbered(task.splits.validation)
    if not texts:
        raise DataError("a fine-tuned encoder needs validation rows to be calibrated with: give more rows")
    linear = _with(head, task, *task.numbered(task.splits.training), tell)
    tell("Calibrating by the validation part")
    margins, inside = linear.score(task.read(texts))
    outside = _texts(task.splits.out_of_scope_validation)
    threshold = scope_threshold(inside, linear.score(task.read(outside))[1]) if outside else None
    return Fitted(linear, calibrate(margins, truth), threshold)


def _with(head: Head, task: Task, texts: Sequence[str], truth: Indices, tell: Tell) -> Linear:
    tell(f"Encoding {len(texts):,} texts")
    vectors = task.read(texts).vectors
    if vectors is None:
        raise ValueError("a head is of an encoder's vectors")
    tell(f"Fitting {len(texts):,} rows")
    linear, share = task.fit(Sentences(texts), truth), np.float32(HEAD_SHARE)
    dense = Dense(head.weights * share, means(vectors, truth, len(task.labels)))
    return replace(linear, bias=linear.bias + head.bias * share, dense=dense)


def _texts(examples: Sequence[Example]) -> list[str]:
    return [example.text for example in examples]
