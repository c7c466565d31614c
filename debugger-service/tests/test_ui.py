"""The web UI's files: how they are sent, and what is said where they were not built."""

from pathlib import Path

import pytest
from fastapi import FastAPI

from debugger.routes.ui import ui_routes
from shared.errors import install_problem_handlers
from shared.testing import client_of

SCRIPT = "console.log(1);" * 100


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    assets = tmp_path / "assets"
    assets.mkdir()
    (tmp_path / "index.html").write_text('<script src="./assets/index-1a2b.js"></script>')
    (assets / "index-1a2b.js").write_text(SCRIPT)
    (assets / "index-1a2b.js.br").write_bytes(b"brotli")
    (assets / "index-1a2b.js.gz").write_bytes(b"gzip")
    return tmp_path


def app_of(folder: Path) -> FastAPI:
    app = FastAPI()
    install_problem_handlers(app, {})
    app.include_router(ui_routes(folder))
    return app


async def test_the_page_is_asked_for_anew_each_time_under_a_strict_policy(folder: Path) -> None:
    async with client_of(app_of(folder)) as client:
        answer = await client.get("/")
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-cache"
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("br;q=0, gzip;q=0.5", "gzip"),
        ("gzip;q=1.0, identity; q=0.5", "gzip"),
        ("identity", None),
        ("", None),
        ("br;q=0.000", None),
    ],
)
async def test_assets_are_kept_for_good_and_compressed_as_the_browser_takes_them(
    folder: Path, accepted: str, encoding: str | None
) -> None:
    async with (
        client_of(app_of(folder)) as client,
        client.stream("GET", "/assets/index-1a2b.js", headers={"Accept-Encoding": accepted}) as answer,
    ):
        body = b"".join([chunk async for chunk in answer.aiter_raw()])
    assert answer.headers.get("content-encoding") == encoding
    assert body == {"br": b"brotli", "gzip": b"gzip", None: SCRIPT.encode()}[encoding]
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["vary"] == "Accept-Encoding"
    assert answer.headers["content-type"].startswith("text/javascript")


@pytest.mark.parametrize("name", ["none.js", "index-1a2b.js.br", "..%2Findex.html", "%2e%2e", "index.html"])
async def test_nothing_but_assets_is_sent(folder: Path, name: str) -> None:
    async with client_of(app_of(folder)) as client:
        assert (await client.get(f"/assets/{name}")).status_code == 404


async def test_without_a_build_the_page_says_how_to_make_one(tmp_path: Path) -> None:
    async with client_of(app_of(tmp_path)) as client:
        answer = await client.get("/")
    assert answer.status_code == 503
    assert "make ui" in answer.text
