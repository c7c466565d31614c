"""How long the audit takes, given features and probabilities, beside cleanlab's Datalab."""

import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Final

import numpy as np

from benchmarks.debugger.cache import Cache
from benchmarks.debugger.data import Data
from benchmarks.debugger.predicting import ENCODER, TFIDF, Floats, Predictor
from debugger.evidence import Evidence
from debugger.evidence.features import embedding_of
from debugger.evidence.neighbours import nearest
from debugger.issues import KINDS
from shared.settings import cache_folder

PEERS: Final = Path(__file__).parent / "peers"
TESTED: Final = 5
"""Every so manieth row counts as one of the test split."""


@dataclass(frozen=True)
class Given:
    """What both get."""

    data: Data
    embedding: Floats
    probabilities: Floats


def compare(data: Data, sizes: Sequence[int], encoder: str | None, cache: Cache) -> None:
    """Print seconds for each number of rows."""
    python = _installed()
    for size in sizes:
        given = _given(grown(data, size), encoder, cache)
        print(f"\n{size:,} rows, {len(data.classes)} classes, features of {given.embedding.shape[1]} dimensions")
        ours, theirs = _ours(given), _datalab(python, given)
        print(f"  {'debugger, in all':26}{ours:8.2f} s")
        print(f"  {'Datalab':26}{theirs:8.2f} s, so x {ours / theirs:.2f}")


def grown(data: Data, size: int) -> Data:
    """Return `size` rows: those of `data`, then such as begin like one row and end like another of the same class."""
    rng = np.random.default_rng(0)
    texts, labels = list(data.texts[:size]), data.labels[:size].tolist()
    rows = [np.flatnonzero(data.labels == number) for number in range(len(data.classes))]
    while len(texts) < size:
        number = int(rng.integers(len(rows)))
        one, other = (data.texts[row].split() for row in rng.choice(rows[number], 2))
        texts.append(" ".join([*one[: len(one) // 2], *other[len(other) // 2 :]]) or "none")
        labels.append(number)
    return Data(f"{data.name} x {size}", tuple(texts), np.array(labels, np.int32), data.classes)


def _given(data: Data, encoder: str | None, cache: Cache) -> Given:
    predictor = Predictor(data, cache, encoder)
    predicted = predictor.predict(predictor.names[-1], data.labels, "as they are").probabilities
    features = predictor.features[ENCODER] if encoder else embedding_of(predictor.features[TFIDF])
    return Given(data, features, predicted)


def _ours(given: Given) -> float:
    """Return the seconds of the search for neighbours and of all kinds of issue."""
    size = len(given.data.texts)
    started = perf_counter()
    neighbours = nearest(given.embedding)
    print(f"  {'neighbours':26}{perf_counter() - started:8.2f} s")
    evidence = Evidence(
        numbers=np.arange(1, size + 1),
        texts=given.data.texts,
        classes=given.data.classes,
        labels=given.data.labels,
        splits=np.where(np.arange(size) % TESTED, 0, 2).astype(np.int8),
        out_of_scope=np.zeros(size, np.bool_),
        scores=np.full(size, np.nan, np.float32),
        probabilities=given.probabilities,
        embedding=given.embedding,
        neighbours=neighbours,
    )
    for kind in KINDS:
        before = perf_counter()
        issues = kind.find(evidence)
        print(f"  {kind.name:26}{perf_counter() - before:8.2f} s, {len(issues):,} issues")
    return perf_counter() - started


def _datalab(python: Path, given: Given) -> float:
    """Return the seconds that it measures itself, without its start."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "given.npz"
        np.savez(path, labels=given.data.labels, features=given.embedding, probabilities=given.probabilities)
        done = subprocess.run([python, PEERS / "datalab.py", path], capture_output=True, text=True, check=True)
    return float(done.stdout.split()[-1])


def _installed() -> Path:
    """Return the interpreter of the peer's environment, made if need be."""
    folder = cache_folder("benchmarks") / "debugger-peers" / "datalab"
    python, done = folder / "bin" / "python", folder / "installed.txt"
    wanted = (PEERS / "datalab.txt").read_text(encoding="utf-8")
    if not (python.exists() and done.exists() and done.read_text(encoding="utf-8") == wanted):
        print(f"Installing cleanlab's Datalab in {folder} …", flush=True)
        subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
        install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*install, "-r", str(PEERS / "datalab.txt")], check=True)
        done.write_text(wanted, encoding="utf-8")
    return python
