"""From an image file to what a model says of it: cache, decode, preprocess, compute."""

import hashlib
from dataclasses import dataclass, replace
from time import perf_counter
from typing import Final

from anyio import to_thread

from shared.images.decoding import decode
from shared.workers import WorkerPool
from vision.caching import Answer, AnswerCache
from vision.classifier import Array
from vision.instruments import Instruments, Timings
from vision.models.card import ModelCard
from vision.preprocessing import input_of, preprocess
from vision.served import ServedModel

_HASHED_AT_ONCE: Final = 1 << 20
"""Bytes up to which a hash holds nobody else up."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A model's input, (3, size, size), and when its making began and how long it took."""

    image: Array
    started: float
    seconds: float


class Pipeline:
    """Answers images in the threads of `pool` and with the models' batchers."""

    def __init__(self, pool: WorkerPool, cache: AnswerCache, instruments: Instruments, max_pixels: int) -> None:
        self._pool = pool
        self._cache = cache
        self._instruments = instruments
        self._max_pixels = max_pixels

    async def answer(self, model: ServedModel, data: bytes) -> tuple[Answer, Timings]:
        """Return what `model` says of the image file `data`, and what it took.

        Raises NotAnImageError, BrokenImageError or TooManyPixelsError. Cancelled, it gives up its place in all queues.
        """
        if not self._cache.enabled:
            return await self._compute(model, data)
        key = (model.card.version, await _digest(data))
        found = self._cache.get(key)
        self._instruments.record_lookup(hit=found is not None)
        if found is not None:
            return found, Timings()
        answer, timings = await self._compute(model, data)
        self._cache.put(key, answer)
        return answer, timings

    async def answer_prepared(self, model: ServedModel, image: Array) -> Answer:
        """Return what `model` says of its input, (3, size, size), which is not looked for in the cache."""
        return (await self._infer(model, image, None, Timings()))[0]

    async def _compute(self, model: ServedModel, data: bytes) -> tuple[Answer, Timings]:
        asked = perf_counter()
        prepared = await self._pool.run_later(prepare, data, model.card, self._max_pixels)
        decoded = Timings(waiting=prepared.started - asked, decoding=prepared.seconds)
        return await self._infer(model, prepared.image, data, decoded)

    async def _infer(
        self, model: ServedModel, image: Array, data: bytes | None, decoded: Timings
    ) -> tuple[Answer, Timings]:
        computed = await model.batcher.submit(image)
        timings = replace(decoded, queued=computed.queued, inference=computed.computing, batch_size=computed.batch_size)
        self._instruments.record(timings)
        if model.shadow is not None:
            model.shadow.offer(data, image, computed)
        return Answer(computed.logits, computed.features), timings


def prepare(data: bytes, card: ModelCard, max_pixels: int) -> Prepared:
    """Return the input of the model of `card`; blocks its thread.

    Raises NotAnImageError, BrokenImageError or TooManyPixelsError.
    """
    started = perf_counter()
    image = preprocess(decode(data, max_pixels), *input_of(card))
    return Prepared(image, started, perf_counter() - started)


async def _digest(data: bytes) -> bytes:
    if len(data) <= _HASHED_AT_ONCE:
        return hashlib.sha256(data).digest()
    return await to_thread.run_sync(lambda: hashlib.sha256(data).digest())
