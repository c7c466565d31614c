"""How many images a tag or a dataset has, without counting them each time."""

from collections.abc import Iterable, Mapping
from typing import Final
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, ScalarSelect, Uuid, bindparam, func, select, text
from sqlalchemy.orm import Mapped
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from catalog.tables import Counter

_ADD: Final = text("""
    INSERT INTO counters (subject, slot, value)
    SELECT subject, pg_backend_pid() % 16, delta FROM unnest(:subjects, :deltas) AS change (subject, delta)
    ON CONFLICT (subject, slot) DO UPDATE SET value = counters.value + excluded.value
""").bindparams(bindparam("subjects", type_=ARRAY(Uuid)), bindparam("deltas", type_=ARRAY(BigInteger)))


async def add(session: AsyncSession, changes: Mapping[UUID, int]) -> None:
    """Add each delta to the counter of its subject.

    A connection writes its own slot, so that many at work on the same tag do not queue up, and all go through the
    subjects in the same order, so that none waits for the other in a circle.
    """
    changed = sorted((subject, delta) for subject, delta in changes.items() if delta)
    if changed:
        subjects, deltas = zip(*changed, strict=True)
        await session.execute(_ADD, {"subjects": list(subjects), "deltas": list(deltas)})


async def remove(session: AsyncSession, subjects: Iterable[UUID]) -> None:
    """Forget the counters of `subjects`."""
    await session.execute(text("DELETE FROM counters WHERE subject = ANY(:subjects)"), {"subjects": list(subjects)})


def count_of(subject: Mapped[UUID]) -> ScalarSelect[int]:
    """Return the SQL expression of how many images `subject` has."""
    return select(func.coalesce(func.sum(Counter.value), 0)).where(col(Counter.subject) == subject).scalar_subquery()
