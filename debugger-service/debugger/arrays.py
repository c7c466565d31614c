"""Arrays of analyses, in the database in parts; those used last are kept in memory."""

from io import BytesIO
from typing import Any, Final
from uuid import UUID

import numpy as np
from cachetools import LRUCache
from numpy.typing import NDArray
from sqlalchemy import delete
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from debugger.tables import StoredArray
from shared.refusals import NotFoundError

PART_BYTES: Final = 4 << 20
MAX_KEPT_BYTES: Final = 512 << 20
EMBEDDER: Final = "embedder."
"""Before the names of the arrays that an embedder is made of."""

MAP: Final = "map"
"""The array with the positions of the rows on the map; it comes after the analysis is done."""
MODEL: Final = "model."
"""Before those that the model of all labeled rows is made of."""

Array = NDArray[Any]


class Arrays:
    """Reads arrays; an analysis that is done never changes, so what was read stays right."""

    def __init__(self) -> None:
        self._kept: LRUCache[tuple[UUID, str], Array] = LRUCache(MAX_KEPT_BYTES, getsizeof=lambda array: array.nbytes)

    async def get(self, session: AsyncSession, analysis_id: UUID, name: str) -> Array:
        """Return the array, which must not be changed; raises NotFoundError."""
        key = (analysis_id, name)
        if key not in self._kept:
            array = await load(session, analysis_id, name)
            array.flags.writeable = False
            if array.nbytes > MAX_KEPT_BYTES:
                return array
            self._kept[key] = array
        return self._kept[key]


async def load(session: AsyncSession, analysis_id: UUID, name: str) -> Array:
    """Return a stored array; raises NotFoundError."""
    query = select(StoredArray.data).where(StoredArray.analysis_id == analysis_id, StoredArray.name == name)
    parts = (await session.exec(query.order_by(col(StoredArray.part)))).all()
    if not parts:
        raise NotFoundError(f"The analysis has no array {name}: analyse the project again.")
    array: Array = np.load(BytesIO(b"".join(parts)), allow_pickle=False)
    return array


async def save(session: AsyncSession, analysis_id: UUID, name: str, array: Array) -> None:
    """Store an array of an analysis, in place of one of the same name."""
    file = BytesIO()
    np.save(file, array, allow_pickle=False)
    data = file.getbuffer()
    same = (col(StoredArray.analysis_id) == analysis_id, col(StoredArray.name) == name)
    await session.execute(delete(StoredArray).where(*same))
    for part, start in enumerate(range(0, len(data), PART_BYTES)):
        session.add(
            StoredArray(analysis_id=analysis_id, name=name, part=part, data=bytes(data[start : start + PART_BYTES]))
        )
        await session.flush()
