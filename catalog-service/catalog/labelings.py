"""Labelings: every change of an image's labels is a new version, and no version is ever changed."""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final, Literal
from uuid import UUID

from sqlalchemy import ARRAY, Integer, Uuid, bindparam, text
from sqlalchemy import insert as insert_rows
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from catalog import counters, tags
from catalog.tables import NO_COVERAGE, Image, Labeling
from shared.refusals import ConflictError, NotFoundError

Source = Literal["human", "model", "import"]


@dataclass(frozen=True)
class Provenance:
    """Who says so, and how they came to it."""

    author: str = "anonymous"
    source: Source = "human"
    comment: str | None = None
    restored: int | None = None
    whole: bool = False
    """Whether all is said anew, independently of what others said before."""


@dataclass(frozen=True)
class State:
    """The labels of an image at one version; version 0 is that of an image that has none yet."""

    version: int
    present: frozenset[UUID]
    coverage_id: int


Change = Callable[[State], tuple[frozenset[UUID], int] | None]
"""From the latest state to the next one's tags and coverage, or to None where nothing is to change."""


async def latest(session: AsyncSession, image_ids: Collection[UUID]) -> dict[UUID, State]:
    """Return the state of each of the images that exist; tags that were merged are those they are now."""
    query = (
        select(Image.id, Image.version, Image.coverage_id, Labeling.tag_ids)
        .outerjoin(Labeling, (col(Labeling.image_id) == Image.id) & (col(Labeling.version) == Image.version))
        .where(col(Image.id).in_(image_ids))
    )
    found = (await session.exec(query)).all()
    roots = await tags.resolve(session, {tag for row in found for tag in row[3] or ()})
    return {
        image_id: State(version, frozenset(roots[tag] for tag in tag_ids or ()), coverage_id)
        for image_id, version, coverage_id, tag_ids in found
    }


async def relabel(
    session: AsyncSession,
    image_ids: Collection[UUID],
    change: Change | Mapping[UUID, Change],
    provenance: Provenance,
    base_version: int | None = None,
) -> dict[UUID, State]:
    """Write the next labeling of each image for which `change` makes one; return the new states of these.

    Until the transaction ends nobody else can label these images. Raises NotFoundError for the first image that does
    not exist, and ConflictError if an image is no longer at `base_version`.
    """
    before = await lock(session, image_ids)
    check_base(before, base_version)
    after: dict[UUID, State] = {}
    for image_id, state in before.items():
        next_one = (change[image_id] if isinstance(change, Mapping) else change)(state)
        if next_one is not None:
            after[image_id] = State(state.version + 1, *next_one)
    return await write(session, before, after, provenance)


async def lock(session: AsyncSession, image_ids: Collection[UUID]) -> dict[UUID, State]:
    """Return the latest state of each image, which nobody else can change until the transaction ends.

    Raises NotFoundError for the first image that does not exist.
    """
    # All in the same order, so that none waits for the other in a circle; and the states are read in a statement of
    # their own, because one that had to wait for a lock still sees the other tables as they were before.
    in_order = select(Image.id).where(col(Image.id).in_(image_ids)).order_by(col(Image.id))
    locked = set((await session.exec(in_order.with_for_update(key_share=True))).all())
    missing = next((image_id for image_id in image_ids if image_id not in locked), None)
    if missing is not None:
        raise NotFoundError(f"No image has the id {missing}.")
    return await latest(session, locked)


def check_base(states: Mapping[UUID, State], base_version: int | None) -> None:
    """Raise ConflictError if an image is no longer at `base_version`, where one is given."""
    for state in states.values():
        if base_version is not None and state.version != base_version:
            raise ConflictError(f"The labels are at version {state.version}, no longer at {base_version}: look again.")


async def write(
    session: AsyncSession, before: Mapping[UUID, State], after: Mapping[UUID, State], provenance: Provenance
) -> dict[UUID, State]:
    """Write the labelings `after`, each the next version of one that is locked; return them as they were written."""
    if not after:
        return {}
    changed = {image_id: before[image_id] for image_id in after}
    # Also those that go, lest one that is merged just now stays in the index under its new name.
    both = (*changed.values(), *after.values())
    roots = await tags.resolve(session, {tag for state in both for tag in state.present}, lock=True)
    written = _resolved(after, roots)
    await _insert(session, written, provenance)
    await _index(session, _resolved(changed, roots), written)
    return written


def adding(tag_ids: Collection[UUID]) -> Change:
    """Return the change that adds the tags."""
    return lambda state: (
        None if state.present.issuperset(tag_ids) else (state.present.union(tag_ids), state.coverage_id)
    )


def removing(tag_id: UUID) -> Change:
    """Return the change that takes the tag away: it is absent then if it was looked for, and else unknown."""
    return lambda state: (state.present - {tag_id}, state.coverage_id) if tag_id in state.present else None


def replacing(tag_ids: Collection[UUID], coverage_id: int = NO_COVERAGE) -> Change:
    """Return the change that says all anew, also where it comes to the same: another pair of eyes saw it so."""
    return lambda _: (frozenset(tag_ids), coverage_id)


async def get(session: AsyncSession, image_id: UUID, version: int) -> Labeling:
    """Return one version of the image's labels; raises NotFoundError."""
    labeling = await session.get(Labeling, (image_id, version))
    if labeling is None:
        raise NotFoundError(f"The image {image_id} has no labeling of version {version}.")
    return labeling


async def history(session: AsyncSession, image_id: UUID, before: int | None, limit: int) -> Sequence[Labeling]:
    """Return at most `limit` versions of the image's labels, the latest first."""
    if await session.get(Image, image_id) is None:
        raise NotFoundError(f"No image has the id {image_id}.")
    query = select(Labeling).where(Labeling.image_id == image_id)
    if before is not None:
        query = query.where(Labeling.version < before)
    return (await session.exec(query.order_by(col(Labeling.version).desc()).limit(limit))).all()


async def restore(
    session: AsyncSession, image_id: UUID, version: int, provenance: Provenance, base_version: int | None = None
) -> State:
    """Write a new labeling that says again what `version` said."""
    old = await get(session, image_id, version)
    again = replacing(old.tag_ids, old.coverage_id)
    return (await relabel(session, [image_id], again, replace(provenance, restored=version), base_version))[image_id]


def _resolved(states: Mapping[UUID, State], roots: Mapping[UUID, UUID]) -> dict[UUID, State]:
    return {
        image_id: replace(state, present=frozenset(roots[tag] for tag in state.present))
        for image_id, state in states.items()
    }


async def _insert(session: AsyncSession, states: Mapping[UUID, State], provenance: Provenance) -> None:
    now = datetime.now(UTC)
    rows: list[dict[str, Any]] = [
        {
            "image_id": image_id,
            "version": state.version,
            "tag_ids": sorted(state.present),
            "coverage_id": state.coverage_id,
            "author": provenance.author,
            "source": provenance.source,
            "comment": provenance.comment,
            "restored": provenance.restored,
            "whole": provenance.whole,
            "created_at": now,
        }
        for image_id, state in states.items()
    ]
    await session.execute(insert_rows(Labeling), rows)
    await session.execute(_ADVANCE, {name: [row[name] for row in rows] for name in _ADVANCED})


async def _index(session: AsyncSession, before: Mapping[UUID, State], after: Mapping[UUID, State]) -> None:
    added = [(tag, image) for image, state in after.items() for tag in state.present - before[image].present]
    removed = [(tag, image) for image, state in after.items() for tag in before[image].present - state.present]
    for statement, pairs in ((_ADD_LABELS, added), (_REMOVE_LABELS, removed)):
        if pairs:
            columns = {"tag_ids": [tag for tag, _ in pairs], "image_ids": [image for _, image in pairs]}
            await session.execute(statement, columns)
    changes = Counter(tag for tag, _ in added)
    changes.subtract(tag for tag, _ in removed)
    await counters.add(session, changes)


_ADVANCED: Final = ("image_id", "version", "coverage_id")
_ADVANCE: Final = text("""
    UPDATE images SET version = next.version, coverage_id = next.coverage_id
    FROM unnest(:image_id, :version, :coverage_id) AS next (id, version, coverage_id) WHERE images.id = next.id
""").bindparams(
    bindparam("image_id", type_=ARRAY(Uuid)),
    bindparam("version", type_=ARRAY(Integer)),
    bindparam("coverage_id", type_=ARRAY(Integer)),
)
_PAIRS: Final = (bindparam("tag_ids", type_=ARRAY(Uuid)), bindparam("image_ids", type_=ARRAY(Uuid)))
_ADD_LABELS: Final = text("""
    INSERT INTO labels (tag_id, image_id) SELECT * FROM unnest(:tag_ids, :image_ids) ON CONFLICT DO NOTHING
""").bindparams(*_PAIRS)
_REMOVE_LABELS: Final = text("""
    DELETE FROM labels USING unnest(:tag_ids, :image_ids) AS gone (tag_id, image_id)
    WHERE labels.tag_id = gone.tag_id AND labels.image_id = gone.image_id
""").bindparams(*_PAIRS)
