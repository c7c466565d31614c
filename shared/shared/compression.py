"""Answers in JSON, packed by gzip for those who take that."""

import asyncio
import gzip
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LEAST_BYTES: Final = 1024
"""A smaller answer fits one packet anyway."""
MOST_BYTES_AT_ONCE: Final = 64 * 1024
"""What is larger is packed in a thread, so that others need not wait."""
LEVEL: Final = 5
"""Of 9: the higher ones take twice as long to save a few per cent."""

MEDIA_TYPES: Final = frozenset({"application/json", "application/problem+json"})


class JsonCompressionMiddleware:
    """Packs answers in JSON that are whole: streams, files and what is packed already pass as they are."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] == "HEAD":
            await self.app(scope, receive, send)
            return
        is_taken = "gzip" in accepted_encodings(Headers(scope=scope).get("accept-encoding", ""))
        held: Message | None = None

        async def send_packed(message: Message) -> None:
            nonlocal held
            if message["type"] == "http.response.start" and _is_packable(message):
                MutableHeaders(raw=message["headers"]).add_vary_header("Accept-Encoding")
                held = message if is_taken else None
                if is_taken:
                    return
            elif held is not None:
                start, held = held, None
                await send(start if message.get("more_body") else await _pack(start, message))
            await send(message)

        await self.app(scope, receive, send_packed)


def accepted_encodings(header: str) -> set[str]:
    """Return the encodings that `Accept-Encoding` names, without those of quality 0 (RFC 9110, section 12.5.3)."""
    entries = [entry.replace(" ", "").lower().partition(";q=") for entry in header.split(",")]
    return {name for name, _, quality in entries if quality.strip("0.") or not quality}


def _is_packable(start: Message) -> bool:
    headers = Headers(raw=start["headers"])
    media_type = headers.get("content-type", "").partition(";")[0].strip().lower()
    # A stream tells no length.
    length = int(headers.get("content-length", "0"))
    return media_type in MEDIA_TYPES and length >= LEAST_BYTES and "content-encoding" not in headers


async def _pack(start: Message, body: Message) -> Message:
    """Pack the body in place; return the answer's start with headers that say so."""
    content: bytes = body["body"]
    packed = await asyncio.to_thread(_gzip, content) if len(content) > MOST_BYTES_AT_ONCE else _gzip(content)
    headers = MutableHeaders(raw=start["headers"])
    headers["Content-Encoding"] = "gzip"
    headers["Content-Length"] = str(len(packed))
    body["body"] = packed
    return start


def _gzip(content: bytes) -> bytes:
    return gzip.compress(content, LEVEL, mtime=0)
