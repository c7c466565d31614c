"""BentoML: a service with one worker per core, or one in front of another that batches.

https://docs.bentoml.com/en/latest/build-with-bentoml/parallelize-requests.html (`workers="cpu_count"`),
https://docs.bentoml.com/en/latest/get-started/adaptive-batching.html (a service for single inputs in front of the one
that batches) and https://docs.bentoml.com/en/latest/build-with-bentoml/iotypes.html (a single positional-only input is
the raw body).
"""

import asyncio
from typing import Any

import bentoml
import numpy as np
from PIL.Image import Image

from benchmarks.vision.peers.recipe import BATCH, WORKERS, Answer, Classifier

MAX_LATENCY_MS = 60_000
"""BentoML's default: beyond it requests are refused; how long a batch is waited for, it finds out itself."""


@bentoml.service(workers=WORKERS)
class Single:
    """Computes each image alone."""

    def __init__(self) -> None:
        self.classifier = Classifier()

    @bentoml.api
    def predictions(self, image: Image, /) -> list[dict[str, Any]]:
        """Name five categories."""
        return self.classifier.classify(self.classifier.recipe.preprocess(image)[None])[0]


@bentoml.service(workers=WORKERS)
class Model:
    """Computes batches of images that others prepared."""

    def __init__(self) -> None:
        self.classifier = Classifier()

    @bentoml.api(batchable=True, max_batch_size=max(BATCH, 2), max_latency_ms=MAX_LATENCY_MS)
    def compute(self, images: np.ndarray) -> np.ndarray:
        """Return the logits."""
        return self.classifier.compute(images)


@bentoml.service(workers=WORKERS)
class Batched:
    """Prepares images and asks the model, which sees them in batches."""

    model = bentoml.depends(Model)

    def __init__(self) -> None:
        self.classifier = Classifier()

    @bentoml.api
    async def predictions(self, image: Image, /) -> list[dict[str, Any]]:
        """Name five categories."""
        prepared = await asyncio.to_thread(self.classifier.recipe.preprocess, image)
        logits = await self.model.to_async.compute(prepared[None])
        answer: Answer = self.classifier.answer(logits[0])
        return answer
