"""Label schemas: what is looked for, in versions."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from catalog import tags
from catalog.tables import LabelSchema, LabelSchemaVersion
from shared.names import key_of
from shared.refusals import ConflictError, NotFoundError
from shared.uniqueness import flush_name


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
