"""Wires the service."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version
from pathlib import Path
from typing import TypedDict

import structlog
from anyio import to_thread
from fastapi import FastAPI, Request

from shared.app import Lifespan, create_service
from shared.health import Check
from shared.images.refusals import BrokenImageError, NotAnImageError, TooManyPixelsError
from shared.metrics import Metrics
from shared.pages import page_routes
from shared.workers import WorkerPool
from vision.classifier import Classifier
from vision.models.card import ModelUnavailableError
from vision.predictions import Durations, Predictor, create_durations
from vision.routes import router
from vision.settings import Settings

_log = structlog.get_logger(source="vision")


class State(TypedDict):
    """What requests see as `request.state`."""

    pool: WorkerPool
    predictor: Predictor | ModelUnavailableError


def create_app(settings: Settings | None = None) -> FastAPI:
    """Return the service's application; it starts without a model too, and then is not ready."""
    settings = settings or Settings()
    metrics = Metrics("vision")
    return create_service(
        name="vision",
        version=version("flotilla-vision"),
        summary="A photo in, at most five categories out.",
        settings=settings,
        lifespan=_lifespan(settings, create_durations(metrics.meter)),
        routers=[router, page_routes(Path(__file__).parent / "page")],
        metrics=metrics,
        checks={"model": _check_model},
        errors={
            NotAnImageError: 415,
            BrokenImageError: 422,
            TooManyPixelsError: 413,
            ModelUnavailableError: 503,
        },
    )


def _lifespan(settings: Settings, durations: Durations) -> Lifespan:
    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[State]:
        pool = WorkerPool(settings.workers, settings.queue_size)
        yield State(pool=pool, predictor=await to_thread.run_sync(_load, settings, durations))

    return lifespan


def _load(settings: Settings, durations: Durations) -> Predictor | ModelUnavailableError:
    try:
        classifier = Classifier.load(settings.model_dir, settings.threads)
    except ModelUnavailableError as error:
        _log.error("no model", reason=str(error))
        return error
    card = classifier.card
    log = _log.warning if card.stands_in_for else _log.info
    log("model loaded", model=card.describe(), source=card.source)
    return Predictor(classifier, settings.max_pixels, durations)


async def _check_model(request: Request) -> Check:
    predictor: Predictor | ModelUnavailableError = request.state.predictor
    if isinstance(predictor, ModelUnavailableError):
        return Check(ready=False, detail=str(predictor))
    return Check(ready=True, detail=predictor.classifier.card.describe())
