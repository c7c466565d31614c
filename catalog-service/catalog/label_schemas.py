"""Label schemas: what is looked for, in versions; and which images have to be looked at again."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Select, Uuid, any_, func, literal
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from catalog import tags, worklists
from catalog.names import key_of
from catalog.refusals import ConflictError, NotFoundError
from catalog.tables import Coverage, Image, Label, LabelSchema, LabelSchemaVersion
from catalog.uniqueness import flush_name
from catalog.walks import end_of


@dataclass(frozen=True)
class Unfinished:
    """An image and the tags of the schema that nobody has looked for on it."""

    image: Image
    missing: frozenset[UUID]


async def create(session: AsyncSession, name: str, description: str | None, names: Collection[str]) -> LabelSchema:
    """Create a label schema with its version 1; raises ConflictError if the name is taken."""
    schema = LabelSchema(name=name, key=key_of(name), description=description, version=1)
    session.add(schema)
    await flush_name(session, _taken(name))
    await _add_version(session, schema, names, None)
    return schema


async def get(session: AsyncSession, schema_id: UUID) -> LabelSchema:
    """Return the label schema; raises NotFoundError."""
    schema = await session.get(LabelSchema, schema_id)
    if schema is None:
        raise NotFoundError(f"No label schema has the id {schema_id}.")
    return schema


async def list_schemas(session: AsyncSession, after: str | None, limit: int) -> Sequence[LabelSchema]:
    """Return at most `limit` label schemas in the order of their names, beyond the one with the key `after`."""
    query = select(LabelSchema)
    if after is not None:
        query = query.where(LabelSchema.key > after)
    return (await session.exec(query.order_by(col(LabelSchema.key)).limit(limit))).all()


async def rename(session: AsyncSession, schema_id: UUID, name: str | None, description: str | None) -> LabelSchema:
    """Change what is given of the two; raises NotFoundError or, if the name is taken, ConflictError."""
    schema = await get(session, schema_id)
    if name is not None:
        schema.name, schema.key = name, key_of(name)
    if description is not None:
        schema.description = description
    session.add(schema)
    await flush_name(session, _taken(schema.name))
    return schema


async def add_version(
    session: AsyncSession, schema_id: UUID, names: Collection[str], comment: str | None, base_version: int | None
) -> LabelSchemaVersion:
    """Add a version with all the tags it has, old and new.

    Raises NotFoundError, or ConflictError if the label schema is no longer at `base_version`.
    """
    query = select(LabelSchema).where(LabelSchema.id == schema_id).with_for_update()
    schema = (await session.exec(query)).first()
    if schema is None:
        raise NotFoundError(f"No label schema has the id {schema_id}.")
    if base_version is not None and schema.version != base_version:
        raise ConflictError(
            f"The label schema is at version {schema.version}, no longer at {base_version}: look again."
        )
    schema.version += 1
    session.add(schema)
    return await _add_version(session, schema, names, comment)


async def get_version(session: AsyncSession, schema_id: UUID, version: int | None = None) -> LabelSchemaVersion:
    """Return a version of the label schema, by default the newest; raises NotFoundError."""
    number = col(LabelSchema.version) if version is None else version
    is_wanted = (LabelSchemaVersion.label_schema_id == schema_id) & (LabelSchemaVersion.version == number)
    query = select(LabelSchemaVersion).join(LabelSchema, col(LabelSchema.id) == schema_id).where(is_wanted)
    found = (await session.exec(query)).first()
    if found is None:
        schema = await get(session, schema_id)
        raise NotFoundError(f"The label schema {schema.name} has no version {version}.")
    return found


async def list_versions(
    session: AsyncSession, schema_id: UUID, before: int | None, limit: int
) -> Sequence[LabelSchemaVersion]:
    """Return at most `limit` versions, the newest first; raises NotFoundError."""
    await get(session, schema_id)
    query = select(LabelSchemaVersion).where(LabelSchemaVersion.label_schema_id == schema_id)
    if before is not None:
        query = query.where(LabelSchemaVersion.version < before)
    return (await session.exec(query.order_by(col(LabelSchemaVersion.version).desc()).limit(limit))).all()


async def worklist(
    session: AsyncSession, schema_id: UUID, dataset_id: UUID | None, after: UUID | None, limit: int
) -> list[Unfinished]:
    """Return at most `limit` images that a tag of the newest version was not looked for on, in the order of ids.

    These are the ones last labeled under this label schema; with a dataset all images of it.
    """
    version = await get_version(session, schema_id)
    coverages = [] if dataset_id else [col(Coverage.label_schema_id) == schema_id]
    images = worklists.nearby(dataset_id, after)
    missing = await _missing(session, version, [*coverages, col(Coverage.id).in_(worklists.coverages_of(images))])
    found = await _unfinished(session, missing, worklists.near(missing, images).limit(limit))
    if len(found) == limit:
        return found
    missing = await _missing(session, version, coverages)
    far = worklists.far(missing, dataset_id, end_of(images), limit - len(found))
    return [*found, *await _unfinished(session, missing, far)]


async def _missing(
    session: AsyncSession, version: LabelSchemaVersion, coverages: Collection[ColumnElement[bool]]
) -> dict[int, frozenset[UUID]]:
    """Return which of the coverages lack tags of `version`, and which tags."""
    found = (await session.exec(select(Coverage.id, Coverage.tag_ids).where(*coverages))).all()
    roots = await tags.resolve(session, {*version.tag_ids, *(tag for _, tag_ids in found for tag in tag_ids)})
    wanted = frozenset(roots[tag] for tag in version.tag_ids)
    lacking = {
        coverage_id: wanted.difference(roots[tag] for tag in tag_ids)
        for coverage_id, tag_ids in found
        if coverage_id is not None
    }
    return {coverage_id: tag_ids for coverage_id, tag_ids in lacking.items() if tag_ids}


async def _unfinished(
    session: AsyncSession, missing: Mapping[int, frozenset[UUID]], ids: Select[tuple[UUID]]
) -> list[Unfinished]:
    if not missing:
        return []
    page = ids.subquery()
    wanted = literal(list(frozenset[UUID]().union(*missing.values())), ARRAY(Uuid))
    labels = select(Label.tag_id).where(col(Label.image_id) == col(Image.id), col(Label.tag_id) == any_(wanted))
    query = select(Image, func.array(labels.scalar_subquery()))
    found = await session.exec(query.join(page, page.c.id == Image.id).order_by(col(Image.id)))
    return [Unfinished(image, missing[image.coverage_id].difference(present)) for image, present in found]


async def _add_version(
    session: AsyncSession, schema: LabelSchema, names: Collection[str], comment: str | None
) -> LabelSchemaVersion:
    tag_ids = sorted(set((await tags.ensure(session, names)).values()))
    version = LabelSchemaVersion(
        label_schema_id=schema.id,
        version=schema.version,
        tag_ids=tag_ids,
        comment=comment,
        created_at=datetime.now(UTC),
    )
    session.add(version)
    await session.flush()
    return version


def _taken(name: str) -> str:
    return f"A label schema is called {name} already."
