"""Asks a running service for the intents of the data's test part, as a client would."""

from collections.abc import Sequence
from csv import writer
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx2

from intent.labels import Label
from intent.training.data.encrypted import opened
from intent.training.data.examples import Example
from intent.training.data.reading import read
from intent.training.data.refusals import DataError
from intent.training.data.splitting import split

AT_ONCE: Final = 200
"""Texts of one request."""
SECONDS: Final = 60


class ServiceError(Exception):
    """The service did not answer as it should."""


@dataclass(frozen=True)
class Predicted:
    """How many rows were written, and which share of them has the intent that the data says."""

    rows: int
    accuracy: float


def predict(source: Path, test: Path | None, url: str, out: Path, seed: int) -> Predicted:
    """Write `ID,question,intent` of every row for testing to `out`; raises DataError and ServiceError."""
    with opened(source) as data_source:
        splits = split(read(data_source.folder, test=test), seed)
    examples = splits.testing
    if not examples:
        raise DataError("the data leaves no rows to test on")
    intents = _ask(url, [example.text for example in examples])
    rows = [
        [_id(example, number), example.text, intent] for number, (example, intent) in enumerate(zip(examples, intents))
    ]
    with out.open("w", encoding="utf-8", newline="") as file:
        writer(file).writerows([["ID", "question", "intent"], *rows])
    right = sum((type(each.label), each.label) == (type(intent), intent) for each, intent in zip(examples, intents))
    return Predicted(len(rows), right / len(rows))


def _id(example: Example, number: int) -> str | int:
    return number if example.id is None else example.id


def _ask(url: str, texts: Sequence[str]) -> list[Label]:
    found: list[Label] = []
    try:
        with httpx2.Client(base_url=url, timeout=SECONDS) as client:
            for start in range(0, len(texts), AT_ONCE):
                question = {"texts": texts[start : start + AT_ONCE], "n_best": 1}
                answer = client.post("/intent", json=question).raise_for_status().json()
                found += [result["intents"][0]["label"] for result in answer["results"]]
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        raise ServiceError(f"{url} did not answer: {error}. Start the service with `make api`.") from error
    except (LookupError, TypeError, ValueError) as error:
        raise ServiceError(f"What answers at {url} is no intent service.") from error
    if len(found) != len(texts):
        raise ServiceError(f"{url} answered {len(found):,} of {len(texts):,} texts.")
    return found
