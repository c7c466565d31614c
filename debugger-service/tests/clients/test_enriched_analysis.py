"""What a model in use says enters an analysis, but never makes a wrong label look right."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

import httpx2
import numpy as np
import pytest
from pydantic import HttpUrl

from debugger.main import create_app
from debugger.settings import PredictionService, Settings
from shared.testing import client_of

Imported = Callable[..., Awaitable[tuple[str, dict[str, Any]]]]
Finished = Callable[..., Awaitable[dict[str, Any]]]

WRONG = (10, 40, 70)


@pytest.fixture
def settings(settings: Settings, address: str) -> Settings:
    service = PredictionService.model_validate({"url": address})
    chosen = {"prediction_services": {"chatbot": service}, "intent_url": HttpUrl(address)}
    return settings.model_copy(update=chosen)


TOPICS = {
    "card": ["card", "arrive", "post", "delivery", "plastic", "envelope"],
    "refund": ["money", "back", "refund", "return", "shop", "charged"],
    "limit": ["limit", "raise", "maximum", "spend", "daily", "cap"],
}


def rows() -> list[dict[str, Any]]:
    random, names = np.random.default_rng(7), list(TOPICS)
    made = []
    for number in range(1, 91):
        text = " ".join(random.choice(TOPICS[names[number % 3]], 4, replace=False))
        made.append({"text": f"{text} {number}", "label": names[(number + (number in WRONG)) % 3]})
    return made


async def found(client: httpx2.AsyncClient, address: str, finished: Finished, kind: str) -> list[dict[str, Any]]:
    job = await finished(client, (await client.post(f"{address}/analyses", json={"encoder": "none"})).json()["id"])
    assert job["status"] == "succeeded"
    items: list[dict[str, Any]] = (await client.get(f"{address}/issues/{kind}")).json()["items"]
    return items


async def test_a_model_that_has_learned_wrong_labels_hides_none(
    settings: Settings, imported: Imported, finished: Finished, fake: Any
) -> None:
    given = {row["text"]: row["label"] for row in rows()}
    surprising = rows()[4]["text"]

    def learned(call: Any) -> Any:
        said = {text: "card" if text == surprising else given[text] for text in call.texts}
        return fake.reply([fake.row(said[text], 0.9) for text in call.texts])

    fake.behaviour = learned
    async with client_of(create_app(settings)) as client:
        address, _ = await imported(client, "\n".join(map(json.dumps, rows())).encode())
        before = await found(client, address, finished, "label_error")
        await finished(client, (await client.post(f"{address}/enrichments", json={"service": "chatbot"})).json()["id"])
        assert await found(client, address, finished, "label_error") == before
        assert {issue["number"] for issue in before[: len(WRONG)]} == {*WRONG}
        told = (await client.get(f"{address}/issues/disagreement")).json()["items"]
        analysis = (await client.get(f"{address}/issues")).json()["analysis"]
    assert (analysis["encoder"], analysis["encoder_note"]) == (None, "None was asked for.")
    assert {call.target for call in fake.calls} == {"/v4/projects/1/predict"}
    assert [(issue["number"], issue["label"], issue["evidence"]["model"]) for issue in told] == [(5, "card", "served")]
    assert told[0]["score"] == pytest.approx(0.9)
