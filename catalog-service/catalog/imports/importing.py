"""The job that imports a file, and how a file becomes a job."""

import hashlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal
from uuid import UUID

from anyio import to_thread
from uuid_utils.compat import uuid7

from catalog import datasets, label_schemas, objects
from catalog.imports.batches import Batch, Numbered, Options, Vocabulary, resolve_images
from catalog.imports.records import MAX_RECORD_BYTES, Record, records
from catalog.imports.rows import parse_csv, parse_header, parse_json
from catalog.objects import IMPORTS, Objects
from shared import jobs
from shared.database import Database
from shared.jobs import Failure, Step
from shared.jobs.tables import Job
from shared.refusals import InvalidRequestError, RefusalError

KIND: Final = "import"
BATCH_ROWS: Final = 5000
BATCH_BYTES: Final = 8 << 20
"""Of which rows, or bytes, a step has as many or a few more."""

MAX_SUBJECT: Final = 100

FileFormat = Literal["ndjson", "csv"]


class BrokenHeaderError(RefusalError):
    """The first line of a CSV file does not name the columns."""


@dataclass(frozen=True)
class Request:
    """What is to be imported, and how."""

    format: FileFormat
    author: str = "import"
    dataset_id: UUID | None = None
    label_schema_id: UUID | None = None

    def as_json(self) -> dict[str, Any]:
        """Return it as the job keeps it."""
        return {
            "format": self.format,
            "author": self.author,
            "dataset": str(self.dataset_id) if self.dataset_id else None,
            "label_schema": str(self.label_schema_id) if self.label_schema_id else None,
        }


async def create(
    database: Database, store: Objects, request: Request, body: AsyncIterator[bytes], idempotency_key: str | None
) -> tuple[Job, bool]:
    """Keep the file and queue its import; return the job, and whether it is new.

    With the key of a job that exists nothing is imported again. Raises NotFoundError for a dataset or label schema that
    does not exist, and InvalidRequestError for the same key with another file or other parameters.
    """
    path = f"{IMPORTS}/{uuid7()}"
    async with database.session() as session:
        if request.dataset_id:
            await datasets.get(session, request.dataset_id)
        if request.label_schema_id:
            await label_schemas.get(session, request.label_schema_id)
        known = await jobs.with_key(session, idempotency_key) if idempotency_key else None
        if known is None:
            await objects.note(session, path)
    digest = _Digest(body)
    if known is None:
        await store.put(path, digest.chunks())
    else:
        async for _ in digest.chunks():
            pass
    wanted = {**request.as_json(), "sha256": digest.hexdigest(), "size": digest.size}
    if known is None:
        known = await _queue(database, {**wanted, "path": path}, idempotency_key)
    if {name: value for name, value in known.request.items() if name != "path"} != wanted:
        raise InvalidRequestError("This Idempotency-Key belongs to an import of another file or with other parameters.")
    return known, known.request["path"] == path


async def _queue(database: Database, request: dict[str, Any], idempotency_key: str | None) -> Job:
    async with database.session() as session:
        if idempotency_key:
            await jobs.hold_key(session, idempotency_key)
            known = await jobs.with_key(session, idempotency_key)
            if known is not None:
                return known
        return await jobs.create(session, KIND, request, None, idempotency_key)


class _Digest:
    """Passes chunks on, counts their bytes and takes their SHA-256."""

    def __init__(self, chunks: AsyncIterator[bytes]) -> None:
        self._source = chunks
        self._digest = hashlib.sha256()
        self.size = 0

    async def chunks(self) -> AsyncIterator[bytes]:
        async for chunk in self._source:
            self._digest.update(chunk)
            self.size += len(chunk)
            if chunk:
                yield chunk

    def hexdigest(self) -> str:
        return self._digest.hexdigest()


class Importer:
    """Makes the steps of one import job; it reads on in the file while the job goes on as expected."""

    def __init__(self, database: Database, store: Objects) -> None:
        self._database = database
        self._objects = store
        self._position: dict[str, Any] | None = None
        self._source: AsyncIterator[list[Record]] | None = None
        self._waiting: list[Record] = []
        self._vocabulary: Vocabulary | None = None
        self._options: Options | None = None

    async def __call__(self, job: Job) -> Step | None:
        """Prepare the rows after the job's position."""
        if self._options is None or self._vocabulary is None:
            self._options = await self._read_options(job.request)
            self._vocabulary = Vocabulary(self._database, self._options.version)
        if self._position != job.position:
            await self._open(job)
        batch = await self._next_records()
        columns = job.position.get("columns")
        if job.request["format"] == "csv" and columns is None:
            if not batch:
                return None
            columns, batch = _columns(batch[0]), batch[1:] or await self._next_records()
        if not batch:
            return None
        first = job.position.get("row", 0) + 1
        rows, failures = await to_thread.run_sync(_parse, batch, first, columns)
        async with self._database.session() as session:
            existing, unknown = await resolve_images(session, rows)
        rows = _without(rows, unknown)
        await self._vocabulary.learn(rows)
        contradictory = self._vocabulary.contradictions(rows)
        rows = _without(rows, contradictory)
        existing = {each.number: existing[each.number] for each in rows if each.number in existing}
        end = batch[-1].end
        progress = end / max(1, job.request["size"])
        self._position = {"offset": end, "row": first + len(batch) - 1, "columns": columns, "progress": progress}
        return Step(
            position=self._position,
            write=Batch(rows, existing, self._vocabulary, self._options).write,
            done=len(rows),
            failures=sorted([*failures, *unknown, *contradictory], key=lambda failure: failure.number),
        )

    async def _read_options(self, request: dict[str, Any]) -> Options:
        version = None
        if request["label_schema"]:
            async with self._database.session() as session:
                version = await label_schemas.get_version(session, UUID(request["label_schema"]))
        dataset_id = UUID(request["dataset"]) if request["dataset"] else None
        return Options(request["author"], dataset_id, version)

    async def _open(self, job: Job) -> None:
        offset = job.position.get("offset", 0)
        # Beyond the last byte there is no range to ask for, as of an empty file.
        chunks = self._objects.read(job.request["path"], offset) if offset < job.request["size"] else _nothing()
        self._source = records(chunks, offset, quoted=job.request["format"] == "csv")
        self._waiting = []
        self._position = job.position

    async def _next_records(self) -> list[Record]:
        assert self._source is not None
        while len(self._waiting) < BATCH_ROWS and sum(len(each.data) for each in self._waiting) < BATCH_BYTES:
            found = await anext(self._source, None)
            if found is None:
                break
            self._waiting += found
        batch, self._waiting = self._waiting[:BATCH_ROWS], self._waiting[BATCH_ROWS:]
        return batch


async def _nothing() -> AsyncIterator[bytes]:
    return
    yield b""


def _columns(header: Record) -> list[str]:
    try:
        _check(header)
        return parse_header(header.data)
    except ValueError as error:
        raise BrokenHeaderError(f"The first line cannot be read: {error}.") from error


def _parse(batch: Sequence[Record], first: int, columns: list[str] | None) -> tuple[list[Numbered], list[Failure]]:
    rows: list[Numbered] = []
    failures: list[Failure] = []
    for number, record in enumerate(batch, first):
        try:
            _check(record)
            row = parse_json(record.data) if columns is None else parse_csv(record.data, columns)
        except ValueError as error:
            subject = record.data[:MAX_SUBJECT].decode("utf-8", "replace")
            failures.append(Failure(number, subject, str(error)))
        else:
            rows.append(Numbered(number, row))
    return rows, failures


def _without(rows: Sequence[Numbered], failures: Sequence[Failure]) -> list[Numbered]:
    failed = {failure.number for failure in failures}
    return [each for each in rows if each.number not in failed]


def _check(record: Record) -> None:
    if record.is_too_long:
        raise ValueError(f"the row has more than {MAX_RECORD_BYTES:,} bytes")
