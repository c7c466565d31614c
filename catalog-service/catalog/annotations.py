"""What somebody says of images: all anew of one of them, or something more of many."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from catalog import coverages, labelings, tags
from catalog.labelings import Provenance, State
from catalog.tables import NO_COVERAGE, Coverage, LabelSchemaVersion
from shared.refusals import InvalidRequestError

MAX_ANNOTATIONS: Final = 100_000


@dataclass(frozen=True)
class Annotated:
    """What became of it: how many images have a new labeling, had nothing to change, or say the contrary."""

    changed: int
    unchanged: int
    contradicting: list[UUID]


async def label(
    session: AsyncSession,
    image_id: UUID,
    present: Collection[UUID],
    absent: Collection[UUID],
    version: LabelSchemaVersion | None,
    provenance: Provenance,
    base_version: int | None = None,
) -> State:
    """Write a labeling that says all anew: what neither `present` nor `absent` nor `version` names is unknown.

    Raises NotFoundError, InvalidRequestError for a tag that is both, and ConflictError if the image is no longer at
    `base_version`.
    """
    _check_disjoint(present, absent)
    before = await labelings.lock(session, [image_id])
    labelings.check_base(before, base_version)
    tag_ids = {*absent, *(version.tag_ids if version else ())}
    schema = (version.label_schema_id, version.version) if version else (None, None)
    # Only now: who waited for an image while others wait for the coverage would make them wait in a circle.
    coverage_id = await coverages.intern(session, tag_ids, *schema)
    state = State(before[image_id].version + 1, frozenset(present), coverage_id)
    return (await labelings.write(session, before, {image_id: state}, replace(provenance, whole=True)))[image_id]


async def annotate(
    session: AsyncSession,
    image_ids: Collection[UUID],
    present: Collection[UUID],
    absent: Collection[UUID],
    version: LabelSchemaVersion | None,
    provenance: Provenance,
) -> Annotated:
    """Add to the latest labels of each image that `present` are there and `absent` are not; the rest stays.

    An image that has a tag of `absent` is left as it is: that it has not is no news but a contradiction, to be
    resolved on the image itself. Where nothing of the label schema's `version` is left unknown, the new labeling is
    under this version. Raises NotFoundError for an image that does not exist.
    """
    _check_disjoint(present, absent)
    if len(image_ids) * (len(present) + len(absent)) > MAX_ANNOTATIONS:
        raise InvalidRequestError(f"At most {MAX_ANNOTATIONS:,} labels are said at once, images times tags: say less.")
    before = await labelings.lock(session, image_ids)
    denied = frozenset(absent)
    contradicting = {image for image, state in before.items() if state.present & denied}
    widening = _Widening(session, denied, version)
    after = {}
    for image_id in sorted(before.keys() - contradicting):
        state = before[image_id]
        tag_ids = state.present.union(present)
        coverage_id = await widening.coverage(state.coverage_id, tag_ids)
        if (tag_ids, coverage_id) != (state.present, state.coverage_id):
            after[image_id] = State(state.version + 1, tag_ids, coverage_id)
    written = await labelings.write(session, before, after, provenance)
    return Annotated(len(written), len(before) - len(written) - len(contradicting), sorted(contradicting))


def _check_disjoint(present: Collection[UUID], absent: Collection[UUID]) -> None:
    if not frozenset(present).isdisjoint(absent):
        raise InvalidRequestError("A tag cannot be present and absent at the same time.")


@dataclass(frozen=True)
class _Old:
    """A coverage to widen, and what is asked of it; all tags are those that they are now."""

    coverage: Coverage
    looked_for: frozenset[UUID]
    absent: frozenset[UUID]
    wanted: frozenset[UUID] | None


class _Widening:
    """Coverages with more tags, each made once."""

    def __init__(self, session: AsyncSession, absent: frozenset[UUID], version: LabelSchemaVersion | None) -> None:
        self._session = session
        self._absent = absent
        self._version = version
        self._of_old: dict[int, _Old] = {}
        self._known: dict[tuple[int, bool], int] = {}

    async def coverage(self, coverage_id: int, present: frozenset[UUID]) -> int:
        """Return `coverage_id` with the absent tags, and with all of the version's if none is unknown then."""
        if coverage_id not in self._of_old:
            self._of_old[coverage_id] = await self._look_up(coverage_id)
        old = self._of_old[coverage_id]
        complete = old.wanted is not None and old.wanted <= old.looked_for | old.absent | present
        key = (coverage_id, complete)
        if key not in self._known:
            self._known[key] = await self._intern(old, complete=complete)
        return self._known[key]

    async def _look_up(self, coverage_id: int) -> "_Old":
        old = await self._session.get_one(Coverage, coverage_id)
        wanted = self._version.tag_ids if self._version else ()
        roots = await tags.resolve(self._session, {*old.tag_ids, *self._absent, *wanted})
        return _Old(
            coverage=old,
            looked_for=frozenset(roots[tag] for tag in old.tag_ids),
            absent=frozenset(roots[tag] for tag in self._absent),
            wanted=frozenset(roots[tag] for tag in wanted) if self._version else None,
        )

    async def _intern(self, old: "_Old", *, complete: bool) -> int:
        before = (old.coverage.label_schema_id, old.coverage.label_schema_version)
        tag_ids, schema = old.looked_for | old.absent, before
        if complete and self._version is not None and old.wanted is not None:
            tag_ids, schema = tag_ids | old.wanted, (self._version.label_schema_id, self._version.version)
        if (tag_ids, schema) == (old.looked_for, before):
            return old.coverage.id or NO_COVERAGE
        return await coverages.intern(self._session, tag_ids, *schema)
