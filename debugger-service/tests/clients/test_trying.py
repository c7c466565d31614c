"""A model in use is tried and tested, whatever its service does."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import httpx2
import pytest
from pydantic import SecretStr

from debugger import predictors
from debugger.clients.prediction import MAX_TEXTS, Patience, Timeouts
from debugger.main import create_app
from debugger.predictors import ALL_CLASSES
from debugger.settings import PredictionService, Settings
from shared.testing import client_of, free_port

Imported = Callable[..., Awaitable[tuple[str, dict[str, Any]]]]
Finished = Callable[..., Awaitable[dict[str, Any]]]
SERVED = {"source": "served", "service": "chatbot"}
ROWS = [{"text": f"{'greet' if number % 2 else 'leave'} {number}", "label": "greet"} for number in range(1, 61)]


@pytest.fixture
async def service(
    settings: Settings, address: str, fake: Any, imported: Imported
) -> AsyncIterator[tuple[httpx2.AsyncClient, str]]:
    """A debugger that knows the fake service, with a project that is not analysed."""
    named = {"url": address, "project": "411", "key": SecretStr(fake.key)}
    services = {
        "chatbot": PredictionService.model_validate(named),
        "silent": PredictionService.model_validate({"url": f"http://127.0.0.1:{free_port()}"}),
        "impossible": PredictionService.model_validate({**named, "key": "ключ"}),
    }
    async with client_of(create_app(settings.model_copy(update={"prediction_services": services}))) as client:
        project, _ = await imported(client, "\n".join(map(json.dumps, ROWS)).encode())
        yield client, project


async def test_a_served_model_is_tried_in_small_calls_that_ask_for_all_classes(
    service: tuple[httpx2.AsyncClient, str], fake: Any
) -> None:
    def sure(call: Any) -> Any:
        greeting = [{"label": "greet", "confidence": 0.6}, {"label": "leave", "confidence": 0.3}]
        other = [{"label": "other", "confidence": 0.7}]
        return fake.reply([{"predictions": [{"value": greeting if "greet" in text else other}]} for text in call.texts])

    fake.behaviour = sure
    client, address = service
    answer = await client.post(f"{address}/try", json={"text": "greet me", **SERVED})
    found = answer.json()
    assert (found["labels"], found["confidences"]) == (["greet", "leave", "other"], pytest.approx([0.6, 0.3, 0.1]))
    assert [(word["text"], word["weight"]) for word in found["words"]] == [
        ("greet", pytest.approx(0.6 - 0.15)),
        ("me", 0),
    ]
    assert (found["neighbours"], "analys" in found["note"]) == ([], True)
    assert found["variants"][0]["flips"]
    assert {variant["label"] for variant in found["variants"] if variant["flips"]} == {"other"}
    assert all(0 < len(call.texts) <= MAX_TEXTS and all(map(str.strip, call.texts)) for call in fake.calls)
    assert {call.n_best for call in fake.calls} == {ALL_CLASSES}
    assert fake.key not in answer.text


async def test_a_row_is_explained_by_the_served_model(service: tuple[httpx2.AsyncClient, str], fake: Any) -> None:
    client, address = service
    found = (await client.get(f"{address}/rows/1/attribution", params=SERVED)).json()
    assert (found["label"], [word["text"] for word in found["words"]]) == ("greet", ["greet", "1"])
    assert fake.key not in json.dumps(found)


async def test_only_words_are_asked_about(service: tuple[httpx2.AsyncClient, str], fake: Any) -> None:
    client, address = service
    answer = await client.post(f"{address}/try", json={"text": "  ", **SERVED})
    assert (answer.status_code, fake.calls) == (422, [])
    lone = await client.post(f"{address}/try", json={"text": "greet", **SERVED})
    assert lone.json()["words"][0]["weight"] > 0


@pytest.mark.parametrize(
    ("name", "status", "content", "why"),
    [
        ("chatbot", 401, {"detail": "No."}, "wants another key"),
        ("chatbot", 500, b"<html>", "answers 500"),
        ("chatbot", 200, b"rubbish", "not JSON"),
        ("chatbot", 200, [], "0 rows"),
        ("silent", 200, [], "cannot be reached"),
        ("impossible", 200, [], "printable ASCII"),
    ],
)
async def test_a_service_that_does_not_answer_is_named_and_what_to_do(
    service: tuple[httpx2.AsyncClient, str],
    fake: Any,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    status: int,
    content: Any,
    why: str,
) -> None:
    hasty = Patience(attempts=2, first_wait=0.01, longest_wait=0.05, jitter=0.01, timeouts=Timeouts(1, 0.3, 0.6))
    monkeypatch.setattr(predictors, "HASTE", hasty)
    fake.behaviour = lambda _: fake.reply(content, status)
    client, address = service
    answer = await client.post(f"{address}/try", json={"text": "greet me", "source": "served", "service": name})
    assert answer.status_code == 503
    assert why in answer.json()["detail"]
    assert "Start it, or mend its settings" in answer.json()["detail"]
    assert fake.key not in answer.text


async def test_a_service_that_takes_too_long_is_waited_for_no_longer(
    service: tuple[httpx2.AsyncClient, str], fake: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(predictors, "HASTY_SECONDS", 0.3)
    fake.behaviour = lambda _: fake.reply({"detail": "Busy."}, 503, {"Retry-After": "2"})
    client, address = service
    answer = await client.post(f"{address}/try", json={"text": "greet me", **SERVED})
    assert (answer.status_code, "longer than 0.3 seconds" in answer.text) == (503, True)


async def test_a_test_goes_on_past_failing_calls_and_rows_that_are_refused(
    service: tuple[httpx2.AsyncClient, str], fake: Any, finished: Finished
) -> None:
    def moody(call: Any) -> Any:
        if call.number % 3 == 0:
            return fake.reply(b"<html>Bad Gateway</html>", 502, {"Retry-After": "0"})
        if any(text.endswith(" 7") for text in call.texts):
            return fake.reply({"detail": "Seven is refused."}, 422)
        return fake.reply([fake.row(text.split()[0].lower()) for text in call.texts])

    fake.behaviour = moody
    client, address = service
    asked = {**SERVED, "perturbations": ["casing", "typos"], "filter": "number < 9"}
    job = await finished(client, (await client.post(f"{address}/behaviour-tests", json=asked)).json()["id"])
    assert (job["status"], job["done"], job["failed"]) == ("succeeded", 7, 1)
    (error,) = (await client.get(f"/jobs/{job['id']}/errors")).json()["items"]
    assert (error["number"], "Seven is refused" in error["message"]) == (7, True)

    (listed,) = (await client.get(f"{address}/behaviour-tests")).json()["items"]
    found = (await client.get(f"{address}/behaviour-tests/{listed['id']}")).json()
    assert (found["service"], found["rows"], found["answered"]) == ("chatbot", 8, 7)
    any_of_them, typos, casing = found["rates"]
    assert (casing["flipped"], typos["flipped"], any_of_them["flipped"]) == (0, 7, 7)
    assert typos["flipped_variants"] == typos["variants"] == len(found["flips"])
    assert [(each["label"], each["rates"][0]["rows"]) for each in found["classes"]] == [("greet", 3), ("leave", 4)]
    assert fake.key not in json.dumps(found)


async def test_a_key_that_is_refused_fails_the_test_and_says_what_to_do(
    service: tuple[httpx2.AsyncClient, str], fake: Any, finished: Finished
) -> None:
    fake.behaviour = lambda _: fake.reply({"detail": "No."}, 401)
    client, address = service
    job = await finished(client, (await client.post(f"{address}/behaviour-tests", json=SERVED)).json()["id"])
    assert (job["status"], "401" in job["error"]) == ("failed", True)
    assert fake.key not in job["error"]
