"""The stages of an analysis, in their order; each reads what those before it wrote into the folder."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np

from debugger.analysis.folder import Folder
from debugger.arrays import EMBEDDER
from debugger.evidence import UNKNOWN, features
from debugger.evidence import cross_validation as validation
from debugger.evidence.clusters import cluster
from debugger.evidence.neighbours import nearest
from debugger.evidence.noise import judge
from debugger.issues import KINDS
from debugger.issues.base import Issue, Kind

FOLDS: Final = validation.FOLDS + 1
"""One more: of the rows without a label."""


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
    """Make features of the texts, from which the rest comes."""
    embedder, vectors = features.fit(folder.texts())
    folder.write("features", vectors)
    folder.write("embedding", features.embedding_of(vectors))
    arrays = {EMBEDDER + name: array for name, array in embedder.to_arrays().items()}
    for name, array in arrays.items():
        folder.write(name, array)
    stated = ("numbers", "features", "embedding", *arrays)
    return Outcome(stated)


def _find_neighbours(folder: Folder) -> Outcome:
    found = nearest(folder.read("embedding"))
    folder.write("neighbours", found.positions)
    folder.write("similarities", found.similarities)
    folder.write("clusters", cluster(folder.read("embedding")))
    return Outcome(("neighbours", "similarities", "clusters"))


def _fit(fold: int, folder: Folder) -> Outcome:
    """Ask a model of the other folds about the rows of one."""
    labels = folder.read("labels")
    folds = validation.assign_folds(labels)
    logits = validation.fit_fold(folder.read("features"), labels, len(folder.classes()), folds, fold)
    folder.write(f"logits.{fold}", logits)
    return Outcome((f"logits.{fold}",))


def _combine(folder: Folder) -> Outcome:
    """Make probabilities of the logits of all folds, and judge every label by them."""
    labels, classes = folder.read("labels"), len(folder.classes())
    folds = validation.assign_folds(labels)
    logits = np.zeros((len(labels), classes), np.float32)
    for fold in validation.fold_numbers(folds):
        logits[folds == fold] = folder.read(f"logits.{fold}")
    folder.write("probabilities", validation.calibrate(logits, labels) if classes else logits)
    evidence = folder.evidence()
    scores = judge(evidence.probabilities, evidence.labels, evidence.neighbours).scores
    folder.write("label_error_scores", np.where(labels == UNKNOWN, 0, scores).astype(np.float32).clip(0, 1))
    return Outcome(("probabilities", "label_error_scores"))


def _find_issues(kind: Kind, folder: Folder) -> Outcome:
    return Outcome(kind=kind.name, issues=kind.find(folder.evidence()))


STAGES: Final[tuple[Stage, ...]] = (
    Stage("embedding", 10, _embed),
    Stage("neighbours", 5, _find_neighbours),
    *(Stage(f"fold {fold + 1} of {FOLDS}", 10, partial(_fit, fold)) for fold in range(FOLDS)),
    Stage("probabilities", 3, _combine),
    *(Stage(kind.title.lower(), 1, partial(_find_issues, kind)) for kind in KINDS),
)
