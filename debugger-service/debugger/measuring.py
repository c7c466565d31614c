"""How right a model's predictions of a project are, by the labels that the rows have now."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal
from uuid import UUID

import numpy as np
from anyio import to_thread
from numpy.typing import NDArray
from sqlalchemy import and_, func, select
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from debugger.evidence import SPLITS, UNKNOWN
from debugger.filters.fields import OutOfSample, Served
from debugger.filters.finding import Finder
from debugger.metrics.classification import Figures, figures
from debugger.tables import Metrics, Prediction, PredictionRun, Row
from shared.refusals import ConflictError

Source = Literal["out_of_sample", "served"]
SOURCES: Final[dict[Source, Any]] = {"out_of_sample": OutOfSample, "served": Served}
LABELED: Final = (col(Row.label).is_not(None), col(Row.status) == "active")
"""The rows that answers are judged by."""


@dataclass(frozen=True)
class Answers:
    """The answers to n labeled rows, as numbers of classes; rows that are alike in both stand together."""

    classes: tuple[str, ...]
    labels: NDArray[np.int64]
    predicted: NDArray[np.int64]
    """`UNKNOWN` where there is no answer."""


async def answers(session: AsyncSession, finder: Finder, source: Source) -> Answers:
    """Return what a model answers to the labeled rows that are found; rows that are dropped are left out.

    Raises ConflictError where none of them has an answer.
    """
    found = SOURCES[source]
    query = finder.select(col(Row.label), found.label, func.count()).where(*LABELED)
    tallied = await session.execute(query.group_by(col(Row.label), found.label))
    numbered = _numbered(tallied.all())
    if not np.any(numbered.predicted != UNKNOWN):
        raise nothing_to_judge(source)
    return numbered


def nothing_to_judge(source: Source) -> ConflictError:
    """Return the error that says what to do where no row has both a label and an answer."""
    first = "analyse the project" if source == "out_of_sample" else "enrich the project"
    return ConflictError(f"There are no labeled rows with predictions: {first} first, or ask for other rows.")


async def measure(found: Answers) -> Figures | None:
    """Return how right the answers are, None where there are no rows."""
    if not len(found.labels):
        return None
    return await to_thread.run_sync(figures, found.labels, found.predicted, len(found.classes))


async def record(session: AsyncSession, project_id: UUID, run_id: UUID) -> None:
    """Keep how right a run's predictions are, of each split, in the project's history."""
    run = await session.get_one(PredictionRun, run_id)
    same = and_(col(Prediction.run_id) == run_id, col(Prediction.number) == col(Row.number))
    query = (
        select(col(Row.split), col(Row.label), col(Prediction.label), func.count())
        .join(Prediction, same)
        .where(col(Row.project_id) == project_id, *LABELED)
        .group_by(col(Row.split), col(Row.label), col(Prediction.label))
    )
    tallied = (await session.execute(query)).all()
    splits: dict[str, Any] = {}
    for split in (None, *SPLITS):
        own = [tuple(row[1:]) for row in tallied if split is None or row[0] == split]
        measured = await measure(_numbered(own))
        if measured is not None:
            splits[split or "all"] = _summary(measured)
    session.add(Metrics(project_id=project_id, version=run.version, source=run.source, model=run.model, summary=splits))


async def history(session: AsyncSession, project_id: UUID, before: UUID | None, limit: int) -> Sequence[Metrics]:
    """Return at most `limit` of what was recorded, the newest first."""
    query = select(Metrics).where(col(Metrics.project_id) == project_id)
    if before is not None:
        query = query.where(col(Metrics.id) < before)
    return (await session.execute(query.order_by(col(Metrics.id).desc()).limit(limit))).scalars().all()


def _numbered(tallied: Sequence[Any]) -> Answers:
    """Return the rows of which label, answer and number are tallied."""
    classes = sorted({label for cell in tallied for label in cell[:2] if label is not None})
    number = {label: index for index, label in enumerate(classes)}
    counts = [cell[2] for cell in tallied]
    labels = np.array([number[cell[0]] for cell in tallied], np.int64)
    predicted = np.array([UNKNOWN if cell[1] is None else number[cell[1]] for cell in tallied], np.int64)
    return Answers(tuple(classes), labels.repeat(counts), predicted.repeat(counts))


def _summary(measured: Figures) -> dict[str, Any]:
    return {
        "rows": measured.rows,
        "unanswered": measured.unanswered,
        "accuracy": _interval(measured.accuracy.value, measured.accuracy.low, measured.accuracy.high),
        "macro_f1": _interval(measured.macro_f1.value, measured.macro_f1.low, measured.macro_f1.high),
    }


def _interval(value: float, low: float, high: float) -> dict[str, float]:
    return {"value": value, "low": low, "high": high}
