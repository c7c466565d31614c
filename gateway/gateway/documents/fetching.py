"""Fetches a service's document over HTTP."""

import aiohttp

from gateway.documents.checking import MAX_BYTES


async def fetch(session: aiohttp.ClientSession, url: str) -> bytes:
    """Return the body that `url` answers 200 with, cut off where it is longer than a document may be."""
    async with session.get(url, raise_for_status=True, allow_redirects=False) as answer:
        if answer.status != 200:
            raise aiohttp.ClientError(f"status {answer.status}")
        body = bytearray()
        async for chunk in answer.content.iter_any():
            body += chunk
            if len(body) > MAX_BYTES:
                break
        return bytes(body)
