"""Some rows of an import, written together: new images by COPY, and new labelings of images that exist."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from uuid_utils.compat import uuid7

from catalog import counters, coverages, datasets, labelings, tags
from catalog.imports.rows import ImportRow
from catalog.labelings import Change, Provenance
from catalog.tables import NO_COVERAGE, DatasetImage, Image, LabelSchemaVersion
from catalog.words import words_of
from shared.database import Database, driver_connection
from shared.jobs import Failure, OutdatedStepError
from shared.names import key_of
from shared.refusals import NotFoundError

MAX_VOCABULARY: Final = 200_000
"""So many names and coverages are remembered."""

MAX_NEW_TAGS: Final = 50_000
"""Of new coverages in a transaction, for which everybody else who needs a new one waits."""

CONTRADICTORY: Final = "a tag cannot be present and absent at the same time, not under two names either"
UNKNOWN: Final = "no image has this id or hash, and there are no name, url and type to register one"


@dataclass(frozen=True)
class Options:
    """What holds for all rows: the author where a row names none, a dataset, and what was looked for."""

    author: str
    dataset_id: UUID | None = None
    version: LabelSchemaVersion | None = None


@dataclass
class Numbered:
    """A row, and which of the file it is, counted from 1."""

    number: int
    row: ImportRow


def slices(sets: Iterable[frozenset[UUID]], most: int) -> Iterator[list[frozenset[UUID]]]:
    """Yield all sets in lists that have together at most `most` members, or of one set that has more."""
    several: list[frozenset[UUID]] = []
    size = 0
    for each in sets:
        if several and size + len(each) > most:
            yield several
            several, size = [], 0
        several.append(each)
        size += len(each)
    if several:
        yield several


@dataclass
class Vocabulary:
    """The tags and coverages that rows name, each looked up or created once in an import."""

    database: Database
    version: LabelSchemaVersion | None
    tag_ids: dict[str, UUID] = field(default_factory=dict)
    coverage_ids: dict[frozenset[UUID], int] = field(default_factory=dict)

    async def learn(self, rows: Iterable[Numbered]) -> None:
        """Look up what is new in `rows`, in transactions of its own: nobody has to wait for the batch's."""
        if len(self.tag_ids) + len(self.coverage_ids) > MAX_VOCABULARY:
            self.tag_ids.clear()
            self.coverage_ids.clear()
        labeled = [each.row for each in rows if each.row.is_labeled]
        new = {name for row in labeled for name in (*(row.tags or ()), *row.absent)} - self.tag_ids.keys()
        if new:
            async with self.database.session() as session:
                known = await tags.ensure(session, new)
            self.tag_ids.update({name: known[key_of(name)] for name in new})
        wanted = {self.looked_for(row) for row in labeled} - self.coverage_ids.keys()
        if wanted:
            schema = (self.version.label_schema_id, self.version.version) if self.version else (None, None)
            for several in slices(wanted, MAX_NEW_TAGS):
                async with self.database.session() as session:
                    self.coverage_ids.update(await coverages.intern_all(session, several, *schema))

    def present(self, row: ImportRow) -> frozenset[UUID]:
        """Return the tags that are on the image."""
        return frozenset(self.tag_ids[name] for name in row.tags or ())

    def looked_for(self, row: ImportRow) -> frozenset[UUID]:
        """Return the tags that the row knows of: where it says what is absent, what is present was looked for too."""
        if not row.absent:
            return frozenset(self.version.tag_ids if self.version else ())
        absent = frozenset(self.tag_ids[name] for name in row.absent)
        return absent.union(self.present(row), self.version.tag_ids if self.version else ())

    def contradictions(self, rows: Iterable[Numbered]) -> list[Failure]:
        """Return which rows say of a tag that it is there and that it is not, perhaps by its name and a synonym."""
        return [
            Failure(each.number, each.row.subject, CONTRADICTORY)
            for each in rows
            if each.row.is_labeled
            and not self.present(each.row).isdisjoint(self.tag_ids[name] for name in each.row.absent)
        ]

    def coverage(self, row: ImportRow) -> int:
        """Return the coverage of the row's labeling."""
        return self.coverage_ids.get(self.looked_for(row), NO_COVERAGE)


async def resolve_images(session: AsyncSession, rows: Sequence[Numbered]) -> tuple[dict[int, UUID], list[Failure]]:
    """Return which rows, by their numbers, mean which image that exists, and which mean none and can make none."""
    ids = {each.row.id for each in rows if each.row.id}
    hashes = {bytes.fromhex(each.row.sha256) for each in rows if each.row.sha256}
    known_ids = set(await session.exec(select(Image.id).where(col(Image.id).in_(ids)))) if ids else set[UUID]()
    by_hash: dict[str, UUID] = {}
    if hashes:
        for image_id, sha256 in await session.exec(select(Image.id, Image.sha256).where(col(Image.sha256).in_(hashes))):
            by_hash[(sha256 or b"").hex()] = image_id
    existing: dict[int, UUID] = {}
    failures: list[Failure] = []
    for each in rows:
        row = each.row
        found = row.id if row.id in known_ids else by_hash.get(row.sha256 or "")
        if found is not None:
            existing[each.number] = found
        elif not (row.url and row.name and row.type):
            failures.append(Failure(each.number, row.subject, UNKNOWN))
    return existing, failures


@dataclass(frozen=True)
class Batch:
    """Rows to be written in one transaction; `existing` has the images of those that are not of new ones."""

    rows: Sequence[Numbered]
    existing: Mapping[int, UUID]
    vocabulary: Vocabulary
    options: Options

    async def write(self, session: AsyncSession) -> None:
        """Write the new images, and all labelings.

        Raises OutdatedStepError if an image is no longer there, and NotFoundError if the dataset is not.
        """
        if self.options.dataset_id:
            await datasets.hold(session, self.options.dataset_id)
        try:
            await labelings.lock(session, set(self.existing.values()))
        except NotFoundError as error:
            raise OutdatedStepError(str(error)) from error
        used = {tag for each in self.rows if each.row.is_labeled for tag in self.vocabulary.present(each.row)}
        current = await tags.resolve(session, used, lock=True)
        new = [(uuid7(), each.row) for each in self.rows if each.number not in self.existing]
        await self._copy_images(session, new, current)
        await self._label_existing(session)
        if self.options.dataset_id:
            image_ids = {image_id for image_id, _ in new}.union(self.existing.values())
            await _add_to_dataset(session, self.options.dataset_id, image_ids)

    async def _copy_images(
        self, session: AsyncSession, new: Sequence[tuple[UUID, ImportRow]], current: Mapping[UUID, UUID]
    ) -> None:
        now = datetime.now(UTC)
        images, words, versions, labels = [], [], [], []
        for image_id, row in new:
            coverage_id = NO_COVERAGE
            if row.is_labeled:
                coverage_id = self.vocabulary.coverage(row)
                present = sorted({current[tag] for tag in self.vocabulary.present(row)})
                said = self._provenance(row)
                versions.append(
                    (image_id, 1, present, coverage_id, said.author, said.source, said.comment, said.whole, now)
                )
                labels += [(tag, image_id) for tag in present]
            images.append((image_id, row.name, row.url, row.type, int(row.is_labeled), coverage_id))
            words += [(word, image_id) for word in words_of(row.name or "")]
        await _copy(session, "images", ("id", "name", "url", "type", "version", "coverage_id"), images)
        await _copy(session, "image_words", ("word", "image_id"), sorted(words))
        await _copy(session, "labelings", _LABELING_COLUMNS, versions)
        await _copy(session, "labels", ("tag_id", "image_id"), sorted(labels))
        await counters.add(session, Counter(tag for tag, _ in labels))

    async def _label_existing(self, session: AsyncSession) -> None:
        """Write their labelings; of several rows of the same image each its own version, in the order of the rows."""
        rounds: dict[tuple[int, Provenance], dict[UUID, Change]] = defaultdict(dict)
        seen: Counter[UUID] = Counter()
        for each in self.rows:
            image_id = self.existing.get(each.number)
            if image_id is None or not each.row.is_labeled:
                continue
            change = labelings.replacing(self.vocabulary.present(each.row), self.vocabulary.coverage(each.row))
            rounds[seen[image_id], self._provenance(each.row)][image_id] = change
            seen[image_id] += 1
        for (_, provenance), changes in sorted(rounds.items(), key=lambda item: item[0][0]):
            await labelings.relabel(session, changes.keys(), changes, provenance)

    def _provenance(self, row: ImportRow) -> Provenance:
        return Provenance(row.author or self.options.author, row.source or "import", row.comment, whole=True)


async def _add_to_dataset(session: AsyncSession, dataset_id: UUID, image_ids: Collection[UUID]) -> None:
    rows = [{"dataset_id": dataset_id, "image_id": image_id} for image_id in sorted(image_ids)]
    added = 0
    for start in range(0, len(rows), _INSERT_ROWS):
        part = insert(DatasetImage).values(rows[start : start + _INSERT_ROWS]).on_conflict_do_nothing()
        added += len((await session.execute(part.returning(col(DatasetImage.image_id)))).all())
    await counters.add(session, {dataset_id: added})


async def _copy(session: AsyncSession, table: str, columns: Sequence[str], records: Sequence[tuple[Any, ...]]) -> None:
    if records:
        connection = await driver_connection(session)
        await connection.copy_records_to_table(table, records=records, columns=columns)


_INSERT_ROWS: Final = 1000
_LABELING_COLUMNS: Final = (
    "image_id",
    "version",
    "tag_ids",
    "coverage_id",
    "author",
    "source",
    "comment",
    "whole",
    "created_at",
)
