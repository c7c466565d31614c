"""Maps of analyses: which are to be made, and from which older one."""

from typing import Final
from uuid import UUID

from sqlalchemy import insert, literal, select
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from debugger import projects
from debugger.arrays import MAP
from debugger.tables import Analysis, Project, StoredArray
from shared import jobs
from shared.jobs.tables import Job
from shared.refusals import ConflictError

KIND: Final = "map"
OLDER: Final = "older."
"""Before the names of the arrays that tell of the map before this one."""

NUMBERS: Final = "numbers"


async def queue(session: AsyncSession, project_id: UUID, analysis_id: UUID) -> Job:
    """Queue the making of the analysis's map."""
    return await jobs.create(session, KIND, {"project": str(project_id), "analysis": str(analysis_id)}, 1)


async def create(session: AsyncSession, project_id: UUID) -> Job:
    """Queue the making of the newest analysis's map anew.

    Raises NotFoundError, or ConflictError where there is no analysis or a map is being made.
    """
    project = await projects.hold(session, project_id)
    if project.analysis_id is None:
        raise ConflictError("The project has not been analysed yet: POST …/analyses begins that.")
    await refuse_if_running(session, project_id)
    return await queue(session, project_id, project.analysis_id)


async def refuse_if_running(session: AsyncSession, project_id: UUID) -> None:
    """Raise ConflictError while a map of the project is being made."""
    for job in await projects.running_jobs(session, project_id, KIND):
        raise ConflictError(f"A map of this project is being made, by the job {job.id}; wait for it, or cancel it.")


async def inherit(session: AsyncSession, analysis: Analysis) -> None:
    """Keep with the analysis the map of the one that it is to replace, or what that one kept so."""
    own_project = select(col(Project.analysis_id)).where(col(Project.id) == analysis.project_id)
    older = (await session.execute(own_project)).scalar_one()
    stored = select(col(StoredArray.name)).where(col(StoredArray.analysis_id) == older).distinct()
    names = set((await session.execute(stored)).scalars())
    taken, prefix = ((MAP, NUMBERS), OLDER) if MAP in names else ((OLDER + MAP, OLDER + NUMBERS), "")
    columns = (col(StoredArray.part), col(StoredArray.data))
    copied = select(literal(analysis.id), literal(prefix).concat(col(StoredArray.name)), *columns).where(
        col(StoredArray.analysis_id) == older, col(StoredArray.name).in_(taken)
    )
    await session.execute(insert(StoredArray).from_select(["analysis_id", "name", "part", "data"], copied))
