"""Wires the service."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from importlib.metadata import version
from pathlib import Path
from typing import TypedDict

from fastapi import FastAPI

from catalog.agreement import TooManyRatingsError
from catalog.clients.vision import UnpredictableImageError
from catalog.fetching import FetchFailedError, FetchRefusedError
from catalog.objects import Objects
from catalog.routes import (
    contents,
    datasets,
    exports,
    images,
    imports,
    label_schemas,
    labelings,
    quality,
    snapshots,
    suggestions,
    tags,
)
from catalog.routes.problems import UNAVAILABLE
from catalog.settings import Settings
from catalog.storage import PACKAGE, open_database, open_objects, open_suggester
from catalog.suggestions import Suggester
from catalog.work import work_until
from shared.app import Lifespan, create_service
from shared.database import Database, DatabaseUnavailableError
from shared.images.refusals import BrokenImageError, NotAnImageError, TooManyPixelsError
from shared.jobs.routes import job_routes
from shared.migrations import database_check
from shared.pages import page_routes
from shared.refusals import STATUSES
from shared.workers import WorkerPool

MAX_ANALYSES = 2
"""Of agreement, each of which takes a core and up to some hundred megabytes."""

FORM_BYTES = 64 << 10
"""Of an upload, what is around the file."""


class State(TypedDict):
    """What requests see as `request.state`."""

    settings: Settings
    database: Database
    objects: Objects
    pool: WorkerPool
    exports: WorkerPool
    analyses: WorkerPool
    suggester: Suggester


def create_app(settings: Settings | None = None) -> FastAPI:
    """Return the service's application; it starts without its database too, and then is not ready."""
    settings = settings or Settings()
    return create_service(
        name="catalog",
        version=version("flotilla-catalog"),
        summary="Images, tags, labelings, label schemas and datasets.",
        settings=settings,
        lifespan=_lifespan(settings),
        routers=[
            (images.uploads, settings.max_upload_bytes + FORM_BYTES),
            (imports.router, settings.max_import_bytes),
            exports.router,
            images.router,
            contents.router,
            tags.router,
            labelings.router,
            label_schemas.router,
            datasets.router,
            snapshots.router,
            suggestions.router,
            quality.router,
            job_routes(UNAVAILABLE),
            page_routes(Path(__file__).parent / "page"),
        ],
        checks={"database": database_check(PACKAGE)},
        errors={
            FetchFailedError: 502,
            FetchRefusedError: 422,
            TooManyRatingsError: 422,
            UnpredictableImageError: 422,
            **STATUSES,
            NotAnImageError: 415,
            BrokenImageError: 422,
            TooManyPixelsError: 413,
            DatabaseUnavailableError: 503,
        },
    )


def _lifespan(settings: Settings) -> Lifespan:
    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[State]:
        async with AsyncExitStack() as stack:
            database = await stack.enter_async_context(open_database(settings))
            objects = open_objects(settings)
            suggester = await stack.enter_async_context(open_suggester(settings, objects))
            if settings.run_jobs:
                await stack.enter_async_context(_working(database, objects, suggester))
            yield State(
                settings=settings,
                database=database,
                objects=objects,
                pool=WorkerPool(settings.workers, settings.queue_size),
                exports=WorkerPool(settings.exports, 0),
                analyses=WorkerPool(MAX_ANALYSES, 0),
                suggester=suggester,
            )

    return lifespan


@asynccontextmanager
async def _working(database: Database, objects: Objects, suggester: Suggester) -> AsyncIterator[None]:
    stopping = asyncio.Event()
    task = asyncio.create_task(work_until(stopping, database, objects, suggester))
    try:
        yield
    finally:
        stopping.set()
        await task
