"""The head of an answer goes with the first part of the body, and never later than the loop's next turn."""

import asyncio
from typing import cast

from gateway.wire.held_head import HeldHead


class Written(asyncio.Transport):
    """Records what is written."""

    def __init__(self) -> None:
        super().__init__()
        self.writes: list[bytes | bytearray | memoryview] = []
        self.closed = False

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.writes.append(data)

    def close(self) -> None:
        self.closed = True

    def is_closing(self) -> bool:
        return self.closed


def held() -> tuple[Written, HeldHead]:
    written = Written()
    return written, HeldHead(cast("asyncio.Transport", written), asyncio.get_running_loop())


async def test_head_and_body_are_one_write() -> None:
    written, transport = held()
    transport.write(b"head")
    transport.write(b"body")
    transport.write(b"more")
    await asyncio.sleep(0)
    assert written.writes == [b"headbody", b"more"]


async def test_a_head_alone_does_not_wait_for_a_body() -> None:
    written, transport = held()
    transport.write(b"head")
    assert written.writes == []
    await asyncio.sleep(0)
    assert written.writes == [b"head"]
    transport.write(b"body")
    assert written.writes == [b"head", b"body"]


async def test_closing_loses_nothing() -> None:
    written, transport = held()
    transport.write(b"head")
    transport.close()
    await asyncio.sleep(0)
    assert (written.writes, transport.is_closing()) == ([b"head"], True)


async def test_nothing_is_written_to_a_client_that_left() -> None:
    written, transport = held()
    transport.write(b"head")
    written.closed = True
    await asyncio.sleep(0)
    assert written.writes == []
