"""Images with their labels row by row, as exports and hashes take them: what a search finds, or a snapshot holds."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row as DatabaseRow
from sqlalchemy import Select
from sqlalchemy import select as select_columns
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from catalog.conditions import Conditions
from catalog.exports.rows import Category, Row
from catalog.search import ids_of
from catalog.tables import Coverage, Image, Labeling, LabelSchema, Snapshot, SnapshotImage, Tag
from shared.times import created_at

BATCH: Final = 1000
MAX_COVERAGES: Final = 10_000
"""Remembered from batch to batch: where each image has one of its own there are as many as images."""
_FIRST: Final = UUID(int=0)
_COLUMNS: Final = (
    *(col(Image.id), col(Image.url), col(Image.type), col(Image.sha256)),
    *(col(Image.size), col(Image.width), col(Image.height)),
    *(col(Labeling.version), col(Labeling.author), col(Labeling.source), col(Labeling.created_at)),
    *(col(Labeling.tag_ids), col(Labeling.coverage_id)),
)
"""Behind the name; not the models, of which to make one for each row takes as long as all the rest."""


@dataclass(frozen=True)
class Names:
    """What tags and label schemas are called."""

    tags: Mapping[UUID, str]
    label_schemas: Mapping[UUID, str]

    @property
    def categories(self) -> list[Category]:
        """All tags by name; of several that were merged, the first."""
        first = {name: tag_id for tag_id, name in sorted(self.tags.items(), reverse=True)}
        return [Category(first[name], name) for name in sorted(first)]


@dataclass
class _Coverages:
    """What was looked for, by name, each coverage read once."""

    session: AsyncSession
    names: Names
    _known: dict[int, tuple[frozenset[str], str | None, int | None]] = field(default_factory=dict)

    async def load(self, coverage_ids: set[int]) -> None:
        """Read those that are not known yet; of those read before only these are sure to be known then."""
        if len(self._known) > MAX_COVERAGES:
            self._known.clear()
        missing = coverage_ids - self._known.keys()
        if not missing:
            return
        for coverage in await self.session.exec(select(Coverage).where(col(Coverage.id).in_(missing))):
            assert coverage.id is not None
            looked_for = frozenset(self.names.tags[tag_id] for tag_id in coverage.tag_ids)
            schema_id = coverage.label_schema_id
            schema = self.names.label_schemas[schema_id] if schema_id else None
            self._known[coverage.id] = (looked_for, schema, coverage.label_schema_version)

    def __getitem__(self, coverage_id: int) -> tuple[frozenset[str], str | None, int | None]:
        return self._known[coverage_id]


async def current_names(session: AsyncSession) -> Names:
    """Return what everything is called now; a tag that was merged is called as the other."""
    tags = (await session.exec(select(Tag.id, Tag.name, Tag.merged_into))).all()
    names = {tag_id: name for tag_id, name, _ in tags}
    schemas = await session.exec(select(LabelSchema.id, LabelSchema.name))
    return Names({tag_id: names[merged_into or tag_id] for tag_id, _, merged_into in tags}, dict(schemas.all()))


async def of_search(session: AsyncSession, conditions: Conditions, names: Names) -> AsyncIterator[Row]:
    """Yield the images that fulfil the conditions, with their latest labels, in the order of their ids."""
    ids = await ids_of(session, conditions, None, None)
    if ids is None:
        return
    found = ids.subquery()
    query = select_columns(col(Image.name), *_COLUMNS).join(found, found.c.id == Image.id)
    latest = (col(Labeling.image_id) == col(Image.id)) & (col(Labeling.version) == col(Image.version))
    async for row in _rows(session, query.outerjoin(Labeling, latest).order_by(col(Image.id)), names):
        yield row


async def of_snapshot(
    session: AsyncSession, snapshot: Snapshot, names: Names, after: UUID | None = None, limit: int | None = None
) -> AsyncIterator[Row]:
    """Yield the images of the snapshot, with the names and labels that they had, in the order of their ids.

    They are at most `limit` beyond the image `after`.
    """
    query = (
        select_columns(col(SnapshotImage.name), *_COLUMNS)
        .select_from(SnapshotImage)
        .join(Image, col(Image.id) == col(SnapshotImage.image_id))
        .outerjoin(
            Labeling,
            (col(Labeling.image_id) == col(SnapshotImage.image_id))
            & (col(Labeling.version) == col(SnapshotImage.version))
            & (col(Labeling.image_id) > (after or _FIRST)),
        )
        .where(col(SnapshotImage.snapshot_id) == snapshot.id)
        .limit(limit)
    )
    if after is not None:
        # In each of them: the database would otherwise walk along the other two from their first.
        query = query.where(col(SnapshotImage.image_id) > after, col(Image.id) > after)
    async for row in _rows(session, query.order_by(col(SnapshotImage.image_id)), names):
        yield row


async def _rows(session: AsyncSession, query: Select[*tuple[Any, ...]], names: Names) -> AsyncIterator[Row]:
    coverages = _Coverages(session, names)
    result = await session.stream(query.execution_options(yield_per=BATCH))
    async for batch in result.partitions():
        await coverages.load({row.coverage_id for row in batch if row.coverage_id is not None})
        for row in batch:
            yield _row(row, names, coverages)


def _row(row: DatabaseRow[*tuple[Any, ...]], names: Names, coverages: _Coverages) -> Row:
    name, image_id, url, media_type, sha256, size, width, height, version, author, source, at, tag_ids, coverage = row
    present: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    schema, schema_version = None, None
    if version is not None:
        looked_for, schema, schema_version = coverages[coverage]
        here = {names.tags[tag_id] for tag_id in tag_ids}
        present, absent = tuple(sorted(here)), tuple(sorted(looked_for - here))
    return Row(
        id=image_id,
        name=name,
        url=url,
        type=media_type,
        sha256=sha256.hex() if sha256 else None,
        size=size,
        width=width,
        height=height,
        created_at=created_at(image_id),
        labeling=version,
        author=author,
        source=source,
        labeled_at=at,
        present=present,
        absent=absent,
        schema=schema,
        schema_version=schema_version,
    )
