"""Which images fulfil all of several conditions, in the order of their ids, page by page.

Each condition has an index in which the images are in the order of their ids, so that the database walks along one of
them from where the page before ended, looks each image up in the others, and stops when the page is full.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from itertools import chain, islice
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Integer, Select, column, func, literal, text
from sqlalchemy.orm import Mapped, aliased
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from catalog import coverages, tags
from catalog.refusals import NotFoundError
from catalog.tables import CoverageTag, Dataset, DatasetImage, Image, ImageWord, Label, Tag
from catalog.times import first_id
from catalog.walks import end_of, looked_up, next_of, side_by_side
from catalog.words import words_of

_LOOK_UP: Final = text("""
    SELECT set_config('enable_mergejoin', 'off', true), set_config('enable_hashjoin', 'off', true),
        set_config('max_parallel_workers_per_gather', '0', true)
""")
"""Lets the database, to the end of the transaction, walk along the shortest index only and look up in the others: what
was registered together is alike, so that two lists may not meet for a million images. Nor does it start processes of
its own for that, which alone takes longer than a page."""

MOST_WORDS: Final = 8
"""Whose lists are joined; with every further one it takes the database longer to plan that, in the end seconds."""


@dataclass(frozen=True)
class Conditions:
    """What is asked of an image; of each list all, and of the tags their names."""

    present: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    dataset_id: UUID | None = None
    text: str | None = None
    type: str | None = None
    labeled: bool | None = None
    since: datetime | None = None
    before: datetime | None = None


async def search(
    session: AsyncSession, conditions: Conditions, after: UUID | None, limit: int, *, newest_first: bool = False
) -> Sequence[Image]:
    """Return at most `limit` images that fulfil the conditions, beyond the image `after`.

    Raises NotFoundError for a tag or dataset that does not exist, and for a text without a word.
    """
    asked = await _asked(session, conditions, newest_first=newest_first)
    await session.execute(_LOOK_UP)
    if not asked.synonyms:
        return await _images(session, asked.all(after).limit(limit), newest_first=newest_first)
    # Nobody knows how many images were looked at for a tag: all that come next, or the first after a million. So the
    # next ones are looked at one by one, and only then the index of each coverage is gone through.
    found = await _images(session, asked.near(after).limit(limit), newest_first=newest_first)
    parts = await _coverages(session, asked) if len(found) < limit else ()
    if not parts:
        return found
    far = asked.far(sorted(parts), after, limit - len(found))
    return [*found, *await _images(session, far, newest_first=newest_first)]


async def ids_of(
    session: AsyncSession, conditions: Conditions, after: UUID | None, limit: int | None, *, newest_first: bool = False
) -> Select[tuple[UUID]]:
    """Return the query of the ids, in order, for those who want them all; `search` finds a page faster."""
    return (await _asked(session, conditions, newest_first=newest_first)).all(after).limit(limit)


async def _images(session: AsyncSession, query: Select[Any], *, newest_first: bool) -> Sequence[Image]:
    page = query.subquery()
    order = col(Image.id).desc() if newest_first else col(Image.id).asc()
    return (await session.exec(select(Image).join(page, page.c.id == Image.id).order_by(order))).all()


async def _coverages(session: AsyncSession, asked: "_Asked") -> set[int]:
    """Return the coverages that an image can have."""
    of_one = await coverages.containing(session, chain.from_iterable(asked.synonyms.values()))
    of_tag = {tag_id: set[int]().union(*map(of_one.__getitem__, same)) for tag_id, same in asked.synonyms.items()}
    absent, unknown = ([of_tag[tag_id] for tag_id in tag_ids] for tag_ids in (asked.absent, asked.unknown))
    found = set.intersection(*absent) if absent else await coverages.everything(session)
    return found.difference(*unknown)


async def _asked(session: AsyncSession, conditions: Conditions, *, newest_first: bool) -> "_Asked":
    if conditions.text is not None and not words_of(conditions.text):
        raise NotFoundError(f"No name has a word of {conditions.text}: there is no letter or digit in it.")
    if conditions.dataset_id is not None and await session.get(Dataset, conditions.dataset_id) is None:
        raise NotFoundError(f"No dataset has the id {conditions.dataset_id}.")
    names = (conditions.absent, conditions.unknown, conditions.present)
    tag_ids = iter(await tags.find(session, [*chain.from_iterable(names)]) if any(names) else ())
    absent, unknown, present = ([*islice(tag_ids, len(part))] for part in names)
    synonyms: dict[UUID, list[UUID]] = {tag_id: [tag_id] for tag_id in (*absent, *unknown)}
    if synonyms:
        merged = select(Tag.id, Tag.merged_into).where(col(Tag.merged_into).in_(list(synonyms)))
        for tag_id, root in await session.exec(merged):
            synonyms[root or tag_id].append(tag_id)
    return _Asked(conditions, present, absent, unknown, synonyms, newest_first=newest_first)


# What stands at each place of a statement is made once: to make it anew takes longer than the database for the page.
@cache
def _label(_place: int) -> type[Label]:
    return aliased(Label)


@cache
def _named(_place: int) -> type[ImageWord]:
    return aliased(ImageWord)


_Index = tuple[Mapped[UUID], list[ColumnElement[bool]]]
"""The column of an index that has the ids of images in order, and which part of the index it is."""
_Place = UUID | ColumnElement[UUID] | None
"""The id behind which a walk begins."""


@dataclass(frozen=True)
class _Asked:
    """Conditions, and the ids of what they name; `synonyms` are of the tags `absent` and `unknown`, themselves too."""

    conditions: Conditions
    present: Sequence[UUID]
    absent: Sequence[UUID]
    unknown: Sequence[UUID]
    synonyms: Mapping[UUID, Sequence[UUID]]
    newest_first: bool

    def all(self, after: _Place) -> Select[Any]:
        """Return the query of the ids, in order."""
        if not self.synonyms:
            return self._along([*self._lists(), *self._image()], after)
        query = self._along([(col(Image.id), self._of_the_image_itself()), *self._lists()], after)
        return query.where(*self._covers(col(Image.coverage_id)), *self._lacks(col(Image.id)))

    def near(self, after: _Place) -> Select[Any]:
        """Return the query of those of the next ids whose images have one of the coverages."""
        ahead = next_of(self._along([*self._lists(), *self._image()], after))
        image = select(Image.id).where(col(Image.id) == ahead.c.id, *self._of_the_image_itself())
        covered = looked_up(image.where(*self._covers(col(Image.coverage_id))))
        query = select(ahead.c.id).where(covered, *self._lacks(ahead.c.id))
        return query.order_by(ahead.c.id.desc() if self.newest_first else ahead.c.id)

    def far(self, parts: Sequence[int], after: _Place, limit: int) -> Select[tuple[UUID]]:
        """Return the query of the ids beyond those, over the parts of the index that the coverages `parts` have."""
        end = end_of(self._along([*self._lists(), *self._image()], after))
        image_id = col(Image.id)
        listed = (looked_up(select(ids).where(ids == image_id, *part)) for ids, part in self._lists())
        query = self._along([(image_id, self._of_the_image_itself())], end).where(*listed, *self._lacks(image_id))
        return side_by_side(
            func.unnest(literal(list(parts), ARRAY(Integer)))
            .table_valued(column("id", Integer))
            .render_derived("part"),
            lambda part: query.where(col(Image.coverage_id) == part.c.id),
            limit,
            newest_first=self.newest_first,
        )

    def _along(self, indexes: Sequence[_Index], after: _Place) -> Select[Any]:
        """Return the query of the ids that are in all the indexes, behind `after`."""
        first = indexes[0][0]
        query: Select[Any] = select(first.label("id")).order_by(first.desc() if self.newest_first else first)
        query = query.where(*self._has_further_words(first))
        for ids, part in indexes:
            # In every index, because the database does not infer a range from one to another: it would walk along all
            # that comes before.
            query = query.where(*part, *self._range(ids, after), *([ids == first] if ids is not first else []))
        return query

    def _range(self, ids: Mapped[UUID], after: _Place) -> Iterator[ColumnElement[bool]]:
        if self.conditions.since is not None:
            yield ids >= first_id(self.conditions.since)
        if self.conditions.before is not None:
            yield ids < first_id(self.conditions.before)
        if after is not None:
            yield ids < after if self.newest_first else ids > after

    def _lists(self) -> list[_Index]:
        """Return the inverted indexes that an image has to be in."""
        found: list[_Index] = []
        for place, tag_id in enumerate(self.present):
            label = _label(place)
            found.append((col(label.image_id), [col(label.tag_id) == tag_id]))
        for place, word in enumerate(self._words[:MOST_WORDS]):
            named = _named(place)
            found.append((col(named.image_id), [col(named.word) == word]))
        if self.conditions.dataset_id:
            found.append((col(DatasetImage.image_id), [col(DatasetImage.dataset_id) == self.conditions.dataset_id]))
        return found

    def _image(self) -> list[_Index]:
        """Return the index of the images themselves, where it is needed."""
        itself = self._of_the_image_itself()
        return [(col(Image.id), itself)] if itself or not self._lists() else []

    def _of_the_image_itself(self) -> list[ColumnElement[bool]]:
        found: list[ColumnElement[bool]] = []
        if self.conditions.type is not None:
            found.append(col(Image.type) == self.conditions.type)
        if self.conditions.labeled is not None:
            found.append(col(Image.version) > 0 if self.conditions.labeled else col(Image.version) == 0)
        return found

    def _lacks(self, image_id: ColumnElement[UUID] | Mapped[UUID]) -> Iterator[ColumnElement[bool]]:
        for place, tag_id in enumerate((*self.absent, *self.unknown), len(self.present)):
            label = _label(place)
            yield ~looked_up(select(label.tag_id).where(col(label.image_id) == image_id, col(label.tag_id) == tag_id))

    def _has_further_words(self, image_id: Mapped[UUID]) -> Iterator[ColumnElement[bool]]:
        for place, word in enumerate(self._words[MOST_WORDS:], MOST_WORDS):
            named = _named(place)
            yield looked_up(select(named.word).where(col(named.image_id) == image_id, col(named.word) == word))

    @property
    def _words(self) -> list[str]:
        """The words asked for, the longest first, which the fewest images have."""
        return sorted(words_of(self.conditions.text or ""), key=lambda word: (-len(word), word))

    def _covers(self, coverage_id: Mapped[int]) -> Iterator[ColumnElement[bool]]:
        for tag_id in self.absent:
            yield self._is_in(coverage_id, tag_id)
        for tag_id in self.unknown:
            yield ~self._is_in(coverage_id, tag_id)

    def _is_in(self, coverage_id: Mapped[int], tag_id: UUID) -> ColumnElement[bool]:
        tag = col(CoverageTag.tag_id).in_(self.synonyms[tag_id])
        return looked_up(select(CoverageTag.tag_id).where(col(CoverageTag.coverage_id) == coverage_id, tag))
