"""Wires the service."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from importlib.metadata import version
from typing import TypedDict

from fastapi import FastAPI

from debugger.arrays import Arrays
from debugger.clients.embeddings import EmbeddingClient
from debugger.clients.sentences import HASTE, Sentences
from debugger.filters.syntax import BrokenFilterError
from debugger.points import Points
from debugger.remembering import Memory
from debugger.routes import analyses, behaviour, events, exports, maps, measures, projects, proofs, rows, versions
from debugger.routes.problems import UNAVAILABLE
from debugger.routes.ui import ui_routes
from debugger.settings import Settings
from debugger.storage import PACKAGE, open_database
from debugger.work import work_until
from shared.app import Lifespan, create_service
from shared.compression import JsonCompressionMiddleware
from shared.database import Database, DatabaseUnavailableError
from shared.jobs.routes import job_routes
from shared.migrations import database_check
from shared.refusals import STATUSES
from shared.workers import WorkerPool


class State(TypedDict):
    """What requests see as `request.state`."""

    settings: Settings
    database: Database
    arrays: Arrays
    memory: Memory
    points: Points
    sentences: Sentences
    exports: WorkerPool
    tries: WorkerPool
    watchers: WorkerPool


def create_app(settings: Settings | None = None) -> FastAPI:
    """Return the service's application; it starts without its database too, and then is not ready."""
    settings = settings or Settings()
    app = create_service(
        name="debugger",
        version=version("flotilla-debugger"),
        summary="Where is the model wrong, or the label?",
        settings=settings,
        lifespan=_lifespan(settings),
        routers=[
            (projects.imports, settings.max_import_bytes),
            projects.router,
            rows.router,
            analyses.router,
            maps.router,
            measures.router,
            versions.router,
            events.router,
            exports.router,
            behaviour.router,
            behaviour.perturbations,
            proofs.router,
            job_routes(UNAVAILABLE),
            ui_routes(),
        ],
        checks={"database": database_check(PACKAGE)},
        errors={**STATUSES, BrokenFilterError: 422, DatabaseUnavailableError: 503},
    )
    app.add_middleware(JsonCompressionMiddleware)
    return app


def _lifespan(settings: Settings) -> Lifespan:
    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[State]:
        async with AsyncExitStack() as stack:
            database = await stack.enter_async_context(open_database(settings))
            client = EmbeddingClient(str(settings.intent_url), settings.intent_key, patience=HASTE)
            await stack.enter_async_context(client)
            if settings.run_jobs:
                await stack.enter_async_context(_working(database, settings))
            arrays = Arrays()
            yield State(
                settings=settings,
                database=database,
                arrays=arrays,
                memory=Memory(),
                points=Points(arrays),
                sentences=Sentences(client),
                exports=WorkerPool(settings.exports, 0),
                tries=WorkerPool(behaviour.TRIES, 0),
                watchers=WorkerPool(events.WATCHERS, 0),
            )

    return lifespan


@asynccontextmanager
async def _working(database: Database, settings: Settings) -> AsyncIterator[None]:
    stopping = asyncio.Event()
    task = asyncio.create_task(work_until(stopping, database, settings))
    try:
        yield
    finally:
        stopping.set()
        await task
