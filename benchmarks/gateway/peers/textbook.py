"""A proxy as tutorials show it: FastAPI, one httpx client with its default limits, StreamingResponse."""

import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx  # type: ignore[import-not-found]  # in the environment of this peer alone
from fastapi import FastAPI, Request
from fastapi.responses import StreamingResponse
from starlette.background import BackgroundTask

UPSTREAMS: dict[str, str] = json.loads(os.environ["UPSTREAMS"])
NOT_PASSED = {"host", "connection", "transfer-encoding"}


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Keep one client, so that connections to the services are kept."""
    async with httpx.AsyncClient(timeout=60) as client:
        app.state.client = client
        yield


app = FastAPI(lifespan=lifespan)


@app.api_route("/{service}/{path:path}", methods=["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"])
async def proxy(service: str, path: str, request: Request) -> StreamingResponse:
    """Pass the request on, and the answer back as it comes."""
    client: httpx.AsyncClient = request.app.state.client
    url = httpx.URL(f"{UPSTREAMS[service]}/{path}", query=request.url.query.encode())
    headers = [(name, value) for name, value in request.headers.raw if name.decode().lower() not in NOT_PASSED]
    body = None if request.method in ("GET", "HEAD") else request.stream()
    answer = await client.send(client.build_request(request.method, url, headers=headers, content=body), stream=True)
    return StreamingResponse(
        answer.aiter_raw(),
        status_code=answer.status_code,
        headers={name: value for name, value in answer.headers.items() if name.lower() not in NOT_PASSED},
        background=BackgroundTask(answer.aclose),
    )
