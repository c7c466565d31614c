"""Fetching keys from a host that misbehaves."""

import asyncio
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from multidict import CIMultiDict, CIMultiDictProxy

from gateway.tokens import fetching
from gateway.tokens.fetching import MAX_BYTES, FetchError, fetch, lifetime


@pytest.mark.parametrize(
    ("control", "age", "seconds"),
    [
        ("", "", 600),
        ("max-age=3600", "", 3600),
        ("public, Max-Age=3600, must-revalidate", "", 3600),
        ('max-age="120"', "", 120),
        ("s-maxage=90", "", 600),
        ("max-age=3600", "3000", 600),
        ("max-age=3600", "-5", 3600),
        ("max-age=3600", "99999", 60),
        ("max-age=0", "", 60),
        ("max-age=9999999999", "", 86_400),
        ("no-store, max-age=3600", "", 60),
        ("max-age=soon", "", 600),
    ],
)
def test_keys_are_kept_as_long_as_the_host_says_within_bounds(control: str, age: str, seconds: int) -> None:
    assert lifetime(CIMultiDictProxy(CIMultiDict({"Cache-Control": control, "Age": age}))) == seconds


async def test_the_document_comes_whole(host: Any, session: aiohttp.ClientSession) -> None:
    host.headers = {"Cache-Control": "max-age=900"}
    fetched = await fetch(session, host.url)
    assert (fetched.body, fetched.lifetime) == (host.document, 900)


async def test_a_redirect_within_the_host_is_followed(host: Any, session: aiohttp.ClientSession) -> None:
    async def answer(request: web.Request) -> web.Response:
        moved = request.path == "/jwks"
        return web.Response(status=308, headers={"Location": "keys/"}) if moved else web.Response(body=b"here")

    host.answer = answer
    assert (await fetch(session, host.url)).body == b"here"


@pytest.mark.parametrize("location", ["http://localhost:1/jwks", "https://127.0.0.1/jwks", "//evil.example/", ""])
async def test_a_redirect_elsewhere_is_refused(host: Any, session: aiohttp.ClientSession, location: str) -> None:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(status=302, headers={"Location": location})

    host.answer = answer
    with pytest.raises(FetchError):
        await fetch(session, host.url)
    assert host.asked == 1


async def test_redirects_end(host: Any, session: aiohttp.ClientSession) -> None:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(status=302, headers={"Location": "/jwks"})

    host.answer = answer
    with pytest.raises(FetchError, match="more than 3 redirects"):
        await fetch(session, host.url)


@pytest.mark.parametrize("status", [204, 304, 404, 500, 503])
async def test_an_error_is_no_document(host: Any, session: aiohttp.ClientSession, status: int) -> None:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(status=status)

    host.answer = answer
    with pytest.raises(FetchError, match=f"status {status}"):
        await fetch(session, host.url)


async def test_a_huge_document_is_not_read(host: Any, session: aiohttp.ClientSession) -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        stream = web.StreamResponse()
        await stream.prepare(request)
        for _ in range(1000):
            await stream.write(bytes(MAX_BYTES // 4))
        return stream

    host.answer = answer
    with pytest.raises(FetchError, match="more than 262,144 bytes"):
        await fetch(session, host.url)


async def test_a_slow_host_is_given_up(
    host: Any, session: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        stream = web.StreamResponse()
        await stream.prepare(request)
        while True:
            await stream.write(b" ")
            await asyncio.sleep(0.05)

    monkeypatch.setattr(fetching, "TOTAL_SECONDS", 0.3)
    host.answer = answer
    with pytest.raises(FetchError, match="no answer in"):
        await fetch(session, host.url)


async def test_a_host_that_is_not_there_is_told(session: aiohttp.ClientSession) -> None:
    with pytest.raises(FetchError, match="Connect"):
        await fetch(session, "http://127.0.0.1:1/jwks")
