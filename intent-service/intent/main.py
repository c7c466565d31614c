"""Wires the service."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Final, TypedDict

from anyio import to_thread
from fastapi import FastAPI, Request

from intent.card import ModelUnavailableError
from intent.classifier import NoEncoderError
from intent.instruments import Instruments
from intent.retraining.queue import Bounds, Trainings
from intent.retraining.refusals import (
    EndedTrainingError,
    MissingPackagesError,
    NoRowsError,
    OtherTrainingError,
    TrainingsUnavailableError,
    UnknownTrainingError,
)
from intent.routes import embeddings, intents, models, projects, reports, trainings
from intent.served import NoReportError
from intent.settings import Settings
from intent.versions import NoEarlierVersionError, UnknownVersionError, Versions
from shared.app import Lifespan, create_service
from shared.health import Check
from shared.metrics import Metrics
from shared.pages import page_routes
from shared.workers import WorkerPool

QUEUED: Final = re.compile(r"/intent|/embeddings|/projects/[^/]+/predict")


class State(TypedDict):
    """What requests see as `request.state`."""

    pool: WorkerPool
    versions: Versions
    instruments: Instruments
    trainings: Trainings


def create_app(settings: Settings | None = None) -> FastAPI:
    """Return the service's application; it starts without a model too, and then is not ready."""
    settings = settings or Settings()
    metrics = Metrics("intent")
    return create_service(
        name="intent",
        version=version("flotilla-intent"),
        summary="A sentence in, what is wanted by it out.",
        settings=settings,
        lifespan=_lifespan(settings, Instruments(metrics.meter)),
        routers=[
            intents.router,
            projects.project_routes(settings.api_key),
            embeddings.router,
            models.router,
            reports.router,
            (trainings.training_routes(settings), settings.max_training_bytes),
            page_routes(Path(__file__).parent / "page"),
        ],
        metrics=metrics,
        checks={"model": _check_model},
        queued=QUEUED,
        errors={
            UnknownVersionError: 404,
            NoReportError: 404,
            NoEarlierVersionError: 409,
            NoEncoderError: 409,
            ModelUnavailableError: 503,
            UnknownTrainingError: 404,
            EndedTrainingError: 409,
            OtherTrainingError: 422,
            NoRowsError: 422,
            MissingPackagesError: 501,
            TrainingsUnavailableError: 503,
        },
    )


def _lifespan(settings: Settings, instruments: Instruments) -> Lifespan:
    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[State]:
        versions = Versions(settings.model_dir, settings.loaded_models)
        await to_thread.run_sync(versions.load)
        pool = WorkerPool(settings.workers, settings.queue_size)
        instruments.observe_queue(lambda: pool.admitted)
        async with Trainings(versions, Bounds(settings.training_queue_size, settings.training_seconds)) as runs:
            yield State(pool=pool, versions=versions, instruments=instruments, trainings=runs)

    return lifespan


async def _check_model(request: Request) -> Check:
    versions: Versions = request.state.versions
    try:
        card = versions.get().card
    except ModelUnavailableError as error:
        return Check(ready=False, detail=str(error))
    others = len(versions.standing.served) - 1
    more = f", and {others} more versions" if others else ""
    return Check(ready=True, detail=f"{card.version} of {len(card.labels)} intents{more}")
