"""Whether the confidences of a model's predictions of a project can be taken for probabilities."""

from dataclasses import dataclass

import numpy as np
from anyio import to_thread
from numpy.typing import NDArray
from sqlalchemy import func
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from debugger.arrays import Arrays
from debugger.evidence import UNKNOWN
from debugger.filters.finding import Finder
from debugger.measuring import LABELED, SOURCES, Source, nothing_to_judge
from debugger.metrics.calibration import Calibration, brier, calibration
from debugger.metrics.intervals import Interval
from debugger.tables import Analysis, Row


@dataclass(frozen=True)
class Calibrated:
    """How far a model's confidences are from how often it is right, by the labels as they are now."""

    rows: int
    calibration: Calibration
    brier: Interval | None
    """None where not all probabilities are known."""


async def calibrated(
    session: AsyncSession, arrays: Arrays, finder: Finder, source: Source, analysis: Analysis | None
) -> Calibrated:
    """Judge the answers to the labeled rows that are found; raises ConflictError where there are none.

    Of each prediction a few classes are stored, so Brier's score is told of all rows of an analysis alone.
    """
    said = SOURCES[source]
    # As arrays, not rows: of 100,000 rows these come ten times as fast.
    columns = (func.array_agg(said.confidence), func.array_agg(said.label == col(Row.label)))
    query = finder.select(*columns).where(*LABELED, said.confidence.is_not(None))
    confidences, right = (await session.execute(query)).one()
    if not confidences:
        raise nothing_to_judge(source)
    judged = await to_thread.run_sync(calibration, np.array(confidences, np.float64), np.array(right, np.bool_))
    score = None
    if finder.tree is None and source == "out_of_sample" and analysis is not None:
        score = await _brier(session, arrays, finder, analysis)
    return Calibrated(len(confidences), judged, score)


async def _brier(session: AsyncSession, arrays: Arrays, finder: Finder, analysis: Analysis) -> Interval | None:
    query = finder.select(func.array_agg(col(Row.number)), func.array_agg(col(Row.label))).where(*LABELED)
    wanted, labels = (await session.execute(query)).one()
    numbers = await arrays.get(session, analysis.id, "numbers")
    probabilities = await arrays.get(session, analysis.id, "probabilities")
    labeled = dict(zip(wanted or (), labels or ()))
    return await to_thread.run_sync(_scored, probabilities, numbers, analysis.classes, labeled)


def _scored(
    probabilities: NDArray[np.float32], numbers: NDArray[np.int64], classes: list[str], labeled: dict[int, str]
) -> Interval | None:
    """Return the score of the rows whose number and label the analysis knew."""
    position = {label: index for index, label in enumerate(classes)}
    labels = np.array([position.get(label, UNKNOWN) for label in labeled.values()], np.int64)
    wanted = np.array(list(labeled), np.int64)
    places = np.searchsorted(numbers, wanted).clip(max=max(0, len(numbers) - 1))
    known = (labels != UNKNOWN) & (numbers[places] == wanted)
    return brier(probabilities[places[known]], labels[known]) if known.any() else None
