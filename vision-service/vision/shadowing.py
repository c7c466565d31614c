"""A candidate in the shadow of the model in service: it sees a share of the real traffic and never answers."""

import asyncio
from collections.abc import Callable
from random import Random
from typing import Final

import structlog
from anyio import to_thread

from vision.agreement import Agreement
from vision.batching import Batcher, Computed
from vision.classifier import Array
from vision.models.card import ModelCard
from vision.preprocessing import input_of

MAX_WAITING: Final = 8
"""Images that the candidate may have before it; of more it sees none, so that it holds no answer up."""

_log = structlog.get_logger(source="shadow")

Prepare = Callable[[bytes, ModelCard], Array]


class Shadow:
    """Shows `candidate` the part `share` of the images, and keeps account of how far it agrees."""

    def __init__(self, card: ModelCard, served: ModelCard, batcher: Batcher, share: float, prepare: Prepare) -> None:
        self.card = card
        self.share = share
        self.agreement = Agreement(card.labels)
        self.skipped = 0
        self.failed = 0
        self._same_input = input_of(card) == input_of(served)
        self._batcher = batcher
        self._prepare = prepare
        self._random = Random()  # noqa: S311 no secret
        self._running: set[asyncio.Task[None]] = set()

    def offer(self, data: bytes | None, prepared: Array, answered: Computed) -> None:
        """Let the candidate see the image perhaps; returns at once.

        `prepared` is the input of the model in service, made of the file `data`; None where the client has made it.
        """
        if data is None and not self._same_input:
            return
        if self._random.random() >= self.share:
            return
        if len(self._running) >= MAX_WAITING:
            self.skipped += 1
            return
        task = asyncio.create_task(self._compare(data, prepared, answered))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def close(self) -> None:
        """Give up what is waiting and let go of the threads."""
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
        self._batcher.close()

    async def _compare(self, data: bytes | None, prepared: Array, answered: Computed) -> None:
        try:
            if data is not None and not self._same_input:
                prepared = await to_thread.run_sync(self._prepare, data, self.card)
            self.agreement.add(answered, await self._batcher.submit(prepared))
        except Exception:  # noqa: BLE001 a candidate's fault is no fault of the service
            self.failed += 1
            _log.exception("candidate failed", model=self.card.describe())
