"""Projects: data sets, each with its versions."""

from collections.abc import Hashable, Sequence
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from debugger.filters.fields import Scope
from debugger.tables import Analysis, Project, Version
from shared.database import allow_long_statements
from shared.jobs.tables import UNFINISHED, Job
from shared.names import key_of
from shared.refusals import ConflictError, NotFoundError
from shared.uniqueness import flush_name

State = Hashable
"""What is equal as long as a project's data are."""


async def create(session: AsyncSession, name: str, description: str | None) -> Project:
    """Create an empty project; raises ConflictError if the name is taken."""
    project = Project(name=name, key=key_of(name), description=description)
    session.add(project)
    await flush_name(session, f"There is a project called {name} already.")
    return project


async def get(session: AsyncSession, project_id: UUID) -> Project:
    """Return the project; raises NotFoundError."""
    return _found(await session.get(Project, project_id), project_id)


async def hold(session: AsyncSession, project_id: UUID) -> Project:
    """Return the project, which nobody else changes before the transaction ends; raises NotFoundError."""
    query = select(Project).where(Project.id == project_id).with_for_update()
    # As it is once it is held: others may have changed it since the session saw it first.
    fresh = query.execution_options(populate_existing=True)
    return _found((await session.exec(fresh)).first(), project_id)


async def list_projects(session: AsyncSession, before: UUID | None, limit: int) -> Sequence[Project]:
    """Return at most `limit` projects, the newest first."""
    query = select(Project)
    if before is not None:
        query = query.where(Project.id < before)
    return (await session.exec(query.order_by(col(Project.id).desc()).limit(limit))).all()


async def change(session: AsyncSession, project_id: UUID, name: str | None, description: str | None) -> Project:
    """Change what is given of the two; raises NotFoundError or, if the name is taken, ConflictError."""
    project = await get(session, project_id)
    if name is not None:
        project.name, project.key = name, key_of(name)
    if description is not None:
        project.description = description
    session.add(project)
    await flush_name(session, f"There is a project called {project.name} already.")
    return project


async def delete(session: AsyncSession, project_id: UUID) -> None:
    """Delete the project with all it has; raises NotFoundError, or ConflictError while a job works on it."""
    await allow_long_statements(session)
    project = await hold(session, project_id)
    if await running_jobs(session, project_id):
        raise ConflictError("A job works on this project: cancel it first, or wait for it.")
    await session.delete(project)


async def running_jobs(session: AsyncSession, project_id: UUID, kind: str | None = None) -> Sequence[Job]:
    """Return the jobs that work on the project, or are to."""
    query = select(Job).where(col(Job.status).in_(UNFINISHED), _is_about(project_id))
    if kind is not None:
        query = query.where(Job.kind == kind)
    return (await session.exec(query)).all()


async def list_jobs(session: AsyncSession, project_id: UUID, before: UUID | None, limit: int) -> Sequence[Job]:
    """Return at most `limit` of the jobs that work on the project or did, the newest first."""
    query = select(Job).where(_is_about(project_id))
    if before is not None:
        query = query.where(Job.id < before)
    return (await session.exec(query.order_by(col(Job.id).desc()).limit(limit))).all()


def _is_about(project_id: UUID) -> ColumnElement[bool]:
    is_about: ColumnElement[bool] = col(Job.request)["project"].astext == str(project_id)
    return is_about


async def newest_analysis(session: AsyncSession, project: Project) -> Analysis | None:
    """Return the newest analysis that is done."""
    return await session.get(Analysis, project.analysis_id) if project.analysis_id else None


async def scope_of(session: AsyncSession, project: Project) -> Scope:
    """Return what filters over the project's rows refer to."""
    return Scope.of(project, await newest_analysis(session, project))


async def state_of(session: AsyncSession, project: Project) -> State:
    """Return what changes with the rows, their predictions and the analysis of a project."""
    version = await session.get(Version, (project.id, project.version))
    changed = version.changed if version else 0  # it grows while rows of the same version come in
    return (project.id, project.analysis_id, project.version, changed, project.served_run_id)


def _found(project: Project | None, project_id: UUID) -> Project:
    if project is None:
        raise NotFoundError(f"No project has the id {project_id}.")
    return project
