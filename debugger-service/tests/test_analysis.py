"""An analysis finds planted errors, and what it finds leads to decisions."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

import httpx2
import numpy as np

Imported = Callable[..., Awaitable[tuple[str, dict[str, Any]]]]
Finished = Callable[..., Awaitable[dict[str, Any]]]

TOPICS = {
    "card": ["card", "arrive", "post", "delivery", "plastic", "envelope"],
    "refund": ["money", "back", "refund", "return", "shop", "charged"],
    "limit": ["limit", "raise", "maximum", "spend", "daily", "cap"],
}
WRONG = range(1, 121, 20)
"""Of these rows the label is another one than the text is about."""


def rows() -> list[dict[str, Any]]:
    random = np.random.default_rng(7)
    names = list(TOPICS)
    made = []
    for number in range(1, 121):
        topic = names[number % 3]
        words = random.choice(TOPICS[topic], 4, replace=False).tolist()
        label = names[(number + 1) % 3] if number in WRONG else topic
        split = "testing" if number % 4 == 0 else "training"
        made.append({"text": f"{' '.join(words)} {number}", "label": label, "split": split})
    return made


async def test_planted_label_errors_are_found_and_fixed(
    client: httpx2.AsyncClient, imported: Imported, finished: Finished
) -> None:
    address, _ = await imported(client, "\n".join(map(json.dumps, rows())).encode())
    assert (await client.get(f"{address}/issues")).status_code == 409
    job = await finished(client, (await client.post(f"{address}/analyses")).json()["id"])
    assert (job["status"], job["done"], job["error"]) == ("succeeded", job["total"], None)

    kinds = {kind["name"]: kind for kind in (await client.get(f"{address}/issues")).json()["kinds"]}
    assert kinds["label_error"]["open"] >= len(WRONG)
    errors = (await client.get(f"{address}/issues/label_error", params={"limit": len(WRONG)})).json()["items"]
    assert {error["number"] for error in errors} == set(WRONG)
    first = (await client.get(f"{address}/rows/{errors[0]['number']}")).json()
    assert errors[0]["label"] == first["out_of_sample"]["label"] != first["label"]
    assert len(first["neighbours"]) == 5

    ordered: dict[str, Any] = {
        "filter": "issue : label_error AND correct = false",
        "order_by": "issue.label_error desc",
        "limit": 3,
    }
    listed = (await client.get(f"{address}/rows", params=ordered)).json()["items"]
    assert [row["number"] for row in listed] == [error["number"] for error in errors[:3]]

    similar = {"filter": 'similar("refund my money back") > 0.5 AND split = testing'}
    found = (await client.get(f"{address}/rows", params=similar)).json()["items"]
    assert {row["label"] for row in found} == {"refund"}

    await is_sorted_by_similarity(client, address, found)
    await is_calibrated(client, address)

    budget = (await client.get(f"{address}/review-budget")).json()
    assert budget["left"]["low"] <= len(WRONG) <= budget["left"]["high"]
    worst = errors[-1]["score"]
    accept = {"action": "accept", "author": "Mai", "kind": "label_error", "at_version": 1}
    decided = await client.post(f"{address}/decisions", json={**accept, "filter": f"issue.label_error >= {worst}"})
    assert decided.json()["changed"] == len(WRONG)
    metrics = (await client.get(f"{address}/metrics", params={"filter": "split = testing"})).json()
    assert (metrics["rows"], metrics["unanswered"]) == (30, 0)
    after = (await client.get(f"{address}/review-budget")).json()
    assert (after["decided"], after["errors"]) == (len(WRONG), len(WRONG))
    confused = (await client.get(f"{address}/confusion")).json()
    assert sum(count for _, _, count in confused["cells"]) == 120


async def is_sorted_by_similarity(client: httpx2.AsyncClient, address: str, alike: list[dict[str, Any]]) -> None:
    """Assert that rows can be sorted by similarity, as a whole, within a filter and page by page."""
    sentence = 'similar("refund my money back")'
    nearest: dict[str, Any] = {"order_by": f"{sentence} desc", "limit": 1000}
    whole = (await client.get(f"{address}/rows", params=nearest)).json()["items"]
    similarities = [row["similarity"] for row in whole]
    assert len(whole) == 120
    assert similarities == sorted(similarities, reverse=True)
    assert {row["number"] for row in alike} == {
        row["number"] for row in whole if row["similarity"] > 0.5 and row["split"] == "testing"
    }
    assert {row["similarity"] for row in alike} == {None}
    query: dict[str, Any] = {"order_by": sentence, "filter": "label = refund", "limit": 7}
    pages: list[int] = []
    while True:
        page = (await client.get(f"{address}/rows", params=query)).json()
        pages += [row["number"] for row in page["items"]]
        if page["next_cursor"] is None:
            break
        query["cursor"] = page["next_cursor"]
    assert pages == [row["number"] for row in reversed(whole) if row["label"] == "refund"]
    itself = (await client.get(f"{address}/rows", params={"order_by": "similar(17) desc", "limit": 1})).json()
    assert (itself["items"][0]["number"], itself["items"][0]["similarity"]) == (17, 1)
    assert (await client.get(f"{address}/rows", params={"order_by": "similar(999)"})).status_code == 422


async def is_calibrated(client: httpx2.AsyncClient, address: str) -> None:
    """Assert that confidences are compared with how often they are right."""
    whole = (await client.get(f"{address}/calibration")).json()
    metrics = (await client.get(f"{address}/metrics")).json()
    assert whole["rows"] == sum(each["rows"] for each in whole["bins"]) == 120
    right = sum(each["rows"] * each["accuracy"]["value"] for each in whole["bins"])
    assert abs(right / 120 - metrics["accuracy"]["value"]) < 1e-6
    assert 0 < whole["brier"]["low"] < whole["brier"]["value"] < whole["brier"]["high"] < 2
    part = (await client.get(f"{address}/calibration", params={"filter": "split = testing"})).json()
    assert (part["rows"], part["brier"]) == (30, None)
    assert (await client.get(f"{address}/calibration", params={"source": "served"})).status_code == 409
