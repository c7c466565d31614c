"""When to stop reviewing: what the decisions so far say of the rows that nobody has decided on."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from anyio import to_thread
from sqlalchemy import and_, or_, select
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from debugger.arrays import Arrays
from debugger.metrics.review import ERROR, RIGHT, UNDECIDED, Outlook, Review
from debugger.tables import Analysis, Change, Row, Version

SCORES: Final = "label_error_scores"
"""The array of an analysis with the score of every row, 0 where it has no label."""

STEPS: Final = (20, 50, 100, 200, 500)
"""Rows to look at next, of which is told what they hold."""

ERRORS: Final = frozenset({"relabel", "drop", "out_of_scope"})
"""The decisions that say that a label was wrong."""

AT_ONCE: Final = 20
"""Nobody looks at more rows one by one and then decides on all of them: what is decided so says nothing of others."""


@dataclass(frozen=True)
class Budget:
    """What was found so far, and what is to be expected."""

    decided: int
    errors: int
    next: tuple[Outlook, ...]
    left: Outlook


async def budget(session: AsyncSession, arrays: Arrays, analysis: Analysis) -> Budget:
    """Return how many label errors are likely to be left; raises NotFoundError as `Arrays.get` does."""
    numbers = await arrays.get(session, analysis.id, "numbers")
    scores = (await arrays.get(session, analysis.id, SCORES)).astype(np.float64)
    outcomes = np.full(len(numbers), UNDECIDED, np.int64)
    in_bulk = np.zeros(len(numbers), np.bool_)
    same = and_(
        col(Change.project_id) == col(Row.project_id),
        col(Change.number) == col(Row.number),
        col(Change.version) == col(Row.version),
    )
    made = and_(col(Version.project_id) == col(Row.project_id), col(Version.number) == col(Row.version))
    # Since then classes may have been merged or renamed, in a version with more rows.
    is_decision = or_(col(Version.action) == "accept", col(Version.action) == col(Row.decision))
    is_bulk = and_(is_decision, col(Version.changed) > AT_ONCE)
    query = (
        select(col(Row.number), col(Row.decision), col(Change.score), is_bulk)
        .join(Change, same)
        .join(Version, made)
        .where(col(Row.project_id) == analysis.project_id, col(Row.decision).is_not(None))
    )
    for number, decision, score, with_many in await session.execute(query):
        position = int(np.searchsorted(numbers, number))
        if position < len(numbers) and numbers[position] == number:
            outcomes[position] = ERROR if decision in ERRORS else RIGHT
            scores[position] = scores[position] if score is None else score
            in_bulk[position] = with_many
    labeled = scores > 0
    return await to_thread.run_sync(outlooks, scores[labeled], outcomes[labeled], in_bulk[labeled])


def outlooks(scores: np.ndarray, outcomes: np.ndarray, in_bulk: np.ndarray) -> Budget:
    """Return what (n,) outcomes say; of those `in_bulk` only that they are decided."""
    undecided = int((outcomes == UNDECIDED).sum())
    with threadpool_limits(1):  # of so small matrices several threads mostly wait for each other
        review = Review(scores[~in_bulk], outcomes[~in_bulk])
        return Budget(
            decided=len(outcomes) - undecided,
            errors=int((outcomes == ERROR).sum()),
            next=tuple(review.outlook(rows) for rows in STEPS if rows < undecided),
            left=review.left(),
        )
