"""The crystal service: wires settings, models and routes together."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import TypedDict

import structlog
from fastapi import FastAPI

from crystal import routes
from crystal.models import MODELS
from crystal.prediction import (
    ModelUnavailableError,
    PredictionError,
    Predictor,
    Unavailable,
    load_predictors,
)
from crystal.schemas import UnknownModelError
from crystal.settings import Settings
from shared.app import create_service
from shared.workers import WorkerPool


class State(TypedDict):
    """What requests see."""

    predictors: dict[str, Predictor | Unavailable]
    pool: WorkerPool


def create_app(settings: Settings | None = None) -> FastAPI:
    """Return the service; it starts also when a model cannot be loaded, and says so in `/readyz`."""
    settings = settings or Settings()

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[State]:
        predictors = load_predictors(settings)
        _log_models(predictors)
        yield {"predictors": predictors, "pool": WorkerPool(settings.workers, settings.queue_size)}

    return create_service(
        name="crystal",
        version="0.1.0",
        summary="Scores crystals with scikit-learn and PyTorch models.",
        settings=settings,
        lifespan=lifespan,
        routers=[routes.crystal_routes()],
        checks={name: partial(routes.check_model, name=name) for name in MODELS},
        errors={UnknownModelError: 400, PredictionError: 500, ModelUnavailableError: 503},
    )


def _log_models(predictors: dict[str, Predictor | Unavailable]) -> None:
    log = structlog.stdlib.get_logger("crystal")
    for name, predictor in predictors.items():
        if isinstance(predictor, Unavailable):
            log.error("model not loaded", model=name, reason=predictor.reason)
        else:
            log.info("model loaded", model=name, kind=predictor.model.kind, version=predictor.version)
