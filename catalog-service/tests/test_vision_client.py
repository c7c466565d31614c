"""The catalog's client of the vision service: against the real one's application, and against odd ones on a socket."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx2
import pytest

from catalog.clients.vision import UnpredictableImageError, VisionClient
from shared.refusals import ServiceUnavailableError
from shared.testing import free_port
from vision.main import create_app
from vision.models.card import ModelUnavailableError
from vision.models.repository import Repository
from vision.settings import Settings


@pytest.fixture
async def client(vision: Any) -> AsyncIterator[VisionClient]:
    async with VisionClient(vision.url) as client:
        yield client


@pytest.fixture
async def real() -> AsyncIterator[VisionClient]:
    """Of the vision service itself, in this process."""
    settings = Settings(tuning_seconds=0)
    try:
        Repository(settings.model_dir).default(None)
    except ModelUnavailableError:
        pytest.skip("the vision service's model is not prepared: run `python -m vision.prepare`")
    app = create_app(settings)
    async with app.router.lifespan_context(app) as state:

        async def with_state(scope, receive, send) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
            scope["state"] = dict(state or {})
            await app(scope, receive, send)

        async with VisionClient("http://vision", httpx2.ASGITransport(with_state)) as client:
            yield client


async def test_the_vision_service_answers_as_expected(real: VisionClient, photo: Callable[..., bytes]) -> None:
    prediction = await real.predict(photo(0))
    confidences = [category.confidence for category in prediction.categories]
    assert len(confidences) == 5
    assert confidences == sorted(confidences, reverse=True)
    assert prediction.model
    assert prediction.version
    with pytest.raises(UnpredictableImageError, match="The vision service does not take the image: "):
        await real.predict(b"no image")


@pytest.mark.parametrize("status", [301, 400, 404, 429, 500, 503])
async def test_a_service_that_cannot_answer_is_unavailable(client: VisionClient, vision: Any, status: int) -> None:
    vision.status = status
    with pytest.raises(ServiceUnavailableError, match=r"cannot answer now: No\."):
        await client.predict(b"image")


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"not JSON",
        b"[]",
        b'{"model": {"name": "m", "version": "1"}}',
        b'{"model": {"name": "m\\u0000", "version": "1"}, "predictions": []}',
        b'{"model": {"name": "m", "version": "1"}, "predictions": [{"label": "a\\u0000", "confidence": 1}]}',
        b'{"model": {"name": "m", "version": "1"}, "predictions": [{"label": "", "confidence": 1}]}',
        b'{"model": {"name": "m", "version": "1"}, "predictions": [{"label": "a", "confidence": NaN}]}',
        b'{"model": {"name": "m", "version": "1"}, "predictions": [{"label": "a", "confidence": 1.1}]}',
    ],
)
async def test_what_cannot_be_its_answer_is_not_kept(client: VisionClient, vision: Any, answer: bytes) -> None:
    vision.answer = answer
    with pytest.raises(ServiceUnavailableError, match="something else"):
        await client.predict(b"image")


async def test_a_service_that_is_slow_or_down_is_unavailable(vision: Any) -> None:
    vision.seconds = 1
    async with (
        VisionClient(vision.url, seconds=0.3) as hasty,
        VisionClient(f"http://127.0.0.1:{free_port()}") as down,
    ):
        for each in (hasty, down):
            with pytest.raises(ServiceUnavailableError, match="does not answer"):
                await each.predict(b"image")


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"220 mail.example.org\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{",
        b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 2\r\n\r\n{}",
    ],
)
async def test_what_speaks_no_http_is_unavailable(answer: bytes) -> None:
    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"image")
        writer.write(answer)
        await writer.drain()
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(speak, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server, VisionClient(url) as client:
        with pytest.raises(ServiceUnavailableError, match="does not answer"):
            await client.predict(b"image")
