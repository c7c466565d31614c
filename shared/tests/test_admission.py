"""Under overload a request is refused before its body is read; only where a place is needed."""

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import httpx2
import pytest
from fastapi import APIRouter, FastAPI

from shared.app import create_service
from shared.settings import ServiceSettings
from shared.testing import client_of
from shared.workers import PoolDep, WorkerPool

router = APIRouter()


@router.post("/queued")
async def queued(_pool: PoolDep) -> str:
    """Need a place."""
    return "done"


@router.post("/free")
async def free() -> str:
    """Need none."""
    return "done"


@pytest.fixture
def pool() -> WorkerPool:
    return WorkerPool(workers=1, queue_size=0)


@pytest.fixture
async def client(pool: WorkerPool) -> AsyncIterator[httpx2.AsyncClient]:
    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[Mapping[str, Any]]:
        yield {"pool": pool}

    app = create_service(
        name="tested",
        version="1",
        summary="For a test.",
        settings=ServiceSettings(port=1),
        lifespan=lifespan,
        routers=[router],
        queued=re.compile("/queued"),
    )
    async with client_of(app) as client:
        yield client


async def unread() -> AsyncIterator[bytes]:
    raise AssertionError("the body was read")
    yield b""


async def test_without_a_place_the_body_is_not_read(client: httpx2.AsyncClient, pool: WorkerPool) -> None:
    with pool.place():
        refused = await client.post("/queued", content=unread())
        assert (refused.status_code, refused.headers["retry-after"]) == (503, "1")
        assert refused.json()["request_id"] == refused.headers["x-request-id"]
        assert (await client.post("/free")).status_code == 200
    assert (await client.post("/queued")).status_code == 200
