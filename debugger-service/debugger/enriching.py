"""The job that asks a model in use for its predictions of all rows, in passes over those that it has none of yet."""

from collections.abc import Sequence
from functools import partial
from typing import Any, Final
from uuid import UUID

from sqlalchemy import delete, exists, func, insert, update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from debugger import measuring, projects
from debugger.clients.prediction import MAX_TEXTS, Answer, Missing, PredictionClient
from debugger.clients.prediction import Prediction as Predicted
from debugger.predictors import service_of
from debugger.settings import Settings
from debugger.tables import Prediction, PredictionRun, Project, Row
from shared import jobs
from shared.database import Database, update_statistics
from shared.jobs import Failure, Step
from shared.jobs.tables import Job
from shared.refusals import ConflictError, InvalidRequestError, ServiceUnavailableError

KIND: Final = "enrich"
BATCH_ROWS: Final = 400
N_BEST: Final = 5
PASSES: Final = 3
"""So often is asked for a row that comes back without a prediction."""


async def create(session: AsyncSession, project_id: UUID, settings: Settings, service: str) -> Job:
    """Queue the asking of a service for its predictions of all rows that are not dropped.

    Raises NotFoundError for a project or service that there is not, and ConflictError where there is nothing to ask or
    the project is being enriched already.
    """
    project = await projects.hold(session, project_id)
    service_of(settings, service)
    if project.row_count == 0:
        raise ConflictError("The project has no rows yet: import a file first.")
    if await projects.running_jobs(session, project_id, KIND):
        raise ConflictError("This project is being enriched already; wait for it, or cancel it.")
    run = PredictionRun(project_id=project_id, source="served", model=service, version=project.version)
    session.add(run)
    await session.flush()
    kept = select(func.count()).where(Row.project_id == project_id, Row.status != "dropped")
    request = {"project": str(project_id), "service": service, "run": str(run.id)}
    return await jobs.create(session, KIND, request, (await session.exec(kept)).one())


class Enricher:
    """Makes the steps of one job; each asks for some rows and stores what came back."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database = database
        self._settings = settings

    async def __call__(self, job: Job) -> Step | None:
        """Ask for the rows after the job's position."""
        if job.position.get("published"):
            return None
        pass_number, after = job.position.get("pass", 1), job.position.get("number", 0)
        rows = await self._rows(job, after)
        if not rows:
            return self._next_pass(job, pass_number, is_first=after == 0)
        answers = await self._ask(job.request["service"], [row.text for row in rows])
        is_silent = all(isinstance(answer, Missing) and answer.again for answer in answers)
        if is_silent and pass_number == 1 and len(rows) >= MAX_TEXTS:
            reason = next(answer.reason for answer in answers if isinstance(answer, Missing))
            raise ServiceUnavailableError(f"The service {job.request['service']} gives no predictions: {reason}")
        position = {"pass": pass_number, "number": rows[-1].number}
        is_last = pass_number == PASSES
        failures = [
            Failure(row.number, row.text[:100], answer.reason)
            for row, answer in zip(rows, answers)
            if isinstance(answer, Missing) and (is_last or not answer.again)
        ]
        found = [(row.number, answer) for row, answer in zip(rows, answers) if isinstance(answer, Predicted)]
        return Step(position, partial(_write, UUID(job.request["run"]), found), len(found), failures)

    def _next_pass(self, job: Job, number: int, *, is_first: bool) -> Step:
        run, project_id = UUID(job.request["run"]), UUID(job.request["project"])
        if number == PASSES or is_first:
            return Step({**job.position, "published": True}, partial(_publish, run, project_id))
        return Step({"pass": number + 1, "number": 0})

    async def _rows(self, job: Job, after: int) -> Sequence[Row]:
        # Not by `NOT IN`, which goes through all of them for each row once they are many.
        of_this_run = (col(Prediction.run_id) == UUID(job.request["run"]), col(Prediction.number) == col(Row.number))
        query = (
            select(Row)
            .where(
                Row.project_id == UUID(job.request["project"]),
                Row.status != "dropped",
                Row.number > after,
                ~exists().where(
                    *of_this_run
                ),  # not `NOT IN`, which goes through them all for each row once they are many
            )
            .order_by(col(Row.number))
            .limit(BATCH_ROWS)
        )
        async with self._database.session() as session:
            return (await session.exec(query)).all()

    async def _ask(self, name: str, texts: Sequence[str]) -> Sequence[Answer]:
        service = self._settings.prediction_service(name)
        if service is None:
            raise InvalidRequestError(f"No prediction service is called {name} any more.")
        calls = self._settings.prediction_calls
        async with PredictionClient(str(service.url), service.project, service.key, concurrency=calls) as client:
            return await client.predict(texts, n_best=N_BEST)


async def _write(run_id: UUID, found: Sequence[tuple[int, Predicted]], session: AsyncSession) -> None:
    if found:
        await session.execute(insert(Prediction), [_prediction(run_id, *each) for each in found])


def _prediction(run_id: UUID, number: int, answer: Predicted) -> dict[str, Any]:
    return {
        "run_id": run_id,
        "number": number,
        "label": answer.labels[0],
        "confidence": answer.confidences[0],
        "labels": list(answer.labels),
        "confidences": list(answer.confidences),
    }


async def _publish(run_id: UUID, project_id: UUID, session: AsyncSession) -> None:
    """Make these the project's served predictions, in place of older ones."""
    await update_statistics(session, "predictions")
    await session.execute(update(Project).where(col(Project.id) == project_id).values(served_run_id=run_id))
    older = (col(PredictionRun.project_id) == project_id, col(PredictionRun.source) == "served")
    await session.execute(delete(PredictionRun).where(*older, col(PredictionRun.id) < run_id))
    await measuring.record(session, project_id, run_id)
