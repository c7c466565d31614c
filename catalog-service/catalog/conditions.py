"""What is asked of images, and the indexes in which those that fulfil it stand in the order of their ids."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, FromClause, Integer, Select, Uuid, any_, column, func, literal
from sqlalchemy import select as select_columns
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.orm import Mapped, aliased
from sqlmodel import col, select

from catalog.tables import CoverageTag, DatasetImage, Image, ImageWord, Label
from catalog.walks import Ids, looked_up, overflowing, side_by_side
from catalog.words import words_of
from shared.times import first_id

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


# What stands at each place of a statement is made once: to make it anew takes longer than the database for the page.
@cache
def _label(_place: int) -> type[Label]:
    return aliased(Label)


@cache
def _named(_place: int) -> type[ImageWord]:
    return aliased(ImageWord)


_looked_at: Final = aliased(Image)


@dataclass(frozen=True)
class Index:
    """A column that has the ids of images in order, in the part of an index where `leading` is `value`.

    Without `leading` it is the index of the images that are as `facts` tell.
    """

    ids: Mapped[UUID]
    leading: Mapped[Any] | None = None
    value: object = None
    facts: tuple[ColumnElement[bool], ...] = ()

    @property
    def part(self) -> list[ColumnElement[bool]]:
        """What is true in this part."""
        return [*self.facts] if self.leading is None else [self.leading == self.value]

    def walk(self, *, newest_first: bool) -> Select[Any]:
        """Return the query of the ids in this part, in order, for which the database can take no other index.

        One of the ids alone may be shorter, but would lead along all that is in other parts. It is not in the order of
        `leading` and the ids, and the database does not know that an array of one value makes these the same.
        """
        query: Select[Any] = select(self.ids.label("id")).where(*self.facts)
        if self.leading is not None:
            is_column = isinstance(self.value, ColumnElement)
            one = array([self.value]) if is_column else literal([self.value], ARRAY(self.leading.type))
            query = query.where(self.leading == any_(one))
            query = query.order_by(self.leading.desc() if newest_first else self.leading)
        return query.order_by(self.ids.desc() if newest_first else self.ids)


_Place = UUID | ColumnElement[UUID] | None


def _is_labeled(image: type[Image], labeled: bool) -> ColumnElement[bool]:
    return col(image.version) > 0 if labeled else col(image.version) == 0


def _table(parts: Sequence[int]) -> FromClause:
    numbers = func.unnest(literal(list(parts), ARRAY(Integer)))
    return numbers.table_valued(column("id", Integer)).render_derived("part")


@dataclass(frozen=True)
class Asked:
    """Conditions, and the ids of what they name; `synonyms` are of the tags `absent` and `unknown`, themselves too."""

    conditions: Conditions
    present: Sequence[UUID]
    absent: Sequence[UUID]
    unknown: Sequence[UUID]
    synonyms: Mapping[UUID, Sequence[UUID]]
    newest_first: bool

    def all(self, after: UUID | None) -> Select[Any]:
        """Return the query of all ids, in order, along whichever index the database thinks best."""
        lists, facts = self._lists(), tuple(self._facts(Image))
        image = [Index(col(Image.id), facts=facts)] if facts or self.synonyms or not lists else []
        indexes = [*image, *lists] if self.synonyms else [*lists, *image]
        first = indexes[0].ids
        query: Select[Any] = select(first.label("id")).order_by(first.desc() if self.newest_first else first)
        for index in indexes:
            # In every index, because the database does not infer a range from one to another: it would walk along all
            # that comes before.
            query = query.where(*index.part, *self._range(index.ids, after))
            query = query.where(*([index.ids == first] if index.ids is not first else []))
        if self.synonyms:
            query = query.where(*self._covers(Image))
        return query.where(*self._has_further_words(first), *self._lacks(first))

    def along(self, place: int, after: UUID | None, end: UUID | None) -> Select[Any]:
        """Return the query of the ids up to `end`, in order, along the index at `place` in `indexes`.

        The database has no choice but to look each up in all the others.
        """
        index = self.indexes[place]
        query = index.walk(newest_first=self.newest_first).where(*self._range(index.ids, after, end))
        return query.where(*self._look_ups(index.ids, place))

    def along_coverages(self, parts: Sequence[int], after: UUID, end: UUID | None, limit: int) -> Ids:
        """Return the query of the first `limit` ids up to `end`, in order, along the coverages' parts of an index."""
        checks = [*self._range(col(Image.id), after, end), *self._look_ups(col(Image.id))]
        return side_by_side(
            _table(parts),
            lambda part: self._of_coverage(part).where(*checks),
            limit,
            newest_first=self.newest_first,
        )

    def step_beyond(self, parts: Sequence[int], ends: Sequence[UUID], count: int) -> Select[tuple[int]]:
        """Return the query of the place in `ends` by which the coverages had more than `count` images.

        Counted are those behind the first of `ends`; it finds no row where there are not so many.
        """
        starts_and_ends = (literal(list(ids), ARRAY(Uuid)) for ids in (ends[:-1], ends[1:]))
        columns = (column("start", Uuid), column("end", Uuid))
        steps = func.unnest(*starts_and_ends).table_valued(*columns, with_ordinality="number").render_derived("step")
        return overflowing(
            steps,
            _table(parts),
            lambda part, step: self._of_coverage(part).where(*self._range(col(Image.id), step.c.start, step.c.end)),
            count,
        )

    def ends(self, after: UUID | None, counts: Sequence[int]) -> Select[Any]:
        """Return the query of one row: for each of `counts` the id at which the next so many of each of `indexes` end.

        It is NULL where there are fewer. The last column is the last id of all images.
        """
        found = [self._end(index, after, count) for count in counts for index in self.indexes]
        last = Index(col(Image.id)).walk(newest_first=not self.newest_first).limit(1).scalar_subquery()
        columns: list[ColumnElement[Any]] = [
            *(end.label(f"end_{at}") for at, end in enumerate(found)),
            last.label("last"),
        ]
        return select_columns(*columns)

    @property
    def look_ups(self) -> int:
        """In how many places each image of an index has to be looked up; 0 where the index is all that is asked."""
        of_tags = 1 + 2 * len(self.synonyms) if self.synonyms else 0  # the image's coverage, and each tag in two tables
        return len(self.indexes) - 1 + len(self._words[MOST_WORDS:]) + of_tags

    @property
    def indexes(self) -> list[Index]:
        """The indexes that an image has to be in, one by one; that of all images where there is no other."""
        found = self._lists()
        if self.conditions.type is not None:
            found.append(Index(col(Image.id), col(Image.type), self.conditions.type))
        if self.conditions.labeled is not None:
            found.append(Index(col(Image.id), facts=(_is_labeled(Image, self.conditions.labeled),)))
        return found or [Index(col(Image.id))]

    def _lists(self) -> list[Index]:
        found: list[Index] = []
        for place, tag_id in enumerate(self.present):
            label = _label(place)
            found.append(Index(col(label.image_id), col(label.tag_id), tag_id))
        for place, word in enumerate(self._words[:MOST_WORDS]):
            named = _named(place)
            found.append(Index(col(named.image_id), col(named.word), word))
        if self.conditions.dataset_id:
            ids, dataset_ids = col(DatasetImage.image_id), col(DatasetImage.dataset_id)
            found.append(Index(ids, dataset_ids, self.conditions.dataset_id))
        return found

    def _facts(self, image: type[Image]) -> list[ColumnElement[bool]]:
        """Return what is asked of the image itself, in the order of `indexes`."""
        found: list[ColumnElement[bool]] = []
        if self.conditions.type is not None:
            found.append(col(image.type) == self.conditions.type)
        if self.conditions.labeled is not None:
            found.append(_is_labeled(image, self.conditions.labeled))
        return found

    def _look_ups(self, image_id: Mapped[UUID], walked: int | None = None) -> Iterator[ColumnElement[bool]]:
        """Yield that the image is in the indexes other than `walked`, or than those of coverages, which is None."""
        lists = self._lists()
        for place, index in enumerate(lists):
            if place != walked:
                yield looked_up(select(index.ids).where(index.ids == image_id, *index.part))
        facts = [fact for place, fact in enumerate(self._facts(_looked_at), len(lists)) if place != walked]
        if walked is not None:
            facts += self._covers(_looked_at)
        if facts:
            yield looked_up(select(_looked_at.id).where(col(_looked_at.id) == image_id, *facts))
        yield from self._has_further_words(image_id)
        yield from self._lacks(image_id)

    def _of_coverage(self, part: FromClause) -> Select[Any]:
        return Index(col(Image.id), col(Image.coverage_id), part.c.id).walk(newest_first=self.newest_first)

    def _end(self, index: Index, after: UUID | None, count: int) -> ColumnElement[UUID]:
        query = index.walk(newest_first=self.newest_first).where(*self._range(index.ids, after))
        return query.offset(count - 1).limit(1).correlate(None).scalar_subquery()

    def _range(self, ids: Mapped[UUID], after: _Place, end: _Place = None) -> Iterator[ColumnElement[bool]]:
        if self.conditions.since is not None:
            yield ids >= first_id(self.conditions.since)
        if self.conditions.before is not None:
            yield ids < first_id(self.conditions.before)
        if after is not None:
            yield ids < after if self.newest_first else ids > after
        if end is not None:
            yield ids >= end if self.newest_first else ids <= end

    def _lacks(self, image_id: Mapped[UUID]) -> Iterator[ColumnElement[bool]]:
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

    def _covers(self, image: type[Image]) -> Iterator[ColumnElement[bool]]:
        for tag_id in self.absent:
            yield self._is_in(col(image.coverage_id), tag_id)
        for tag_id in self.unknown:
            yield ~self._is_in(col(image.coverage_id), tag_id)

    def _is_in(self, coverage_id: Mapped[int], tag_id: UUID) -> ColumnElement[bool]:
        tag = col(CoverageTag.tag_id).in_(self.synonyms[tag_id])
        return looked_up(select(CoverageTag.tag_id).where(col(CoverageTag.coverage_id) == coverage_id, tag))
