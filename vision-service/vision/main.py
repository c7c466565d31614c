"""Wires the service."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Final, TypedDict

from fastapi import FastAPI, Request

from shared.app import Lifespan, create_service
from shared.health import Check
from shared.images.refusals import BrokenImageError, NotAnImageError, TooManyPixelsError
from shared.metrics import Metrics
from shared.pages import page_routes
from shared.workers import WorkerPool
from vision.caching import AnswerCache
from vision.classifier import Array
from vision.inference.tensors import MAX_BODY_BYTES, TensorError
from vision.instruments import Instruments
from vision.models.card import ModelCard, ModelUnavailableError, UnknownModelError
from vision.models.repository import Repository
from vision.pipeline import Pipeline, prepare
from vision.registry import InUseError, NoEarlierVersionError, OtherLabelsError, Registry
from vision.routes import batches, inference, model_repository, models, predictions
from vision.routes.error_member import ErrorMemberMiddleware
from vision.settings import Settings, usable_cores
from vision.tuning import Tuning

QUEUE_SECONDS: Final = 0.15
LEAST_QUEUE: Final = 16
"""By default as many requests may wait as are computed in this time, or so many: enough that the model is never idle,
and few enough that those who are let in do not wait much longer than under full load."""
BATCH_BODIES: Final = 4
"""How many times the largest single image a request with several may be."""

QUEUED: Final = re.compile(r"/predictions|/predictions/batch|/embeddings|/v2/models/.*/infer")


class State(TypedDict):
    """What requests see as `request.state`."""

    pool: WorkerPool
    registry: Registry
    pipeline: Pipeline


def create_app(settings: Settings | None = None) -> FastAPI:
    """Return the service's application; it starts without a model too, and then is not ready."""
    settings = settings or Settings()
    metrics = Metrics("vision")
    app = create_service(
        name="vision",
        version=version("flotilla-vision"),
        summary="A photo in, at most five categories out.",
        settings=settings,
        lifespan=_lifespan(settings, Instruments(metrics.meter)),
        routers=[
            predictions.router,
            (batches.router, BATCH_BODIES * settings.max_body_bytes),
            models.router,
            (inference.router, MAX_BODY_BYTES),
            model_repository.router,
            page_routes(Path(__file__).parent / "page"),
        ],
        metrics=metrics,
        checks={"model": _check_model},
        queued=QUEUED,
        errors={
            NotAnImageError: 415,
            BrokenImageError: 422,
            TooManyPixelsError: 413,
            UnknownModelError: 404,
            NoEarlierVersionError: 409,
            InUseError: 409,
            OtherLabelsError: 409,
            ModelUnavailableError: 503,
            TensorError: 422,
        },
    )
    app.add_middleware(ErrorMemberMiddleware)
    return app


def _lifespan(settings: Settings, instruments: Instruments) -> Lifespan:
    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[State]:
        registry = _registry(settings)
        await registry.start()
        pool = WorkerPool(settings.workers, _queue_size(settings, registry))
        cache = AnswerCache(settings.cache_bytes)
        instruments.observe("vision.queue.depth", "Requests that have a place", "{request}", lambda: pool.admitted)
        instruments.observe("vision.cache.size", "Memory that kept answers take", "By", lambda: cache.bytes)
        pipeline = Pipeline(pool, cache, instruments, settings.max_pixels)
        yield State(pool=pool, registry=registry, pipeline=pipeline)
        await registry.close()

    return lifespan


def _registry(settings: Settings) -> Registry:
    tuning = Tuning(
        cores=usable_cores(),
        threads=settings.threads,
        max_batch=settings.max_batch,
        wait_seconds=settings.batch_wait_ms / 1000,
        seconds=settings.tuning_seconds,
    )

    def prepare_again(data: bytes, card: ModelCard) -> Array:
        return prepare(data, card, settings.max_pixels).image

    return Registry(Repository(settings.model_dir), tuning, settings.models, prepare_again)


def _queue_size(settings: Settings, registry: Registry) -> int:
    """Return how many requests may wait: what is asked for, or as many as the slowest model computes in time."""
    if settings.queue_size is not None:
        return settings.queue_size
    speeds = [served.plan.images_per_second for served in registry.served.values()]
    slowest = min((speed for speed in speeds if speed), default=0)
    return max(LEAST_QUEUE, round(QUEUE_SECONDS * slowest))


async def _check_model(request: Request) -> Check:
    registry: Registry = request.state.registry
    try:
        registry.check()
    except ModelUnavailableError as error:
        return Check(ready=False, detail=str(error))
    return Check(ready=True, detail=", ".join(served.card.describe() for served in registry.served.values()))
