"""Images with their labels row by row, as exports and hashes take them: what a search finds, or a snapshot holds."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias, cast
from uuid import UUID

from sqlalchemy import text
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import Select

from catalog.exports.rows import Category, Row
from catalog.search import Conditions, ids_of
from catalog.tables import Coverage, Image, Labeling, LabelSchema, Snapshot, SnapshotImage, Tag
from catalog.times import created_at

BATCH: Final = 1000
_Found: TypeAlias = tuple[Image, str, Labeling | None]


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
        """Read those that are not known yet."""
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


async def freeze_time(session: AsyncSession) -> None:
    """Let all that the transaction reads be as it was at one moment; before anything is read."""
    await session.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))


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
    query = select(Image, Image.name, Labeling).join(found, found.c.id == Image.id)
    latest = (col(Labeling.image_id) == col(Image.id)) & (col(Labeling.version) == col(Image.version))
    async for row in _rows(session, query.outerjoin(Labeling, latest), names):
        yield row


async def of_snapshot(session: AsyncSession, snapshot: Snapshot, names: Names) -> AsyncIterator[Row]:
    """Yield the images of the snapshot, with the names and labels that they had, in the order of their ids."""
    query = (
        select(Image, SnapshotImage.name, Labeling)
        .select_from(SnapshotImage)
        .join(Image, col(Image.id) == col(SnapshotImage.image_id))
        .outerjoin(
            Labeling,
            (col(Labeling.image_id) == col(SnapshotImage.image_id))
            & (col(Labeling.version) == col(SnapshotImage.version)),
        )
        .where(col(SnapshotImage.snapshot_id) == snapshot.id)
    )
    async for row in _rows(session, query, names):
        yield row


async def _rows(session: AsyncSession, query: Select[Image, str, Labeling], names: Names) -> AsyncIterator[Row]:
    coverages = _Coverages(session, names)
    result = await session.stream(query.order_by(col(Image.id)).execution_options(yield_per=BATCH))
    async for batch in result.partitions():
        found = cast("list[_Found]", batch)
        await coverages.load({labeling.coverage_id for _, _, labeling in found if labeling is not None})
        for image, name, labeling in found:
            yield _row(image, name, labeling, names, coverages)
            session.expunge(image)
            if labeling is not None:
                session.expunge(labeling)


def _row(image: Image, name: str, labeling: Labeling | None, names: Names, coverages: _Coverages) -> Row:
    present: Sequence[str] = ()
    absent: Sequence[str] = ()
    schema, version = None, None
    if labeling is not None:
        looked_for, schema, version = coverages[labeling.coverage_id]
        here = {names.tags[tag_id] for tag_id in labeling.tag_ids}
        present, absent = sorted(here), sorted(looked_for - here)
    return Row(
        id=image.id,
        name=name,
        url=image.url,
        type=image.type,
        sha256=image.sha256.hex() if image.sha256 else None,
        size=image.size,
        width=image.width,
        height=image.height,
        created_at=created_at(image.id),
        labeling=labeling.version if labeling else None,
        author=labeling.author if labeling else None,
        source=labeling.source if labeling else None,
        labeled_at=labeling.created_at if labeling else None,
        present=tuple(present),
        absent=tuple(absent),
        schema=schema,
        schema_version=version,
    )
