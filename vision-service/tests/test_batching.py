"""For any mix of requests, sizes and cancellations each image gets its own answer, and bad ones harm nobody."""

import asyncio
import threading
from dataclasses import dataclass, field

import numpy as np
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from vision.batching import Batcher, Computed
from vision.classifier import Array, Outputs

BAD = -1.0


def image(number: float) -> Array:
    return np.full((3, 2, 2), number, np.float32)


@dataclass
class Model:
    """Tells images by their number, fails for a batch with `BAD`, and takes no batch before it `may_go_on`."""

    batches: list[list[float]] = field(default_factory=list)
    most: int = 0
    may_go_on: threading.Event = field(default_factory=threading.Event)
    _running: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, images: Array, *, alone: bool) -> Outputs:  # noqa: ARG002 the protocol's
        numbers = images[:, 0, 0, 0]
        with self._lock:
            self._running += 1
            self.most = max(self.most, self._running)
            self.batches.append(numbers.tolist())
        self.may_go_on.wait(10)
        with self._lock:
            self._running -= 1
        if BAD in numbers:
            raise ValueError("a bad image")
        return Outputs(np.stack([numbers, -numbers], axis=1), numbers[:, np.newaxis] * 2)


@st.composite
def traffic(draw: st.DrawFn) -> list[tuple[float, bool, int]]:
    """Draw images in the order they come: the number, whether the client leaves, and turns of the loop until then."""
    numbers = st.integers(0, 1000).map(float) | st.just(BAD)
    return draw(st.lists(st.tuples(numbers, st.booleans(), st.integers(0, 4)), min_size=1, max_size=40))


@hypothesis_settings(max_examples=150, deadline=None)
@given(
    requests=traffic(),
    concurrency=st.integers(1, 3),
    max_batch=st.integers(1, 8),
    wait=st.sampled_from([0, 0.001]),
)
async def test_each_image_gets_its_own_answer(
    requests: list[tuple[float, bool, int]], concurrency: int, max_batch: int, wait: float
) -> None:
    model = Model()
    model.may_go_on.set()
    batcher = Batcher(model, concurrency=concurrency, max_batch=max_batch, wait_seconds=wait)

    async def ask(number: float, leaves: bool, turns: int) -> Computed | None:
        task = asyncio.create_task(batcher.submit(image(number)))
        for _ in range(turns):
            await asyncio.sleep(0)
        if leaves:
            task.cancel()
        try:
            return await task
        except asyncio.CancelledError:
            assert leaves
            return None

    answers = await asyncio.gather(*(ask(*request) for request in requests), return_exceptions=True)
    for (number, leaves, _), answer in zip(requests, answers, strict=True):
        if answer is None:
            assert leaves
        elif number == BAD:
            assert isinstance(answer, ValueError)
        else:
            assert isinstance(answer, Computed)
            assert (answer.logits.tolist(), answer.features.tolist()) == ([number, -number], [2 * number])
    assert batcher.waiting == 0
    assert model.most <= concurrency
    assert max(map(len, model.batches), default=0) <= max_batch
    batcher.close()


async def until_waiting(batcher: Batcher, count: int) -> None:
    for _ in range(10_000):
        if batcher.waiting == count:
            return
        await asyncio.sleep(0.001)
    raise TimeoutError


async def test_what_waits_is_computed_together_and_who_leaves_is_not() -> None:
    model = Model()
    batcher = Batcher(model, concurrency=1, max_batch=8)
    tasks = [asyncio.create_task(batcher.submit(image(number))) for number in range(5)]
    await until_waiting(batcher, 4)
    tasks[2].cancel()
    await until_waiting(batcher, 3)
    model.may_go_on.set()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert model.batches == [[0], [1, 3, 4]]
    batcher.close()


async def test_an_image_waits_for_others_only_so_long() -> None:
    model = Model()
    model.may_go_on.set()
    batcher = Batcher(model, concurrency=1, max_batch=3, wait_seconds=0.05)
    answers = await asyncio.gather(*(batcher.submit(image(number)) for number in range(4)))
    assert model.batches == [[0, 1, 2], [3]]
    assert answers[3].queued >= 0.04
    batcher.close()
