"""Ray Serve: a replica per core, alone or with `serve.batch`.

https://docs.ray.io/en/latest/serve/resource-allocation.html (`num_replicas`, `num_cpus`),
https://docs.ray.io/en/latest/serve/advanced-guides/dyn-req-batch.html and
https://docs.ray.io/en/latest/serve/advanced-guides/performance.html.
"""

import asyncio
import os
from typing import Any

import numpy as np
import ray
from ray import serve
from starlette.requests import Request

from benchmarks.vision.peers.recipe import BATCH, PORT, THREADS, WAIT_SECONDS, WORKERS, Answer, Classifier

CLIENTS = 16


@serve.deployment(
    num_replicas=WORKERS,
    ray_actor_options={"num_cpus": THREADS},
    max_ongoing_requests=CLIENTS,
)
class Single:
    """Computes each image alone."""

    def __init__(self) -> None:
        self.classifier = Classifier()

    async def __call__(self, request: Request) -> Answer:
        """Name five categories."""
        return await asyncio.to_thread(self._classify, await request.body())

    def _classify(self, data: bytes) -> Answer:
        return self.classifier.classify(self.classifier.recipe.prepare(data)[None])[0]


@serve.deployment(
    num_replicas=WORKERS,
    ray_actor_options={"num_cpus": THREADS},
    max_ongoing_requests=CLIENTS,
)
class Batched:
    """Computes together what waits at the same time."""

    def __init__(self) -> None:
        self.classifier = Classifier()

    async def __call__(self, request: Request) -> Answer:
        """Name five categories."""
        answer: Answer = await self.together(await request.body())
        return answer

    @serve.batch(max_batch_size=BATCH, batch_wait_timeout_s=WAIT_SECONDS)
    async def together(self, photos: list[bytes]) -> list[Answer]:
        """Name five categories of each."""
        return await asyncio.to_thread(self._classify, photos)

    def _classify(self, photos: list[bytes]) -> list[Answer]:
        return self.classifier.classify(np.stack([self.classifier.recipe.prepare(data) for data in photos]))


if __name__ == "__main__":
    ray.init(num_cpus=os.cpu_count(), include_dashboard=False, configure_logging=False)
    serve.start(http_options={"host": "127.0.0.1", "port": PORT})
    deployment: Any = Batched if BATCH > 1 else Single
    serve.run(deployment.bind(), route_prefix="/predictions", blocking=True)
