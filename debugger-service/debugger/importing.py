"""The job that imports a file, and how a file becomes a job."""

from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import IO, Final
from uuid import UUID

from anyio import to_thread
from sqlmodel.ext.asyncio.session import AsyncSession
from uuid_utils.compat import uuid7

from debugger import analysing, files, imported, projects, versions
from debugger.decisions import IMPORT
from debugger.imported import Numbered, Occurrences, Sorted
from debugger.ingest import BrokenFileError, Format, open_file
from debugger.ingest.record import BrokenRecord, Record
from debugger.tables import Version
from shared import jobs
from shared.database import Database, update_statistics
from shared.jobs import Failure, OutdatedStepError, Step
from shared.jobs.tables import Job
from shared.refusals import ConflictError, InvalidRequestError

BATCH_ROWS: Final = 2000
CHUNK_BYTES: Final = 1 << 16


@dataclass(frozen=True)
class Upload:
    """A file that is to be imported."""

    project_id: UUID
    format: Format | None
    author: str
    name: str | None
    analyse: bool = False
    """Whether the data are analysed once rows came or changed."""


async def create(database: Database, upload: Upload, body: AsyncIterator[bytes]) -> Job:
    """Keep the file and queue its import.

    Raises NotFoundError for a project that does not exist, and ConflictError while another import into it goes on.
    """
    async with database.session() as session:
        await _require_idle(session, upload.project_id)
    file_id = uuid7()
    async with files.spooled(body) as file, database.session() as session:
        size = await files.store(session, file_id, file)
        await _require_idle(session, upload.project_id)
        request = {
            "project": str(upload.project_id),
            "file": str(file_id),
            "name": upload.name,
            "format": upload.format,
            "author": upload.author,
            "size": size,
            "analyse": upload.analyse,
        }
        return await jobs.create(session, IMPORT, request, None)


async def _require_idle(session: AsyncSession, project_id: UUID) -> None:
    await projects.hold(session, project_id)
    if await projects.running_jobs(session, project_id, IMPORT):
        raise ConflictError("Another import into this project goes on; wait for it, or cancel it.")


@dataclass
class _Reading:
    """A file that is being read: how far, and what tells its rows apart."""

    file: IO[bytes]
    records: Iterator[Record | BrokenRecord]
    format: Format
    row: int = 0
    occurrences: Occurrences = field(default_factory=Occurrences)

    def next_batch(self) -> tuple[list[Numbered], list[Failure], str | None]:
        """Return the next rows, those that cannot be read, and why reading ends here if the file is broken."""
        taken: list[Numbered] = []
        failures: list[Failure] = []
        try:
            while len(taken) + len(failures) < BATCH_ROWS and (record := next(self.records, None)) is not None:
                self.row += 1
                if isinstance(record, BrokenRecord):
                    failures.append(Failure(self.row, record.subject, record.message))
                else:
                    taken.append(Numbered(self.row, record, self.occurrences.identity(record)))
        except BrokenFileError as error:
            return taken, failures, f"After {self.row:,} rows: {error}"
        return taken, failures, None

    def skip(self, rows: int) -> None:
        """Read on to what comes after so many rows."""
        while self.row < rows and any(self.next_batch()[:2]):
            pass


class Importer:
    """Makes the steps of one import job; it reads on in the file while the job goes on as expected."""

    def __init__(self, database: Database, max_rows: int) -> None:
        self._database = database
        self._max_rows = max_rows
        self._reading: _Reading | None = None

    def close(self) -> None:
        """Delete the temporary file."""
        if self._reading is not None:
            self._reading.file.close()

    async def __call__(self, job: Job) -> Step | None:
        """Prepare the rows after the job's position."""
        if job.position.get("broken"):
            raise InvalidRequestError(job.position["broken"])
        if job.position.get("read"):
            return None
        reading = self._reading
        if reading is None or reading.row != job.position.get("row", 0):
            reading = await self._open(job)
        taken, failures, broken = await to_thread.run_sync(reading.next_batch)
        if not taken and not failures:
            if broken:
                raise InvalidRequestError(broken)
            return _last_step(job)
        project_id = UUID(job.request["project"])
        async with self._database.session() as session:
            project = await projects.get(session, project_id)
            version = job.position.get("version") or project.version + 1
            found = await imported.sort(session, project_id, taken, version)
        if max(project.row_count + len(found.new), reading.row) > self._max_rows:
            raise InvalidRequestError(f"A project has at most {self._max_rows:,} rows, and this file has more.")
        changes = bool(found.new or found.relabeled)
        return Step(
            position={
                "row": reading.row,
                "version": version if changes else job.position.get("version"),
                "progress": reading.file.tell() / max(1, job.request["size"]),
                "broken": broken,
            },
            write=partial(_write, job, reading.format, version, project.row_count, found),
            done=len(taken) - len(found.failures),
            failures=sorted([*failures, *found.failures], key=lambda failure: failure.number),
        )

    async def _open(self, job: Job) -> _Reading:
        self.close()
        file = await files.fetch(self._database, UUID(job.request["file"]))
        chunks = iter(partial(file.read, CHUNK_BYTES), b"")
        try:
            opened = await to_thread.run_sync(open_file, chunks, job.request["format"])
        except BrokenFileError as error:
            file.close()
            raise InvalidRequestError(str(error)) from error
        self._reading = _Reading(file, opened.records, opened.format)
        await to_thread.run_sync(self._reading.skip, job.position.get("row", 0))
        return self._reading


def _last_step(job: Job) -> Step | None:
    """Return what is left to do when all rows are in."""
    if job.position.get("version") is None:
        return None
    return Step({**job.position, "read": True}, partial(_finish, job))


async def _finish(job: Job, session: AsyncSession) -> None:
    await update_statistics(session, "rows", "changes")
    if job.request.get("analyse"):
        await _queue_analysis(session, UUID(job.request["project"]))


async def _queue_analysis(session: AsyncSession, project_id: UUID) -> None:
    """Queue an analysis of all rows, in place of one that was begun when some were not there yet."""
    for outdated in await projects.running_jobs(session, project_id, analysing.KIND):
        with suppress(ConflictError):  # it has just ended
            await jobs.cancel(session, outdated.id)
    with suppress(ConflictError):  # another one has just been begun, and that knows all rows too
        await analysing.create(session, project_id)


async def _write(
    job: Job, file_format: Format, version: int, row_count: int, found: Sorted, session: AsyncSession
) -> None:
    if not found.new and not found.relabeled:
        return
    project = await projects.hold(session, UUID(job.request["project"]))
    if project.row_count != row_count:
        raise OutdatedStepError("rows came from elsewhere")
    if job.position.get("version") is None:
        if project.version + 1 != version:
            raise OutdatedStepError("there is another new version")
        stated = {"job": str(job.id), "name": job.request["name"], "format": file_format}
        versions.begin(session, project, IMPORT, job.request["author"], None, stated)
        await session.flush()
    current = await session.get_one(Version, (project.id, version))
    current.changed += len(found.new) + len(found.relabeled)
    project.row_count += len(found.new)
    session.add_all((current, project))
    await session.flush()
    await imported.insert_rows(session, project.id, row_count + 1, version, found.new)
    await imported.relabel(session, project.id, version, found.relabeled)
