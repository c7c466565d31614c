"""The three states of a label: present, absent (looked for and not there), unknown (nobody looked)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, all_, literal
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from catalog import images, labelings, tags
from catalog.tables import NO_COVERAGE, Coverage, Labeling, LabelSchema, Tag

MAX_UNKNOWN = 1000


@dataclass(frozen=True)
class States:
    """The state of every tag on an image; of the unknown ones the first by name."""

    version: int
    present: Collection[Tag]
    absent: Collection[Tag]
    unknown: Collection[Tag]
    unknown_complete: bool


@dataclass(frozen=True)
class Changes:
    """Which tags went to another state."""

    became_present: Collection[Tag]
    became_absent: Collection[Tag]
    became_unknown: Collection[Tag]


@dataclass(frozen=True)
class SchemaVersion:
    """The version of a label schema that a labeling was made under."""

    id: UUID
    name: str
    version: int


@dataclass(frozen=True)
class Descriptions:
    """What the ids in some labelings stand for."""

    tags: dict[UUID, Tag]
    coverages: dict[int, Coverage]
    label_schemas: dict[UUID, str]

    def states(self, labeling: Labeling) -> tuple[list[Tag], list[Tag]]:
        """Return the tags that are present and those that are absent."""
        present = {self.tags[tag_id].id: self.tags[tag_id] for tag_id in labeling.tag_ids}
        looked_for = [self.tags[tag_id] for tag_id in self.coverages[labeling.coverage_id].tag_ids]
        absent = {tag.id: tag for tag in looked_for if tag.id not in present}
        return list(present.values()), list(absent.values())

    def label_schema(self, labeling: Labeling) -> SchemaVersion | None:
        """Return what the labeling was made under."""
        coverage = self.coverages[labeling.coverage_id]
        schema_id, version = coverage.label_schema_id, coverage.label_schema_version
        if schema_id is None or version is None:
            return None
        return SchemaVersion(schema_id, self.label_schemas[schema_id], version)


async def describe(session: AsyncSession, found: Sequence[Labeling]) -> Descriptions:
    """Look up what the labelings name."""
    wanted = {labeling.coverage_id for labeling in found}
    coverages = {
        coverage.id or NO_COVERAGE: coverage
        for coverage in await session.exec(select(Coverage).where(col(Coverage.id).in_(wanted)))
    }
    schema_ids = {coverage.label_schema_id for coverage in coverages.values()} - {None}
    schemas = await session.exec(select(LabelSchema.id, LabelSchema.name).where(col(LabelSchema.id).in_(schema_ids)))
    tag_ids = {tag for labeling in found for tag in labeling.tag_ids}
    tag_ids.update(tag for coverage in coverages.values() for tag in coverage.tag_ids)
    return Descriptions(await tags.names_of(session, tag_ids), coverages, dict(schemas.all()))


async def of_image(session: AsyncSession, image_id: UUID) -> States:
    """Return the states of all tags on the image at its latest version; raises NotFoundError."""
    image = await images.get(session, image_id)
    present, absent = await _at(session, image_id, image.version)
    known = literal([tag.id for tag in (*present, *absent)], ARRAY(Uuid))
    others = select(Tag).where(col(Tag.merged_into).is_(None), col(Tag.id) != all_(known)).order_by(col(Tag.key))
    unknown = (await session.exec(others.limit(MAX_UNKNOWN + 1))).all()
    return States(image.version, present, absent, unknown[:MAX_UNKNOWN], len(unknown) <= MAX_UNKNOWN)


async def present_on(session: AsyncSession, image_id: UUID) -> Collection[Tag]:
    """Return the tags that are present on the image at its latest version; raises NotFoundError."""
    image = await images.get(session, image_id)
    return (await _at(session, image_id, image.version))[0]


async def diff(session: AsyncSession, image_id: UUID, older: int, newer: int) -> Changes:
    """Return what differs between two versions, of which 0 is before the first; raises NotFoundError."""
    present_before, absent_before = await _at(session, image_id, older)
    present_after, absent_after = await _at(session, image_id, newer)
    before = {tag.id for tag in present_before}, {tag.id for tag in absent_before}
    known_after = {tag.id for tag in (*present_after, *absent_after)}
    return Changes(
        [tag for tag in present_after if tag.id not in before[0]],
        [tag for tag in absent_after if tag.id not in before[1]],
        [tag for tag in (*present_before, *absent_before) if tag.id not in known_after],
    )


async def _at(session: AsyncSession, image_id: UUID, version: int) -> tuple[Collection[Tag], Collection[Tag]]:
    if version == 0:
        return [], []
    labeling = await labelings.get(session, image_id, version)
    return (await describe(session, [labeling])).states(labeling)
