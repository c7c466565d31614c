"""Enrichment: a model in use is asked for every row, whatever its service does."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

import httpx2
import pytest
from pydantic import SecretStr

from debugger.main import create_app
from debugger.settings import PredictionService, Settings
from shared.testing import client_of

Imported = Callable[..., Awaitable[tuple[str, dict[str, Any]]]]
Finished = Callable[..., Awaitable[dict[str, Any]]]


@pytest.fixture
def settings(settings: Settings, address: str, fake: Any) -> Settings:
    service = PredictionService.model_validate({"url": address, "project": "411", "key": SecretStr(fake.key)})
    return settings.model_copy(update={"prediction_services": {"chatbot": service}})


async def enriched(settings: Settings, imported: Imported, finished: Finished) -> tuple[dict[str, Any], Any, str]:
    rows = [{"text": f"{'greet' if number % 2 else 'leave'} {number}", "label": "greet"} for number in range(1, 91)]
    async with client_of(create_app(settings)) as client:
        address, _ = await imported(client, "\n".join(map(json.dumps, rows)).encode())
        job = (await client.post(f"{address}/enrichments", json={"service": "chatbot"})).json()
        over = await finished(client, job["id"])
        metrics = await client.get(f"{address}/metrics", params={"source": "served"})
        wrong = await client.get(f"{address}/rows/counts", params={"filter": "served.correct = false"})
        return over, metrics, wrong.text


async def test_a_service_that_fails_every_third_call_is_asked_until_it_answers(
    settings: Settings, imported: Imported, finished: Finished, fake: Any
) -> None:
    def moody(call: Any) -> Any:
        if call.number % 3 == 0:
            return fake.reply(b"<html>Bad Gateway</html>", 502)
        assert len(call.texts) <= 20
        return fake.well(call)

    fake.behaviour = moody
    job, metrics, wrong = await enriched(settings, imported, finished)
    assert (job["status"], job["done"], job["failed"]) == ("succeeded", 90, 0)
    assert metrics.json()["accuracy"]["value"] == 0.5
    assert json.loads(wrong)["rows"] == 45
    assert fake.key not in json.dumps(job) + metrics.text + wrong


async def test_rows_without_a_prediction_are_asked_for_again_kept_and_counted(
    settings: Settings, imported: Imported, finished: Finished, fake: Any
) -> None:
    def forgetful(call: Any) -> Any:
        rows = [{"predictions": []} if text.endswith(" 7") else fake.row(text.split()[0]) for text in call.texts]
        return fake.reply(rows)

    fake.behaviour = forgetful
    job, metrics, _ = await enriched(settings, imported, finished)
    assert (job["status"], job["done"], job["failed"]) == ("succeeded", 89, 1)
    assert (metrics.json()["rows"], metrics.json()["unanswered"]) == (90, 1)


async def test_a_key_that_is_refused_fails_the_job_and_says_what_to_do(
    settings: Settings, imported: Imported, finished: Finished, fake: Any
) -> None:
    fake.behaviour = lambda _: fake.reply({"detail": "No."}, 401)
    job, metrics, _ = await enriched(settings, imported, finished)
    assert (job["status"], metrics.status_code) == ("failed", 409)
    assert "401" in job["error"]
    assert fake.key not in job["error"]


async def test_a_service_that_nobody_configured_is_not_asked(client: httpx2.AsyncClient, imported: Imported) -> None:
    address, _ = await imported(client, b"text\nhello\n")
    answer = await client.post(f"{address}/enrichments", json={"service": "http://10.0.0.1/"})
    assert answer.status_code == 404
