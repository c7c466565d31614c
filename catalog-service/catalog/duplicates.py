"""Near-duplicates: images whose perceptual hashes differ in few bits.

Found by multi-index hashing (M. Norouzi, A. Punjani, D. J. Fleet: "Fast Exact Search in Hamming Space with
Multi-Index Hashing", IEEE TPAMI 36, 2014): hashes that differ in at most r bits differ, in one of their four parts of
16 bits, in at most r / 4 of them; so the index of each part is asked for the few values that are so near. Exact.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from typing import Final
from uuid import UUID

from anyio import to_thread
from sqlalchemy import ARRAY, BigInteger, Integer, Uuid, bindparam, text
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from catalog import datasets, images
from catalog.tables import HASH_PARTS, DatasetImage, Image, hash_part
from shared.refusals import InvalidRequestError

DEFAULT_DISTANCE: Final = 6
MAX_DISTANCE: Final = 11
"""Of one image: in one part at most 2 of 16 bits differ, which 137 values do."""

MAX_GROUP_DISTANCE: Final = 7
"""Among all images of a dataset: in one part at most 1 bit differs."""

MAX_GROUPED_IMAGES: Final = 200_000
MAX_PAIRS: Final = 1_000_000
"""Of different hashes; n frames of a video that stands still make n² / 2."""

FLAT: Final = (0, -(1 << 63))
"""The hashes of images of a single colour, whichever it is: they say nothing."""

_PART_BITS: Final = 16


@dataclass(frozen=True)
class Duplicate:
    """An image, and in how many of 64 bits its hash differs."""

    image: Image
    distance: int


@dataclass(frozen=True)
class Group:
    """Images of which each is a near-duplicate of another one in the group."""

    images: Sequence[UUID]


async def of_image(session: AsyncSession, image_id: UUID, max_distance: int, limit: int) -> list[Duplicate]:
    """Return at most `limit` near-duplicates of the image, the nearest first; raises NotFoundError."""
    image = await images.get(session, image_id)
    if image.perceptual_hash is None or image.perceptual_hash in FLAT:
        return []
    parameters = {"hash": image.perceptual_hash, "id": image_id, "distance": max_distance, "limit": limit}
    parameters |= {"flat": list(FLAT)}
    near = {f"part_{part}": _near(_part(image.perceptual_hash, part), max_distance) for part in range(HASH_PARTS)}
    found = (await session.execute(_NEAR, {**parameters, **near})).all()
    by_id = {
        each.id: each for each in await session.exec(select(Image).where(col(Image.id).in_([f.id for f in found])))
    }
    return [Duplicate(by_id[row.id], row.distance) for row in found]


async def groups(session: AsyncSession, dataset_id: UUID, max_distance: int) -> list[Group]:
    """Return the groups of near-duplicates in the dataset, the largest first.

    Raises NotFoundError, or InvalidRequestError for a dataset with too many images, or too many pairs that are alike.
    """
    counted = await datasets.get(session, dataset_id)
    if counted.images > MAX_GROUPED_IMAGES:
        raise InvalidRequestError(
            f"The dataset has {counted.images:,} images; duplicates are grouped among at most {MAX_GROUPED_IMAGES:,}."
        )
    found = await session.exec(
        select(Image.id, Image.perceptual_hash)
        .join(DatasetImage, col(DatasetImage.image_id) == col(Image.id))
        .where(DatasetImage.dataset_id == dataset_id, col(Image.perceptual_hash).not_in(FLAT))
        .order_by(col(Image.id))
    )
    alike: dict[int, list[UUID]] = defaultdict(list)
    for image_id, perceptual_hash in found:
        assert perceptual_hash is not None
        alike[perceptual_hash].append(image_id)
    near = {"hashes": list(alike), "distance": max_distance, "masks": list(_masks(max_distance)), "most": MAX_PAIRS + 1}
    pairs = [(one, other) for one, other in await session.execute(_PAIRS, near)]
    if len(pairs) > MAX_PAIRS:
        raise InvalidRequestError(f"More than {MAX_PAIRS:,} pairs are alike: ask for a smaller `max_distance`.")
    return await to_thread.run_sync(_grouped, alike, pairs)


def _grouped(alike: Mapping[int, Sequence[UUID]], pairs: Sequence[tuple[int, int]]) -> list[Group]:
    found = [[image for each in group for image in alike[each]] for group in _components(alike, pairs)]
    by_size = sorted((group for group in found if len(group) > 1), key=lambda group: (-len(group), group[0]))
    return [Group(group) for group in by_size]


def _components(nodes: Iterable[int], edges: Sequence[tuple[int, int]]) -> list[list[int]]:
    """Return the connected components of a graph."""
    component_of = {node: [node] for node in nodes}
    for one, other in edges:
        first, second = component_of[one], component_of[other]
        if first is second:
            continue
        large, small = (first, second) if len(first) >= len(second) else (second, first)
        large += small
        component_of.update(dict.fromkeys(small, large))
    return list({id(component): component for component in component_of.values()}.values())


def _part(perceptual_hash: int, part: int) -> int:
    return perceptual_hash >> (_PART_BITS * (HASH_PARTS - 1 - part)) & 0xFFFF


@cache
def _masks(max_distance: int) -> tuple[int, ...]:
    """Return the differences that one of the parts has at most."""
    bits = [
        chosen for count in range(max_distance // HASH_PARTS + 1) for chosen in combinations(range(_PART_BITS), count)
    ]
    return tuple(sum(1 << bit for bit in chosen) for chosen in bits)


def _near(value: int, max_distance: int) -> list[int]:
    return [value ^ mask for mask in _masks(max_distance)]


_NEAR: Final = text(f"""
    SELECT id, distance FROM (
        SELECT id, bit_count((perceptual_hash # :hash)::bit(64)) AS distance FROM images
        WHERE perceptual_hash IS NOT NULL AND perceptual_hash <> ALL(:flat) AND id <> :id
            AND ({" OR ".join(f"{hash_part(part)} = ANY(:part_{part})" for part in range(HASH_PARTS))})
    ) AS near WHERE distance <= :distance ORDER BY distance, id LIMIT :limit
""").bindparams(  # noqa: S608 constants
    bindparam("hash", type_=BigInteger),
    bindparam("id", type_=Uuid),
    bindparam("flat", type_=ARRAY(BigInteger)),
    *(bindparam(f"part_{part}", type_=ARRAY(BigInteger)) for part in range(HASH_PARTS)),
)
_PAIRS: Final = text("""
    WITH part AS MATERIALIZED (
        SELECT hash, number, (hash >> (48 - 16 * number)) & 65535 AS value
        FROM unnest(:hashes) AS hash CROSS JOIN generate_series(0, 3) AS number
    )
    SELECT DISTINCT one.hash, other.hash
    FROM part AS one CROSS JOIN unnest(:masks) AS mask
    JOIN part AS other ON other.number = one.number AND other.value = (one.value # mask) AND other.hash > one.hash
    WHERE bit_count((one.hash # other.hash)::bit(64)) <= :distance
    LIMIT :most
""").bindparams(
    bindparam("most", type_=Integer),
    bindparam("hashes", type_=ARRAY(BigInteger)),
    bindparam("masks", type_=ARRAY(BigInteger)),
    bindparam("distance", type_=Integer),
)
