"""Trains on public data sets as `python -m intent.training run` does, beside scikit-learn's own parts for the same."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.pipeline import Pipeline, make_pipeline, make_union
from sklearn.svm import LinearSVC

from intent.training.data.reading import read
from intent.training.encoding import Build
from intent.training.evaluation import Evaluation
from intent.training.running import run


@dataclass(frozen=True)
class Judged:
    """A model of one data set, and the seconds of all of its training and of scikit-learn's fit alone."""

    name: str
    folder: Path
    evaluation: Evaluation
    seconds: float
    reference_seconds: float
    reference_accuracy: float


def judge(name: str, source: Path, test: Path | None, out: Path, seed: int, build: Build | None) -> Judged:
    """Train on `source`, and judge on its test part, or on `test`."""
    started = perf_counter()
    trained = run(source, test, out, seed, lambda _: None, build=build)
    seconds = perf_counter() - started
    assert trained.evaluation is not None
    data = read(source, test=test)
    rows = [(each.text, str(each.label)) for each in (*data.training, *data.validation) if each.label is not None]
    started = perf_counter()
    model = reference().fit(*_columns(rows))
    reference_seconds = perf_counter() - started
    texts, labels = _columns([(each.text, str(each.label)) for each in data.testing if each.label is not None])
    accuracy = float(model.score(texts, labels))
    return Judged(name, trained.folder, trained.evaluation, seconds, reference_seconds, accuracy)


def reference() -> Pipeline:
    """Return scikit-learn's TF-IDF of one and two words and of 2 to 5 characters, with a linear SVM."""
    words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True)
    characters = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True)
    return make_pipeline(make_union(words, characters), LinearSVC())


def _columns(rows: Sequence[tuple[str, str]]) -> tuple[list[str], list[str]]:
    return [text for text, _ in rows], [label for _, label in rows]
