"""Micro-batching: images that wait at the same time are computed together.

An image never waits for company while a turn is free, unless `wait_seconds` allows for it: under load batches form of
what has come in the meantime, and a lone request is as fast as without batching.
"""

import asyncio
import os
import sys
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from time import perf_counter
from typing import Final, Protocol

import numpy as np

from vision.classifier import Array, Outputs

NICENESS: Final = 5
"""Of the threads that compute."""


class Compute(Protocol):
    """Computes a batch of images, (n, 3, size, size), in a thread; `alone` where nothing else is being computed."""

    def __call__(self, images: Array, *, alone: bool) -> Outputs: ...


@dataclass(frozen=True, slots=True)
class Computed:
    """What the model says of one image, and what it took: times in seconds."""

    logits: Array
    features: Array
    batch_size: int
    queued: float
    computing: float


@dataclass(slots=True, eq=False)
class _Waiting:
    image: Array
    answer: "asyncio.Future[Computed]"
    since: float


class Batcher:
    """Computes at most `concurrency` batches at a time, each of at most `max_batch` images, in the order they came."""

    def __init__(
        self, compute: Compute, *, concurrency: int, max_batch: int, wait_seconds: float = 0, name: str = "batcher"
    ) -> None:
        self._compute = compute
        self._max_batch = max_batch
        self._wait_seconds = wait_seconds
        self._free = self._concurrency = concurrency
        self._waiting: deque[_Waiting] = deque()
        self._running: set[asyncio.Task[None]] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._threads = ThreadPoolExecutor(concurrency, thread_name_prefix=name, initializer=_give_way)

    @property
    def waiting(self) -> int:
        """How many images wait to be computed."""
        return len(self._waiting)

    async def submit(self, image: Array) -> Computed:
        """Return what the model says of `image`, (3, size, size), whose errors it raises; cancelled, it is left out."""
        entry = _Waiting(image, asyncio.get_running_loop().create_future(), perf_counter())
        self._waiting.append(entry)
        self._dispatch()
        try:
            return await entry.answer
        except asyncio.CancelledError:
            self._leave(entry)
            raise

    def close(self) -> None:
        """End the threads when what is being computed is done."""
        self._threads.shutdown(wait=False)

    def _leave(self, entry: _Waiting) -> None:
        if entry in self._waiting:
            self._waiting.remove(entry)

    def _dispatch(self) -> None:
        while self._free and self._waiting:
            if (seconds := self._seconds_to_wait()) > 0:
                self._dispatch_after(seconds)
                return
            batch = [self._waiting.popleft() for _ in range(min(self._max_batch, len(self._waiting)))]
            alone = self._free == self._concurrency and not self._waiting
            self._free -= 1
            task = asyncio.create_task(self._answer(batch, alone=alone))
            self._running.add(task)
            task.add_done_callback(self._running.discard)

    def _seconds_to_wait(self) -> float:
        if len(self._waiting) >= self._max_batch:
            return 0
        return self._waiting[0].since + self._wait_seconds - perf_counter()

    def _dispatch_after(self, seconds: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_later(seconds, self._dispatch)

    async def _answer(self, batch: Sequence[_Waiting], *, alone: bool) -> None:
        try:
            await self._compute_all(batch, alone=alone)
        finally:
            self._free += 1
            self._dispatch()

    async def _compute_all(self, batch: Sequence[_Waiting], *, alone: bool) -> None:
        try:
            await self._compute_together(batch, alone=alone)
        except Exception as error:  # noqa: BLE001 whatever it is, each image's own request is to learn of it
            if len(batch) == 1:
                _fail(batch[0], error)
                return
            for entry in batch:  # which of them it was is not known
                await self._compute_all([entry], alone=False)

    async def _compute_together(self, batch: Sequence[_Waiting], *, alone: bool) -> None:
        started = perf_counter()
        images = np.stack([entry.image for entry in batch])
        run: Callable[[], Outputs] = lambda: self._compute(images, alone=alone)  # noqa: E731
        outputs = await asyncio.get_running_loop().run_in_executor(self._threads, run)
        seconds = perf_counter() - started
        for entry, logits, features in zip(batch, outputs.logits, outputs.features, strict=True):
            if not entry.answer.done():
                # Copies: who keeps one image's answer must not keep the whole batch's.
                computed = Computed(logits.copy(), features.copy(), len(batch), started - entry.since, seconds)
                entry.answer.set_result(computed)


def _give_way() -> None:
    """Let the event loop's thread have a core first: it has little to do, and refuses what is too much."""
    if sys.platform == "linux":  # elsewhere it would be the whole process
        os.nice(NICENESS)


def _fail(entry: _Waiting, error: Exception) -> None:
    if not entry.answer.done():
        entry.answer.set_exception(error)
