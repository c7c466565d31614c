"""WebSockets pass through the gateway as they are: messages, pings, close codes, refusals and sudden ends."""

import asyncio
import os
import signal
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, ConnectionClosedError, InvalidStatus

from shared.testing import free_port, served

MIB = 1 << 20
closed_with: list[int] = []


async def echo(socket: WebSocket) -> None:
    """Speak `chat` where that is offered, say each message back, and note with which code the client ends."""
    offered = socket.scope["subprotocols"]
    await socket.accept("chat" if "chat" in offered else None, headers=[(b"x-kept", b"1")])
    while (message := await socket.receive())["type"] == "websocket.receive":
        if message.get("text") == "bye":
            await socket.close(4321, "as you wish")
        elif message.get("text") == "headers":
            await socket.send_json(dict(socket.headers))
        elif message.get("bytes") is not None:
            await socket.send_bytes(message["bytes"])
        else:
            await socket.send_text(message["text"])
    closed_with.append(message["code"])


async def refuse(socket: WebSocket) -> None:
    await socket.close()


app = Starlette(
    routes=[
        WebSocketRoute("/echo", echo),
        WebSocketRoute("/refuse", refuse),
        Route("/plain", lambda _: PlainTextResponse("plain")),
    ]
)


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with served(app, ws="websockets-sansio", ws_max_size=4 * MIB) as url:
        yield url


@pytest.fixture(scope="module")
def gateway(url: str, make_gateway: Callable[..., Any]) -> Iterator[Any]:
    with make_gateway({"up": url}) as gateway:
        yield gateway


@pytest.fixture(autouse=True)
def afresh() -> None:
    closed_with.clear()


def connected(gateway: Any, path: str = "echo", **options: Any) -> connect:
    return connect(gateway.url.replace("http", "ws") + f"/up/{path}", max_size=4 * MIB, **options)


async def until(true: Callable[[], bool], seconds: float = 5) -> bool:
    for _ in range(int(seconds * 50)):
        if true():
            return True
        await asyncio.sleep(0.02)
    return true()


async def test_messages_come_back(gateway: Any) -> None:
    async with connected(gateway) as socket:
        for message in ("text", "é", b"\x00\xff", ""):
            await socket.send(message)
            assert await socket.recv() == message


async def test_large_messages_both_ways(gateway: Any) -> None:
    message = os.urandom(MIB)
    async with connected(gateway, compression=None) as socket:
        for _ in range(4):
            await socket.send(message)
            assert await socket.recv() == message


async def test_the_service_sees_who_asks_and_the_client_its_headers(gateway: Any) -> None:
    async with connected(gateway, additional_headers={"X-Consumer": "somebody else"}) as socket:
        assert socket.response
        assert socket.response.headers["x-kept"] == "1"
        assert "x-request-id" in socket.response.headers
        await socket.send("headers")
        told = await socket.recv()
    assert '"x-consumer":"anonymous"' in told
    assert '"x-forwarded-prefix":"/up"' in told


async def test_pings_are_answered_by_the_service(gateway: Any) -> None:
    async with connected(gateway) as socket:
        await asyncio.wait_for(await socket.ping(b"there?"), 5)


async def test_the_client_s_close_code_reaches_the_service(gateway: Any) -> None:
    async with connected(gateway) as socket:
        await socket.close(4002, "enough")
    assert await until(lambda: closed_with == [4002])


async def test_the_service_s_close_code_reaches_the_client(gateway: Any) -> None:
    async with connected(gateway) as socket:
        await socket.send("bye")
        with pytest.raises(ConnectionClosed) as error:
            await socket.recv()
    assert error.value.rcvd
    assert (error.value.rcvd.code, error.value.rcvd.reason) == (4321, "as you wish")


@pytest.mark.parametrize(("offered", "spoken"), [(["x", "chat"], "chat"), (["x"], None)])
async def test_the_service_chooses_the_subprotocol(gateway: Any, offered: list[Any], spoken: str | None) -> None:
    async with connected(gateway, subprotocols=offered) as socket:
        assert socket.subprotocol == spoken


@pytest.mark.parametrize(("path", "status"), [("refuse", 403), ("nowhere", 403)])
async def test_a_service_s_refusal_is_passed_on(gateway: Any, path: str, status: int) -> None:
    with pytest.raises(InvalidStatus) as error:
        async with connected(gateway, path):
            pass
    assert error.value.response.status_code == status


async def test_a_client_that_vanishes_is_missed_by_the_service(gateway: Any) -> None:
    async with connected(gateway) as socket:
        await socket.send("x")
        await socket.recv()
        socket.transport.abort()
        assert await until(lambda: len(closed_with) == 1, 1), closed_with


async def test_a_hundred_at_once(gateway: Any) -> None:
    async def speak(number: int) -> bool:
        async with connected(gateway) as socket:
            for part in range(5):
                await socket.send(f"{number} {part}")
                if await socket.recv() != f"{number} {part}":
                    return False
        return True

    assert all(await asyncio.gather(*(speak(number) for number in range(100))))


async def test_a_service_that_dies_ends_the_conversation(make_gateway: Callable[..., Any]) -> None:
    port = free_port()
    service = await asyncio.create_subprocess_exec(sys.executable, __file__, str(port))
    with make_gateway({"up": f"http://127.0.0.1:{port}"}, wait_seconds="20") as gateway:
        async with connected(gateway, open_timeout=20) as socket:
            service.kill()
            with pytest.raises(ConnectionClosedError):
                await asyncio.wait_for(socket.recv(), 2)
    await service.wait()


async def test_a_gateway_that_stops_ends_conversations_and_exits(url: str, make_gateway: Callable[..., Any]) -> None:
    with make_gateway({"up": url}, shutdown_seconds="20") as gateway:
        async with connected(gateway) as socket:
            await socket.send("x")
            await socket.recv()
            gateway.process.send_signal(signal.SIGTERM)
            with pytest.raises(ConnectionClosedError):
                await asyncio.wait_for(socket.recv(), 5)
            assert await until(lambda: gateway.process.poll() == 0)
    assert await until(lambda: len(closed_with) == 1), closed_with


async def test_one_who_may_not_come_in_gets_no_socket(
    url: str, make_gateway: Callable[..., Any], tmp_path: Any
) -> None:
    (tmp_path / "keys.json").write_text("{}")
    with make_gateway({"up": url}, keys_file=str(tmp_path / "keys.json")) as gateway:
        with pytest.raises(InvalidStatus) as error:
            async with connected(gateway):
                pass
        assert error.value.response.status_code == 401


async def test_the_conversation_of_a_revoked_key_ends(
    url: str, make_gateway: Callable[..., Any], key_ring: Any
) -> None:
    key = key_ring.make("ada", "up:*")
    with make_gateway({"up": url}, keys_file=str(key_ring.path)) as gateway:
        async with connected(gateway, additional_headers={"X-API-Key": key.text}) as socket:
            await socket.send("x")
            assert await socket.recv() == "x"
            key_ring.revoke(key)
            with pytest.raises(ConnectionClosedError):
                await asyncio.wait_for(socket.recv(), 5)
    assert await until(lambda: len(closed_with) == 1), closed_with


if __name__ == "__main__":
    uvicorn.run(app, port=int(sys.argv[1]), ws="websockets-sansio", log_level="critical")
