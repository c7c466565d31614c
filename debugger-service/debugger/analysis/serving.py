"""What the model in use says of the rows, as probabilities of the classes that the data has."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from debugger.tables import Prediction, Project

Said = Sequence[tuple[int, Sequence[str], Sequence[float]]]
"""Numbers of rows, each with the labels that were named and how sure the model is of them."""


async def said(session: AsyncSession, project_id: UUID) -> Said:
    """Return what the project's newest predictions by a served model are; nothing where there are none."""
    run = select(col(Project.served_run_id)).where(col(Project.id) == project_id).scalar_subquery()
    columns: Any = (col(Prediction.number), col(Prediction.labels), col(Prediction.confidences))
    found = await session.execute(select(*columns).where(col(Prediction.run_id) == run))
    return [(number, labels, confidences) for number, labels, confidences in found]


def probabilities(said: Said, numbers: NDArray[np.int64], classes: Sequence[str]) -> NDArray[np.float32]:
    """Return (n, k) probabilities, each row summing to 1, or of NaN where nothing is said; `numbers` are ascending.

    What the named labels leave of 1, and what is said of labels that no row has, is spread evenly over the classes that
    are not named: so a confidence stays what the model said, and is never made greater.
    """
    found = np.full((len(numbers), len(classes)), np.nan, np.float32)
    position = {name: index for index, name in enumerate(classes)}
    for number, labels, confidences in said:
        row = int(np.searchsorted(numbers, number))
        if row < len(numbers) and numbers[row] == number and len(classes):
            known = {position[label]: value for label, value in zip(labels, confidences) if label in position}
            found[row] = _spread(known, len(classes))
    return found


def _spread(named: dict[int, float], classes: int) -> NDArray[np.float32]:
    total = sum(named.values())
    unnamed = classes - len(named)
    row = np.full(classes, max(0.0, 1 - total) / max(1, unnamed), np.float64)
    row[list(named)] = list(named.values())
    whole = row.sum()
    return (row / whole if whole > 0 else np.full(classes, 1 / classes)).astype(np.float32)
