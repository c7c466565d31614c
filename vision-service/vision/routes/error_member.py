"""Problems under `/v2` have the member `error`, too, which clients of the Open Inference Protocol look for."""

import json

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.errors import MEDIA_TYPE

PREFIX = "/v2"


class ErrorMemberMiddleware:
    """Adds `error`, which says what `detail` says; RFC 9457 allows for members of one's own."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        ours = scope["type"] == "http" and f"{scope['path']}/".startswith(f"{PREFIX}/")
        await self.app(scope, receive, _Problems(send) if ours else send)


class _Problems:
    """Holds a problem document back until it is whole."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._start: Message | None = None
        self._body = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start" and _is_problem(message):
            self._start = message
        elif self._start is None:
            await self._send(message)
        else:
            self._body += message.get("body", b"")
            if not message.get("more_body", False):
                await self._send_whole(self._start)

    async def _send_whole(self, start: Message) -> None:
        problem = json.loads(self._body)
        body = json.dumps({**problem, "error": problem["detail"]}, ensure_ascii=False, separators=(",", ":")).encode()
        MutableHeaders(raw=start["headers"])["content-length"] = str(len(body))
        await self._send(start)
        await self._send({"type": "http.response.body", "body": body})


def _is_problem(message: Message) -> bool:
    return MutableHeaders(raw=message["headers"]).get("content-type", "").startswith(MEDIA_TYPE)
