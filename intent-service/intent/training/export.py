"""Writes a model's folder: the tensors, the card, the figures, and for people a report."""

import errno
import json
import os
from collections.abc import Callable, Mapping, Sequence
from csv import writer
from dataclasses import asdict
from datetime import UTC, datetime
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from shutil import copyfile, rmtree
from tempfile import mkdtemp
from typing import Any, Final

import numpy as np
from safetensors.numpy import save

from intent.card import CARD, EXAMPLES, METRICS, NETWORK, REPORT, TENSORS, TOKENIZER, Card
from intent.classifier import Linear
from intent.labels import Label
from intent.training.data.examples import Example
from intent.training.encoding import Built
from intent.training.evaluation import Evaluation
from intent.training.learning import Fitted
from intent.training.report import Report, write_figures, write_html

CONFUSION: Final = "confusion.csv"
PACKAGES: Final = ("numpy", "scipy", "scikit-learn", "flotilla-intent")


def export(
    folder: Path,
    fitted: Fitted,
    examples: Sequence[Example],
    report: Report,
    seed: int,
    built: Built | None = None,
    write_log: Callable[[Path], None] | None = None,
) -> Path:
    """Write the model as a new folder of `folder`, named by its version, and return it.

    It appears there whole, in place of one of the same version. The texts are kept only where they may be. `write_log`
    is given the folder to add how the hyperparameters were found.
    """
    tensors = _tensors(fitted.linear)
    decisive = [report.labels, fitted.calibration.slopes, fitted.threshold, report.data_sha256, seed]
    encoding = built.encoding if built else None
    card = Card(
        version=_version(tensors, [*decisive, encoding.model_dump()] if encoding else decisive),
        created_at=datetime.now(UTC),
        labels=report.labels,
        calibration=fitted.calibration,
        scope_threshold=fitted.threshold,
        encoder=encoding,
        data_sha256=report.data_sha256,
        training_rows=len(examples),
        seed=seed,
        accuracy=report.evaluation.accuracy.value if report.evaluation else None,
        packages={name: version(name) for name in PACKAGES},
    )
    require_writable(folder)
    draft = Path(mkdtemp(dir=folder, prefix=".draft-"))
    try:
        _write(draft, tensors, card, examples, report)
        if built is not None:
            for name in (NETWORK, TOKENIZER):
                copyfile(built.folder / name, draft / name)
        if write_log is not None:
            write_log(draft)
        target = folder / card.version
        if target.exists():
            rmtree(target)
        draft.chmod(0o755)
        draft.rename(target)
    finally:
        rmtree(draft, ignore_errors=True)
    return target


def require_writable(folder: Path) -> None:
    """Make `folder` if it is not there; raises OSError where no model can be written to it."""
    folder.mkdir(parents=True, exist_ok=True)
    # Asked and not tried: what a trial writes would stay if the run were ended in that moment.
    if not os.access(folder, os.W_OK | os.X_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(folder))


def _tensors(linear: Linear) -> bytes:
    tensors = {
        "hashes": linear.vocabulary.hashes,
        "rarity": linear.vocabulary.weights,
        "word_share": np.array([linear.vocabulary.word_share]),
        "weights": linear.weights,
        "bias": linear.bias,
    }
    if linear.dense is not None:
        tensors |= {"dense_weights": linear.dense.weights, "means": linear.dense.means}
    return save({name: np.ascontiguousarray(tensor) for name, tensor in tensors.items()})


def _version(tensors: bytes, others: Sequence[object]) -> str:
    return sha256(tensors + json.dumps(others).encode()).hexdigest()[:12]


def _write(folder: Path, tensors: bytes, card: Card, examples: Sequence[Example], report: Report) -> None:
    (folder / TENSORS).write_bytes(tensors)
    (folder / CARD).write_text(card.model_dump_json(indent=2) + "\n", encoding="utf-8")
    if not report.confidential:
        lines = [json.dumps({"text": each.text, "label": each.label}, ensure_ascii=False) for each in examples]
        (folder / EXAMPLES).write_text("\n".join(lines) + "\n", encoding="utf-8")
    if report.evaluation is not None:
        (folder / METRICS).write_text(_json(metrics_of(report.evaluation)), encoding="utf-8")
        _write_confusion(folder / CONFUSION, report.evaluation, report.labels)
        write_figures(folder, report.evaluation, report.labels)
    write_html(folder / REPORT, card, report)


def metrics_of(evaluation: Evaluation) -> Mapping[str, Any]:
    """Return all figures without a text of the data."""
    return {name: value for name, value in asdict(evaluation).items() if name != "mistakes"}


def _json(value: object) -> str:
    return json.dumps(value, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def _write_confusion(path: Path, evaluation: Evaluation, labels: Sequence[Label]) -> None:
    rows = [["true \\ predicted", *labels], *([label, *row] for label, row in zip(labels, evaluation.confusion))]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer(file).writerows(rows)
