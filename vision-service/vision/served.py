"""A model in service: loaded, warm, and with its own queue."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from vision.batching import Batcher
from vision.classifier import Array, Classifier, Outputs
from vision.models.card import ModelCard
from vision.shadowing import Shadow
from vision.tuning import Plan, Tuning, choose


class ServedModel:
    """A model that takes images; `shadow` is the candidate that sees some of them too."""

    def __init__(self, card: ModelCard, plan: Plan, busy: Classifier, lone: Classifier, wait_seconds: float) -> None:
        self.card = card
        self.plan = plan
        self.shadow: Shadow | None = None
        self._classifiers = {False: busy, True: lone}
        self._users = 0
        self._unused = asyncio.Event()
        self._unused.set()
        self.batcher = Batcher(
            self._compute,
            concurrency=plan.concurrency,
            max_batch=plan.max_batch,
            wait_seconds=wait_seconds,
            name=card.name,
        )

    @contextmanager
    def in_use(self) -> Iterator["ServedModel"]:
        """Keep the model from being retired for as long as a request needs it."""
        self._users += 1
        self._unused.clear()
        try:
            yield self
        finally:
            self._users -= 1
            if not self._users:
                self._unused.set()

    async def retire(self) -> None:
        """Wait for the requests that use it, and let go of its threads and its shadow."""
        while self._users:
            await self._unused.wait()
        if self.shadow is not None:
            await self.shadow.close()
        self.batcher.close()

    def _compute(self, images: Array, *, alone: bool) -> Outputs:
        return self._classifiers[alone].compute(images)


def load(card: ModelCard, path: Path, tuning: Tuning) -> tuple[Plan, Classifier, Classifier]:
    """Load the model at `path` and measure how to run it; blocks for a second or two.

    Returns the plan and the model twice: for batches under load, and for a lone image. Raises ModelUnavailableError.
    """
    loaded: dict[int, Classifier] = {}

    def once(threads: int) -> Classifier:
        if threads not in loaded:
            loaded[threads] = Classifier(card, path, threads)
        return loaded[threads]

    plan = choose(once, tuning)
    return plan, once(plan.threads), once(plan.lone_threads)
