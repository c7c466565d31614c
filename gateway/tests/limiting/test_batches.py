"""Each asker has his own answer, however the questions are sent, and nobody waits for ever."""

import asyncio
from collections.abc import Sequence
from time import monotonic

import pytest

from gateway.limiting.batches import MAX_BATCH, Batches


class Store:
    """Doubles numbers; notes the sizes of the batches."""

    def __init__(self, pause: float = 0.001) -> None:
        self.pause = pause
        self.sizes: list[int] = []

    async def __call__(self, questions: Sequence[int]) -> Sequence[object]:
        self.sizes.append(len(questions))
        await asyncio.sleep(self.pause)
        return [ValueError("odd") if question % 2 else 2 * question for question in questions]


async def test_each_asker_has_his_own_answer_or_error() -> None:
    store = Store()
    batches = Batches(store, seconds=10)
    answers = await asyncio.gather(*(batches.ask(number) for number in range(350)), return_exceptions=True)
    assert answers[::2] == [2 * number for number in range(0, 350, 2)]
    assert all(isinstance(answer, ValueError) for answer in answers[1::2])
    assert store.sizes == [MAX_BATCH, MAX_BATCH, MAX_BATCH, 50]


async def test_those_who_come_while_the_store_answers_share_the_next_batch() -> None:
    store = Store(pause=0.05)
    batches = Batches(store, seconds=10)
    first = asyncio.create_task(batches.ask(0))
    await asyncio.sleep(0.01)
    assert await asyncio.gather(*(batches.ask(number) for number in (2, 4, 6))) == [4, 8, 12]
    assert await first == 0
    assert store.sizes == [1, 3]


async def test_all_who_wait_fail_with_the_batch_that_fails_and_later_ones_are_sent() -> None:
    store = Store(pause=60)
    batches = Batches(store, seconds=0.05)
    began = monotonic()
    answers = await asyncio.gather(*(batches.ask(2) for _ in range(3 * MAX_BATCH)), return_exceptions=True)
    assert all(isinstance(answer, TimeoutError) for answer in answers)
    assert store.sizes == [MAX_BATCH]
    assert monotonic() - began < 30
    store.pause = 0
    assert await batches.ask(2) == 4


async def test_an_asker_who_leaves_disturbs_nobody() -> None:
    batches = Batches(Store(pause=0.05), seconds=10)
    askers = [asyncio.create_task(batches.ask(number)) for number in (2, 4, 6)]
    await asyncio.sleep(0.01)
    askers[1].cancel()
    assert await askers[0] == 4
    assert await askers[2] == 12


async def test_an_answer_too_few_fails_them_all() -> None:
    async def send(questions: Sequence[int]) -> Sequence[object]:
        return questions[1:]

    batches = Batches(send, seconds=10)
    answers = await asyncio.gather(batches.ask(1), batches.ask(2), return_exceptions=True)
    assert isinstance(answers[1], ValueError)


async def test_closing_cancels_those_who_wait() -> None:
    batches = Batches(Store(pause=60), seconds=120)
    asker = asyncio.create_task(batches.ask(2))
    await asyncio.sleep(0.01)
    await batches.close()
    with pytest.raises(asyncio.CancelledError):
        await asker
