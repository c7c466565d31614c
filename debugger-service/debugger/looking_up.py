"""What the arrays of an analysis tell of rows: which are alike, at a place on the map, or in a cluster."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from anyio import to_thread
from numpy.typing import NDArray
from sqlmodel.ext.asyncio.session import AsyncSession

from debugger.arrays import EMBEDDER, MAP, Arrays
from debugger.clients.sentences import Sentences
from debugger.evidence import features
from debugger.evidence.features import Embedder
from debugger.evidence.polygons import inside
from debugger.filters.compiling import Looked
from debugger.filters.fields import Scope
from debugger.filters.finding import LookUp
from debugger.filters.syntax import Inside, Similarity
from shared.refusals import ConflictError, InvalidRequestError, NotFoundError

_COMPARE: Final[dict[str, Any]] = {
    "=": np.equal,
    "!=": np.not_equal,
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
}


def looking_up(arrays: Arrays, sentences: Sentences, session: AsyncSession, scope: Scope) -> LookUp:
    """Return what answers parts of filters from the newest analysis of the scope; it raises ConflictError without one.

    A row that came after the analysis is similar to none, at no place and in no cluster.
    """

    async def look_up(part: Looked) -> Sequence[int]:
        numbers = await _array(arrays, session, scope, "numbers")
        if isinstance(part, Similarity):
            values = await similarities_to(arrays, sentences, session, scope, part.to)
            found = _COMPARE[part.operator](values, part.threshold)
        elif isinstance(part, Inside):
            found = await to_thread.run_sync(inside, await _map(arrays, session, scope), part.corners)
        else:
            if part.operator == ":" or not isinstance(part.value, float):
                raise InvalidRequestError("`cluster` is compared with a number, as in `cluster = 7`.")
            found = _COMPARE[part.operator](await _array(arrays, session, scope, "clusters"), part.value)
        listed: list[int] = numbers[found].tolist()
        return listed

    return look_up


async def similarities_to(
    arrays: Arrays, sentences: Sentences, session: AsyncSession, scope: Scope, to: str | int
) -> NDArray[np.float32]:
    """Return the cosine of each analysed row's embedding with that of a row, by its number, or of a sentence.

    That is embedded as the rows were: where a sentence encoder did it, this raises what `Sentences.vector` does.
    """
    embedding = await _array(arrays, session, scope, "embedding")
    if isinstance(to, int):
        numbers = await _array(arrays, session, scope, "numbers")
        (position,) = np.nonzero(numbers == to)
        if position.size == 0:
            raise InvalidRequestError(f"The newest analysis knows no row {to}.")
        vector = embedding[position[0]]
    elif scope.encoder is not None:
        vector = await sentences.vector(to, scope.encoder)
    else:
        embedder = await embedder_of(arrays, session, scope)
        vector = (await to_thread.run_sync(embedder.embed, [to]))[0]
    similarities: NDArray[np.float32] = await to_thread.run_sync(np.matmul, embedding, vector)
    return similarities


async def numbers_of(arrays: Arrays, session: AsyncSession, scope: Scope) -> NDArray[np.int64]:
    """Return the numbers of the analysed rows, ascending."""
    return await _array(arrays, session, scope, "numbers")


async def embedder_of(arrays: Arrays, session: AsyncSession, scope: Scope) -> Embedder:
    """Return what makes features of sentences as the newest analysis made those of the rows."""
    stored = {name: await _array(arrays, session, scope, EMBEDDER + name) for name in features.ARRAYS}
    return Embedder.from_arrays(stored)


async def neighbours_of(
    arrays: Arrays, session: AsyncSession, scope: Scope, number: int, count: int
) -> dict[int, float]:
    """Return the numbers and similarities of the rows nearest to one, the nearest first; none if not analysed."""
    if scope.analysis_id is None:
        return {}
    numbers = await _array(arrays, session, scope, "numbers")
    (position,) = np.nonzero(numbers == number)
    if position.size == 0:
        return {}
    positions = (await _array(arrays, session, scope, "neighbours"))[position[0]][:count]
    similarities = (await _array(arrays, session, scope, "similarities"))[position[0]][:count]
    return {int(numbers[near]): float(alike) for near, alike in zip(positions, similarities) if near >= 0}


async def _map(arrays: Arrays, session: AsyncSession, scope: Scope) -> NDArray[np.float32]:
    try:
        return await _array(arrays, session, scope, MAP)
    except NotFoundError:
        raise ConflictError("`inside` needs the map, which is not made yet: POST …/maps has it made.") from None


async def _array(arrays: Arrays, session: AsyncSession, scope: Scope, name: str) -> NDArray[Any]:
    if scope.analysis_id is None:
        raise ConflictError("This needs an analysis of the project: POST …/analyses begins one.")
    return await arrays.get(session, scope.analysis_id, name)
