"""The process: it starts without a model, is not ready then, refuses what is too much, and stops with 0."""

import asyncio
import signal
from pathlib import Path
from threading import Event

import httpx2
import pytest

from intent.main import create_app
from intent.scoring import judge
from intent.settings import Settings
from shared.errors import MEDIA_TYPE
from shared.testing import client_of, server_process


async def test_without_a_model_it_is_not_ready_and_says_why(tmp_path: Path) -> None:
    async with client_of(create_app(Settings(model_dir=tmp_path))) as client:
        assert (await client.get("/livez")).status_code == 200
        for method, path in (("GET", "/readyz"), ("GET", "/intent?query=a"), ("GET", "/model/report")):
            answer = await client.request(method, path)
            assert answer.status_code == 503
            assert answer.headers["content-type"] == MEDIA_TYPE
            assert "train one with `python -m intent.training run`" in answer.json()["detail"]
        assert (await client.get("/models")).json()["versions"] == []


async def test_a_model_that_comes_later_is_loaded_without_a_restart(tmp_path: Path, orders_dir: Path) -> None:
    async with client_of(create_app(Settings(model_dir=tmp_path / "models"))) as client:
        (tmp_path / "models").symlink_to(orders_dir)
        await client.post("/models/load")
        ready = await client.get("/readyz")
        assert ready.json()["checks"]["model"]["detail"].endswith("of 3 intents, and 1 more versions")


async def test_one_request_too_many_is_refused_at_once(orders_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    began, go_on = Event(), Event()

    def slow(*args: object) -> object:
        began.set()
        assert go_on.wait(10)
        return judge(*args)  # type: ignore[arg-type]

    monkeypatch.setattr("intent.routes.answering.judge", slow)
    settings = Settings(model_dir=orders_dir, workers=1, queue_size=1)
    body = {"texts": ["where is it", "cancel it"]}
    async with client_of(create_app(settings)) as client:
        let_in = [asyncio.create_task(client.post("/intent", json=body)) for _ in range(2)]
        await asyncio.to_thread(began.wait, 10)
        await asyncio.sleep(0.1)
        for path in ("/intent", "/projects/1/predict"):
            refused = await client.post(path, content=b"not even read")
            assert refused.status_code == 503
            assert refused.headers["retry-after"] == "1"
        assert (await client.get("/intent?query=a")).status_code == 503
        go_on.set()
        assert [answer.status_code for answer in await asyncio.gather(*let_in)] == [200, 200]


def test_it_serves_and_stops_with_0(orders_dir: Path) -> None:
    with server_process("intent", "INTENT_", {"INTENT_MODEL_DIR": str(orders_dir)}) as (process, url):
        assert httpx2.get(f"{url}/readyz").status_code == 200
        assert httpx2.get(f"{url}/intent", params={"query": "money back"}).json()["intent"] == "refund"
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
