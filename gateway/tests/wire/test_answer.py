"""A body between the connection that fills it and the reader that empties it."""

import asyncio

import pytest

from gateway.wire.answer import HIGH_WATER_BYTES, Answer, Body
from gateway.wire.errors import BrokenError


class Tap:
    """Records what a body asks of its connection."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def pause(self) -> None:
        self.asked.append("pause")

    def resume(self) -> None:
        self.asked.append("resume")

    def abort(self) -> None:
        self.asked.append("abort")


async def test_a_read_takes_all_that_is_there() -> None:
    body = Body(Tap())
    body.add([b"a", b"b"])
    body.add([b"c"])
    assert await body.read() == b"abc"
    body.end([b"d"])
    assert [await body.read() for _ in range(3)] == [b"d", b"", b""]


async def test_a_read_waits_for_something() -> None:
    body = Body(Tap())
    reading = asyncio.create_task(body.read())
    await asyncio.sleep(0)
    body.add([b"a"])
    assert await reading == b"a"


async def test_the_source_pauses_while_too_much_is_unread() -> None:
    tap = Tap()
    body = Body(tap)
    body.add([bytes(HIGH_WATER_BYTES)])
    assert tap.asked == []
    body.add([b"x"])
    body.add([b"x"])
    assert tap.asked == ["pause"]
    await body.read()
    assert tap.asked == ["pause", "resume"]


async def test_a_body_that_has_ended_asks_for_nothing() -> None:
    tap = Tap()
    body = Body(tap)
    body.add([bytes(HIGH_WATER_BYTES + 1)])
    body.end([b"x"])
    await body.read()
    body.close()
    assert tap.asked == ["pause"]


async def test_what_came_before_an_error_is_read_before_it() -> None:
    body = Body(Tap())
    body.add([b"a"])
    body.end([], BrokenError("cut off"))
    assert await body.read() == b"a"
    with pytest.raises(BrokenError, match="cut off"):
        await body.read()


async def test_closing_wakes_whoever_reads() -> None:
    tap = Tap()
    body = Body(tap)
    reading = asyncio.create_task(body.read())
    await asyncio.sleep(0)
    body.close()
    with pytest.raises(BrokenError):
        await reading
    assert tap.asked == ["abort"]


async def test_an_answer_that_is_no_101_leaves_no_tunnel() -> None:
    answer = Answer(200, [], b"ok")
    with pytest.raises(ValueError, match="200"):
        answer.take_over()
    answer.close()
    assert await answer.read() == b""
