"""The pool runs what it has room for, in bounded numbers, and refuses the rest at once."""

import asyncio
import threading
from typing import Any

import pytest
from starlette.requests import ClientDisconnect, Request

from shared.errors import OverloadedError
from shared.workers import WorkerPool, unless_gone


def request_of(*, client_left: bool = False) -> Request:
    async def receive() -> dict[str, Any]:
        if not client_left:
            await asyncio.Event().wait()
        return {"type": "http.disconnect"}

    return Request({"type": "http", "method": "GET", "path": "/", "headers": []}, receive)


async def test_it_runs_in_another_thread_and_passes_the_result() -> None:
    pool = WorkerPool(workers=1, queue_size=0)
    assert await pool.run(request_of(), threading.get_ident) != threading.get_ident()
    assert await pool.run(request_of(), divmod, 7, 2) == (3, 1)


def test_beyond_the_places_it_refuses_at_once() -> None:
    pool = WorkerPool(workers=1, queue_size=1)
    with pool.place(), pool.place():
        with pytest.raises(OverloadedError) as refusal, pool.place():
            pass
        assert refusal.value.headers == {"Retry-After": "1"}
    assert pool.admitted == 0


async def test_no_more_than_the_workers_run_at_once() -> None:
    pool, running, most = WorkerPool(workers=2, queue_size=20), 0, 0
    lock = threading.Lock()

    def work() -> None:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        threading.Event().wait(0.01)
        with lock:
            running -= 1

    await asyncio.gather(*(pool.run(request_of(), work) for _ in range(10)))
    assert most == 2


async def test_a_client_that_leaves_while_it_waits_costs_no_work() -> None:
    pool, release = WorkerPool(workers=1, queue_size=1), threading.Event()
    done: list[int] = []
    first = asyncio.create_task(pool.run(request_of(), release.wait, 5))
    await asyncio.sleep(0.05)
    with pytest.raises(ClientDisconnect):
        await pool.run(request_of(client_left=True), done.append, 1)
    release.set()
    assert await first is True
    await pool.run(request_of(), done.append, 2)
    assert done == [2]


async def test_a_waiting_request_that_is_cancelled_keeps_no_turn() -> None:
    pool, release = WorkerPool(workers=1, queue_size=1), threading.Event()
    first = asyncio.create_task(pool.run(request_of(), release.wait, 5))
    second = asyncio.create_task(pool.run(request_of(), release.wait, 5))
    await asyncio.sleep(0.05)
    second.cancel()
    release.set()
    await first
    assert await asyncio.wait_for(pool.run(request_of(), divmod, 7, 2), 5) == (3, 1)


async def test_who_hangs_up_ends_the_work_and_waits_for_its_end() -> None:
    order: list[str] = []

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0.01)
            order.append("ended")

    with pytest.raises(ClientDisconnect):
        await unless_gone(request_of(client_left=True), work())
    order.append("raised")
    assert order == ["ended", "raised"]
    assert await unless_gone(request_of(), asyncio.sleep(0, "done")) == "done"


async def test_an_error_frees_the_turn() -> None:
    pool = WorkerPool(workers=1, queue_size=0)
    for _ in range(3):
        with pytest.raises(ZeroDivisionError):
            await pool.run(request_of(), divmod, 1, 0)
