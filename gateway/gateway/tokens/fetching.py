"""Fetches a JWKS document from a host that may be slow, broken or hostile."""

import re
from dataclasses import dataclass
from typing import Final

import aiohttp
from multidict import CIMultiDictProxy
from yarl import URL

MAX_BYTES: Final = 256 << 10
TOTAL_SECONDS: Final = 5
MAX_REDIRECTS: Final = 3
DEFAULT_LIFETIME: Final = 600
MIN_LIFETIME: Final = 60
MAX_LIFETIME: Final = 86_400

_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_MAX_AGE: Final = re.compile(r"(?:^|[,\s])max-age\s*=\s*\"?(\d{1,10})", re.IGNORECASE)
_UNCACHED: Final = re.compile(r"(?:^|[,\s])(?:no-store|no-cache)\b", re.IGNORECASE)
_SECONDS: Final = re.compile(r"\d{1,10}")


class FetchError(Exception):
    """The document cannot be had; the text says why."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """A document, and for how many seconds it may be kept."""

    body: bytes
    lifetime: int


async def fetch(session: aiohttp.ClientSession, url: str) -> Fetched:
    """Fetch a document of at most 256 KiB within 5 s, redirected within its own origin only; raises FetchError."""
    timeout = aiohttp.ClientTimeout(total=TOTAL_SECONDS)
    target = URL(url)
    try:
        for _ in range(MAX_REDIRECTS + 1):
            headers = {"Accept": "application/jwk-set+json, application/json", "Accept-Encoding": "identity"}
            async with session.get(target, allow_redirects=False, headers=headers, timeout=timeout) as answer:
                if answer.status in _REDIRECTS:
                    target = _within_origin(target, answer.headers.get("Location", ""))
                    continue
                if answer.status != 200:
                    raise FetchError(f"status {answer.status}")
                return Fetched(await _bounded(answer.content), lifetime(answer.headers))
    except TimeoutError:
        raise FetchError(f"no answer in {TOTAL_SECONDS} s") from None
    except (aiohttp.ClientError, OSError, ValueError) as error:
        raise FetchError(repr(error)) from error
    raise FetchError(f"more than {MAX_REDIRECTS} redirects")


def lifetime(headers: CIMultiDictProxy[str]) -> int:
    """Return for how many seconds to keep an answer (RFC 9111, section 4.2): between a minute and a day."""
    control = ",".join(headers.getall("Cache-Control", ()))
    if _UNCACHED.search(control):
        return MIN_LIFETIME
    found = _MAX_AGE.search(control)
    if not found:
        return DEFAULT_LIFETIME
    age = headers.get("Age", "").strip()
    spent = int(age) if _SECONDS.fullmatch(age) else 0
    return min(max(int(found[1]) - spent, MIN_LIFETIME), MAX_LIFETIME)


def _within_origin(url: URL, location: str) -> URL:
    target = url.join(URL(location))
    if not location or target.origin() != url.origin():
        raise FetchError("it redirects to another host; set the URL to where the keys really are")
    return target


async def _bounded(content: aiohttp.StreamReader) -> bytes:
    body = bytearray()
    async for chunk in content.iter_any():
        body += chunk
        if len(body) > MAX_BYTES:
            raise FetchError(f"the document has more than {MAX_BYTES:,} bytes")
    return bytes(body)
