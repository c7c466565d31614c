"""What a model makes of one text, and of the same text hardly changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

import numpy as np
from anyio import to_thread
from sqlmodel.ext.asyncio.session import AsyncSession

from debugger.arrays import Arrays
from debugger.behaviour.attribution import Attribution, asked_about, attribute
from debugger.behaviour.perturbations import PERTURBATIONS, perturbed
from debugger.behaviour.perturbed import Perturbed
from debugger.behaviour.predictor import Predictor, probabilities
from debugger.clients.sentences import Sentences
from debugger.filters.fields import Scope
from debugger.looking_up import numbers_of, similarities_to
from debugger.predictors import Asked
from debugger.tables import Row
from shared.refusals import NotFoundError

BEST: Final = 5
"""So many of the most probable classes are told."""
NEIGHBOURS: Final = 5
MAX_VARIANTS: Final = 60
"""So many changed texts are asked about."""
ENGLISH: Final = "en"


@dataclass(frozen=True)
class Answer:
    """The most probable classes, the first first, and what the answer rests on."""

    labels: Sequence[str]
    confidences: Sequence[float]
    attribution: Attribution


@dataclass(frozen=True)
class Varied:
    """A changed text, and the answer to it."""

    perturbed: Perturbed
    label: str
    confidence: float
    flips: bool
    """Whether it is another answer than that to the text itself."""


@dataclass(frozen=True)
class Tried:
    """The answer to a text, and the answers to what it was changed to, those that flip first."""

    answer: Answer
    variants: Sequence[Varied]


async def explain(asked: Asked, text: str) -> Answer:
    """Return the answer and which words it rests on; raises RefusalError, and WrongAnswerError."""
    heard = await asked.about(asked_about(text))
    return await to_thread.run_sync(_answer, heard.predictor, text)


async def try_text(asked: Asked, text: str, language: str) -> Tried:
    """Return that, and what becomes of the answer when the text hardly changes; raises as `explain`."""
    changed = await to_thread.run_sync(_changed, text, language)
    heard = await asked.about([*asked_about(text), *(each.text for each in changed)])
    return await to_thread.run_sync(_tried, heard.predictor, text, changed)


async def nearest(
    arrays: Arrays, sentences: Sentences, session: AsyncSession, scope: Scope, text: str
) -> dict[int, float]:
    """Return the numbers and similarities of the rows that are most like a text, the most similar first.

    Raises ConflictError where the project is not analysed, and what `similarities_to` raises.
    """
    similarities = await similarities_to(arrays, sentences, session, scope, text)
    numbers = await numbers_of(arrays, session, scope)
    order = np.argsort(-similarities, kind="stable")[:NEIGHBOURS]
    return {int(numbers[place]): float(similarities[place]) for place in order}


async def text_of(session: AsyncSession, project_id: UUID, number: int) -> str:
    """Return a row's text; raises NotFoundError."""
    row = await session.get(Row, (project_id, number))
    if row is None:
        raise NotFoundError(f"The project has no row {number}.")
    return row.text


def _changed(text: str, language: str) -> list[Perturbed]:
    is_english = language.partition("-")[0].lower() == ENGLISH
    chosen = [each for each in PERTURBATIONS.values() if is_english or not each.is_english]
    return perturbed(text, chosen)[:MAX_VARIANTS]


def _answer(predictor: Predictor, text: str) -> Answer:
    (answer,) = probabilities(predictor, [text])
    best = np.argsort(-answer, kind="stable")[:BEST].tolist()
    labels = [predictor.classes[position] for position in best]
    return Answer(labels, answer[best].tolist(), attribute(predictor, text))


def _tried(predictor: Predictor, text: str, changed: Sequence[Perturbed]) -> Tried:
    answer = _answer(predictor, text)
    answers = probabilities(predictor, [each.text for each in changed])
    winners = answers.argmax(axis=1).tolist() if changed else []
    variants = [
        Varied(each, predictor.classes[winner], float(row[winner]), predictor.classes[winner] != answer.labels[0])
        for each, row, winner in zip(changed, answers, winners)
    ]
    return Tried(answer, sorted(variants, key=lambda each: (not each.flips, -each.confidence if each.flips else 0)))
