"""An upstream on uvicorn: JSON at `/`, an event a second at `/events`, and at `/hang` nothing ever."""

import asyncio
from typing import Final

from starlette.types import Receive, Scope, Send

ANSWER: Final = b'{"prediction":["blue"],"scores":[{"blue":0.9928,"green":0.0072,"yellow":1.34e-8}]}'


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer by path."""
    if scope["type"] != "http":
        return
    if scope["path"] == "/hang":
        while (await receive())["type"] != "http.disconnect":
            pass
    elif scope["path"] == "/events":
        await _start(send, b"text/event-stream")
        for number in range(3600):
            await send({"type": "http.response.body", "body": b"data: %d\n\n" % number, "more_body": True})
            await asyncio.sleep(1)
    else:
        await _start(send, b"application/json")
        await send({"type": "http.response.body", "body": ANSWER})


async def _start(send: Send, media_type: bytes) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", media_type)]})
