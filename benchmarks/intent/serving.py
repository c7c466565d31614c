"""How long one text takes over HTTP and how many go through in batches, beside scikit-learn without HTTP."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from http.client import HTTPConnection
from itertools import cycle, islice
from json import dumps
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Final
from urllib.parse import quote, urlsplit

from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline, make_union

from intent.training.data.reading import read
from shared.testing import server_process

BATCH: Final = 32
LARGE: Final = 200


@dataclass(frozen=True)
class Speed:
    """Milliseconds for one text, the median, and texts per second in batches of `BATCH` and of `LARGE`."""

    one: float
    batches: float
    large_batches: float


def of_service(model: Path, texts: Sequence[str], seconds: float) -> Speed:
    """Ask the service, as a process of its own, over one connection that is kept."""
    with server_process("intent", "INTENT_", {"INTENT_MODEL_DIR": str(model.parent), "INTENT_LOG_LEVEL": "error"}) as (
        _,
        url,
    ):
        connection = HTTPConnection(urlsplit(url).netloc)

        def ask_one(several: Sequence[str]) -> None:
            _ask(connection, "GET", f"/intent?query={quote(several[0])}&version={model.name}", None)

        def ask_all(several: Sequence[str]) -> None:
            _ask(connection, "POST", f"/intent?version={model.name}", dumps({"texts": several, "n_best": 1}).encode())

        return _speed(ask_one, ask_all, texts, seconds)


def of_scikit_learn(source: Path, test: Path | None, texts: Sequence[str], seconds: float) -> Speed:
    """Ask TF-IDF with logistic regression in this process."""
    data = read(source, test=test)
    examples = [each for each in data.training if each.label is not None]
    words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True)
    characters = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True)
    model = make_pipeline(make_union(words, characters), LogisticRegression(max_iter=50))
    model.fit([each.text for each in examples], [str(each.label) for each in examples])
    return _speed(model.predict_proba, model.predict_proba, texts, seconds)


def _speed(
    ask_one: Callable[[Sequence[str]], object],
    ask_all: Callable[[Sequence[str]], object],
    texts: Sequence[str],
    seconds: float,
) -> Speed:
    one = median(_times(ask_one, texts, 1, seconds)) * 1000
    return Speed(one, *(size / median(_times(ask_all, texts, size, seconds)) for size in (BATCH, LARGE)))


def _times(ask: Callable[[Sequence[str]], object], texts: Sequence[str], size: int, seconds: float) -> list[float]:
    endless = cycle(texts)
    times: list[float] = []
    ask(list(islice(endless, size)))
    ends = perf_counter() + seconds
    while not times or perf_counter() < ends:
        several = list(islice(endless, size))
        started = perf_counter()
        ask(several)
        times.append(perf_counter() - started)
    return times


def _ask(connection: HTTPConnection, method: str, path: str, body: bytes | None) -> None:
    connection.request(method, path, body, {"Content-Type": "application/json"} if body else {})
    answer = connection.getresponse()
    content = answer.read()
    if answer.status != 200:
        raise RuntimeError(f"{method} {path}: {answer.status} {content[:500]!r}")
