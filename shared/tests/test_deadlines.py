"""A deadline ends the work and says so; another's timeout is none of its business."""

import asyncio

import pytest

from shared.deadlines import Deadline, DeadlineExceededError


async def test_work_that_is_done_in_time() -> None:
    assert await Deadline(5).keep(asyncio.sleep(0, "done")) == "done"
    assert await Deadline(None).keep(asyncio.sleep(0, "done")) == "done"


async def test_work_that_takes_longer_is_cancelled() -> None:
    cancelled = asyncio.Event()

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()

    with pytest.raises(DeadlineExceededError, match=r"within the 0\.05 s") as refusal:
        await Deadline(0.05).keep(work())
    assert (refusal.value.status, cancelled.is_set()) == (504, True)


async def test_it_counts_from_the_requests_arrival() -> None:
    deadline = Deadline(0.05)
    await asyncio.sleep(0.1)
    with pytest.raises(DeadlineExceededError):
        await deadline.keep(asyncio.sleep(1))


async def test_a_timeout_of_the_work_itself_stays_one() -> None:
    async def work() -> None:
        raise TimeoutError("the database")

    with pytest.raises(TimeoutError, match="the database"):
        await Deadline(5).keep(work())
