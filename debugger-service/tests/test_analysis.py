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
