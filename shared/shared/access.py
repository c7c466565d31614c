"""Every request has an id and leaves one line in the log."""

import re
from email.utils import formatdate
from time import perf_counter

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uuid_utils import uuid7

from shared.errors import CLIENT_CLOSED_REQUEST
from shared.health import PROBES
from shared.logging import current_request_id

_ACCEPTABLE_ID = re.compile(rb"[A-Za-z0-9._:/+=-]{1,128}")
_log = structlog.get_logger(source="access")


class RequestContextMiddleware:
    """Takes or makes the request's id, returns it as `X-Request-ID`, dates the answer and writes the access line.

    What the application puts into the state as `noted` is told in that line as well.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = perf_counter()
        request_id = _request_id(scope)
        scope.setdefault("state", {})["request_id"] = request_id
        # Never reset: the server runs each request in a task, so in a context, of its own.
        current_request_id.set(request_id)
        status = CLIENT_CLOSED_REQUEST

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = _with_id_and_date(message["headers"], request_id)
            await send(message)

        try:
            await self.app(scope, receive, send_with_id)
        except Exception:
            status = 500
            raise
        finally:
            if scope["path"] not in PROBES:
                _log.info(
                    "request",
                    method=scope["method"],
                    path=scope["path"],
                    status=status,
                    milliseconds=round((perf_counter() - started) * 1000, 2),
                    client=scope["client"][0] if scope.get("client") else None,
                    **scope["state"].get("noted", {}),
                )


def _request_id(scope: Scope) -> str:
    for name, value in scope["headers"]:
        if name == b"x-request-id" and _ACCEPTABLE_ID.fullmatch(value):
            return str(value, "ascii")
    return str(uuid7())


def _with_id_and_date(headers: list[tuple[bytes, bytes]], request_id: str) -> list[tuple[bytes, bytes]]:
    kept = [header for header in headers if header[0] != b"x-request-id"]
    kept.append((b"x-request-id", request_id.encode()))
    if not any(name == b"date" for name, _ in kept):
        kept.append((b"date", formatdate(usegmt=True).encode()))
    return kept
