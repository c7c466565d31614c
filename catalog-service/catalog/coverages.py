"""What was looked for: the set of tags that a labeling says present or absent of."""

import hashlib
from collections.abc import Collection, Iterable, Sequence
from uuid import UUID

from sqlalchemy import ARRAY, Integer, LargeBinary, Text, Uuid, bindparam, text
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from catalog.tables import NO_COVERAGE, CoverageTag

_LOCK = 0x636F7665


async def intern(
    session: AsyncSession, tag_ids: Iterable[UUID], label_schema_id: UUID | None = None, version: int | None = None
) -> int:
    """Return the id of the one coverage with these tags, under the label schema's version if one is given."""
    wanted = frozenset(tag_ids)
    return (await intern_all(session, [wanted], label_schema_id, version))[wanted]


async def intern_all(
    session: AsyncSession,
    sets: Collection[frozenset[UUID]],
    label_schema_id: UUID | None = None,
    version: int | None = None,
) -> dict[frozenset[UUID], int]:
    """Return for each set of tags the id of its one coverage, in a few statements for all of them."""
    found = {frozenset[UUID](): NO_COVERAGE} if label_schema_id is None else {}
    digests = {_digest(sorted(tag_ids), label_schema_id, version): tag_ids for tag_ids in sets if tag_ids not in found}
    known = await _known(session, digests)
    missing = [digest for digest in digests if digest not in known]
    if missing:
        # One transaction at a time makes new ones: it has locked its images by now, so it waits for nobody who waits.
        await session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        tags = ["{" + ",".join(map(str, sorted(digests[digest]))) + "}" for digest in missing]
        await session.execute(_ADD, {"digests": missing, "tags": tags, "schema": label_schema_id, "version": version})
        known |= await _known(session, missing)
    return found | {tag_ids: known[digest] for digest, tag_ids in digests.items()}


def _digest(ordered: Sequence[UUID], label_schema_id: UUID | None, version: int | None) -> bytes:
    return hashlib.sha256(repr((label_schema_id, version, [tag.hex for tag in ordered])).encode()).digest()


async def _known(session: AsyncSession, digests: Iterable[bytes]) -> dict[bytes, int]:
    query = text("SELECT digest, id FROM coverages WHERE digest = ANY(:digests)")
    return {row.digest: row.id for row in await session.execute(query, {"digests": list(digests)})}


_ADD = text("""
    WITH added AS (
        INSERT INTO coverages (label_schema_id, label_schema_version, tag_ids, digest)
        SELECT :schema, :version, tags::uuid[], digest FROM unnest(:tags, :digests) AS new (tags, digest)
        ON CONFLICT (digest) DO NOTHING RETURNING id, tag_ids
    )
    INSERT INTO coverage_tags (tag_id, coverage_id) SELECT tag_id, id FROM added, unnest(tag_ids) AS tag_id
""").bindparams(
    bindparam("schema", type_=Uuid),
    bindparam("version", type_=Integer),
    bindparam("tags", type_=ARRAY(Text)),
    bindparam("digests", type_=ARRAY(LargeBinary)),
)


async def everything(session: AsyncSession, limit: int) -> set[int]:
    """Return the coverages, at most `limit`."""
    return set((await session.execute(text("SELECT id FROM coverages LIMIT :limit"), {"limit": limit})).scalars())


async def containing(session: AsyncSession, tag_ids: Iterable[UUID], limit: int) -> list[tuple[UUID, int]]:
    """Return each of the tags with each coverage that it is in, itself and not a synonym; at most `limit` pairs."""
    pairs = select(CoverageTag.tag_id, CoverageTag.coverage_id).where(col(CoverageTag.tag_id).in_(list(tag_ids)))
    return [(tag_id, coverage_id) for tag_id, coverage_id in await session.exec(pairs.limit(limit))]
