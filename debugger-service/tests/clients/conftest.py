"""A prediction API on a real socket that answers as a test says, well or badly."""

import asyncio
import json
from base64 import b64encode
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, TypeAlias
from zlib import crc32

import numpy as np
import pytest
from numpy.typing import NDArray
from pydantic import SecretStr

from debugger.clients.prediction import Patience, PredictionClient, Timeouts

KEY = "k-3141592653"
DIMENSIONS = 8


@dataclass(frozen=True)
class Call:
    """What was asked."""

    number: int
    target: str
    headers: dict[str, str]
    texts: Sequence[str]
    n_best: int


@dataclass(frozen=True)
class Reply:
    """What is answered."""

    content: Any = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)

    def encoded(self) -> bytes:
        """Return it as HTTP has it; bytes as they are, all else as JSON."""
        body = self.content if isinstance(self.content, bytes) else json.dumps(self.content).encode()
        head = {"Content-Length": str(len(body)), **self.headers}
        lines = [f"HTTP/1.1 {self.status} Status", *(f"{name}: {value}" for name, value in head.items())]
        return "\r\n".join([*lines, "", ""]).encode() + body


Behaviour: TypeAlias = Callable[[Call], Reply | Awaitable[Reply] | bytes]


def row(label: str, confidence: Any = 0.75) -> dict[str, Any]:
    """Return a row of the API with one label."""
    return {"predictions": [{"value": [{"label": label, "confidence": confidence}]}]}


def vector(text: str) -> NDArray[np.float32]:
    """Return a vector of length 1 that depends on the text alone."""
    found = np.random.default_rng(crc32(text.encode())).normal(size=DIMENSIONS)
    return np.asarray(found / np.linalg.norm(found), np.float32)


def embedded(texts: Sequence[str], **other: Any) -> dict[str, Any]:
    """Return the answer of an encoder; `other` is said in place of what is right."""
    vectors = np.array([vector(text) for text in texts], "<f4")
    encoder = {"source": "made up", "finetuned": False, "weights_sha256": "a" * 64}
    right = {"version": "3f1c9a0b7d52", "encoder": encoder, "dimensions": DIMENSIONS}
    return {**right, "vectors": b64encode(vectors.tobytes()).decode(), **other}


def well(call: Call) -> Reply:
    """Answer each text with its own first word."""
    return Reply([row(text.split()[0]) for text in call.texts])


class FakeService:
    """Answers by `behaviour`, and remembers its calls and how many there were at the same time."""

    key = KEY
    reply = Reply
    row = staticmethod(row)
    vector = staticmethod(vector)
    embedded = staticmethod(embedded)
    well = staticmethod(well)

    def __init__(self) -> None:
        self.behaviour: Behaviour = well
        self.calls: list[Call] = []
        self.busiest = 0
        self._busy = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one connection's calls until it ends."""
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                await self._serve_one(head.decode(), reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def _serve_one(self, head: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._busy += 1
        self.busiest = max(self.busiest, self._busy)
        try:
            first, *lines = head.strip().split("\r\n")
            headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
            asked = json.loads(await reader.readexactly(int(headers["content-length"])))
            texts = asked["texts"] if "texts" in asked else [each["text"] for each in asked["data"]]
            call = Call(len(self.calls) + 1, first.split()[1], headers, texts, asked.get("n_best", 0))
            self.calls.append(call)
            found = self.behaviour(call)
            reply = found if isinstance(found, Reply | bytes) else await found
            writer.write(reply.encoded() if isinstance(reply, Reply) else reply)
            await writer.drain()
        finally:
            self._busy -= 1
        if isinstance(reply, bytes):
            writer.close()

    @asynccontextmanager
    async def serving(self, **options: Any) -> AsyncIterator[str]:
        """Listen on a free port; yield the address."""
        server = await asyncio.start_server(self.serve, "127.0.0.1", 0, **options)
        try:
            yield f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
        finally:
            server.close()
            await server.wait_closed()


@pytest.fixture
def fake() -> FakeService:
    return FakeService()


@pytest.fixture
async def address(fake: FakeService) -> AsyncIterator[str]:
    async with fake.serving() as address:
        yield f"http://{address}/v4"


@pytest.fixture
async def connect(address: str) -> AsyncIterator[Callable[..., Awaitable[PredictionClient]]]:
    """A function that makes a client of the fake service, which waits for next to nothing."""
    async with AsyncExitStack() as clients:

        async def client(concurrency: int = 2, **patience: Any) -> PredictionClient:
            quick: dict[str, Any] = {"first_wait": 0.01, "longest_wait": 0.05, "jitter": 0.01, "attempts": 4}
            hasty = Patience(**{**quick, "timeouts": Timeouts(1, 0.3, 0.6), **patience})
            made = PredictionClient(address, "411", SecretStr(KEY), concurrency=concurrency, patience=hasty)
            return await clients.enter_async_context(made)

        yield client
