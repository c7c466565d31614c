"""The stages of an analysis, in their order; each reads what those before it wrote into the folder."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np

from debugger.analysis.folder import ENCODED, SERVED, Folder
from debugger.arrays import EMBEDDER, MODEL
from debugger.evidence import UNKNOWN, features, linear
from debugger.evidence import cross_validation as validation
from debugger.evidence.clusters import cluster
from debugger.evidence.neighbours import nearest
from debugger.evidence.noise import judge
from debugger.issues import KINDS
from debugger.issues.base import Issue, Kind

FEATURES: Final = "features"


@dataclass(frozen=True)
class Outcome:
    """What a stage found."""

    arrays: Sequence[str] = ()
    """Those in the folder that are to be stored."""

    kind: str | None = None
    issues: Sequence[Issue] = ()


@dataclass(frozen=True)
class Stage:
    """A part of the work, and about how much of it that is."""

    name: str
    weight: float
    compute: Callable[[Folder], Outcome]


def run(stage: int, path: Path) -> Outcome:
    """Compute a stage: what a process is started for."""
    return STAGES[stage].compute(Folder(path))


def _embed(folder: Folder) -> Outcome:
    """Make features of the texts, from which the rest comes, and of an encoder's vectors, if any, the embedding."""
    embedder, vectors = features.fit(folder.texts())
    folder.write(FEATURES, vectors)
    folder.write("embedding", folder.read(ENCODED) if folder.has(ENCODED) else features.embedding_of(vectors))
    arrays = {EMBEDDER + name: array for name, array in embedder.to_arrays().items()}
    for name, array in arrays.items():
        folder.write(name, array)
    stated = ("numbers", FEATURES, "embedding", *arrays)
    return Outcome((*stated, SERVED) if folder.has(SERVED) else stated)


def _find_neighbours(folder: Folder) -> Outcome:
    found = nearest(folder.read("embedding"))
    folder.write("neighbours", found.positions)
    folder.write("similarities", found.similarities)
    folder.write("clusters", cluster(folder.read("embedding")))
    return Outcome(("neighbours", "similarities", "clusters"))


def _fit(fold: int, folder: Folder) -> Outcome:
    """Ask a model of the other folds about the rows of one, and another one that goes by an encoder's vectors."""
    return Outcome([_fit_one(kind, fold, folder) for kind in _kinds(folder)])


def _fit_one(kind: str, fold: int, folder: Folder) -> str:
    """Write the logits of a fold by one kind of vectors, and return the array's name."""
    labels = folder.read("labels")
    folds = validation.assign_folds(labels)
    logits = validation.fit_fold(folder.read(kind), labels, len(folder.classes()), folds, fold)
    folder.write(f"logits.{kind}.{fold}", logits)
    return f"logits.{kind}.{fold}"


def _fit_all(folder: Folder) -> Outcome:
    """Fit a model on all labeled rows, which any text can be asked of, and ask it about the rows without a label."""
    labels, vectors = folder.read("labels"), folder.read(FEATURES)
    model = linear.fit(vectors, labels, len(folder.classes()))
    logits = []
    for fold in np.unique(validation.assign_folds(labels)[labels == UNKNOWN]).tolist():
        logits = [f"logits.{FEATURES}.{fold}", *(_fit_one(kind, fold, folder) for kind in _kinds(folder)[1:])]
        folder.write(logits[0], model.logits(vectors[labels == UNKNOWN]))
    arrays = {MODEL + name: array for name, array in model.to_arrays().items()}
    arrays[MODEL + "scale"] = np.array(validation.scale_of(_logits(folder, FEATURES), labels))
    for name, array in arrays.items():
        folder.write(name, array)
    return Outcome((*arrays, *logits))


def _combine(folder: Folder) -> Outcome:
    """Make probabilities of the logits of all folds, the mean of both models, and judge every label by them."""
    labels = folder.read("labels")
    folder.write("probabilities", validation.average(*(_probabilities(folder, kind) for kind in _kinds(folder))))
    evidence = folder.evidence()
    scores = judge(evidence.probabilities, evidence.labels, evidence.neighbours).scores
    folder.write("label_error_scores", np.where(labels == UNKNOWN, 0, scores).astype(np.float32).clip(0, 1))
    return Outcome(("probabilities", "label_error_scores"))


def _kinds(folder: Folder) -> Sequence[str]:
    """Return the arrays of vectors that models are fitted on, each by itself."""
    return (FEATURES, ENCODED) if folder.has(ENCODED) else (FEATURES,)


def _probabilities(folder: Folder, kind: str) -> features.Floats:
    logits = _logits(folder, kind)
    return validation.calibrate(logits, folder.read("labels")) if logits.shape[1] else logits


def _logits(folder: Folder, kind: str) -> features.Floats:
    """Return (n, classes) those of all folds."""
    folds = validation.assign_folds(folder.read("labels"))
    logits = np.zeros((len(folds), len(folder.classes())), np.float32)
    for fold in validation.fold_numbers(folds):
        logits[folds == fold] = folder.read(f"logits.{kind}.{fold}")
    return logits


def _find_issues(kind: Kind, folder: Folder) -> Outcome:
    return Outcome(kind=kind.name, issues=kind.find(folder.evidence()))


STAGES: Final[tuple[Stage, ...]] = (
    Stage("embedding", 10, _embed),
    Stage("neighbours", 5, _find_neighbours),
    *(Stage(f"fold {fold + 1} of {validation.FOLDS}", 10, partial(_fit, fold)) for fold in range(validation.FOLDS)),
    Stage("model", 10, _fit_all),
    Stage("probabilities", 3, _combine),
    *(Stage(kind.title.lower(), 1, partial(_find_issues, kind)) for kind in KINDS),
)
