"""Who watches a project is told of each new version, from where they were."""

import json
from typing import Any

import httpx2
import pytest

from debugger.main import create_app
from debugger.routes import events
from debugger.settings import Settings
from shared.testing import client_of

ROWS = b"text,label\nwhere is my card,card\ngive me my money back,refund\ncancel it,refund\n"


async def told(client: httpx2.AsyncClient, address: str, **request: Any) -> list[dict[str, Any]]:
    answer = await client.get(f"{address}/events", **request)
    assert answer.headers["content-type"].startswith("text/event-stream")
    found = []
    for block in answer.text.split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.splitlines() if not line.startswith(":"))
        if fields:
            assert fields["event"] == "version"
            found.append(json.loads(fields["data"]))
            assert fields["id"] == str(found[-1]["number"])
    return found


async def decide(client: httpx2.AsyncClient, address: str, number: int, version: int = 1) -> None:
    row = {"number": number, "version": version}
    body = {"action": "keep", "author": "Mai", "rows": [row]}
    assert (await client.post(f"{address}/decisions", json=body)).status_code == 201


@pytest.fixture(autouse=True)
def _short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "STREAM_SECONDS", 0.2)
    monkeypatch.setattr(events, "EVENT_SECONDS", 0.05)


async def test_versions_are_told_with_the_rows_that_they_changed(client: httpx2.AsyncClient, imported: Any) -> None:
    address, _ = await imported(client, ROWS)
    await decide(client, address, 2)
    await decide(client, address, 3)
    assert await told(client, address) == []
    found = await told(client, address, params={"after": 1})
    assert [(each["number"], each["author"], each["action"], each["rows"]) for each in found] == [
        (2, "Mai", "keep", [2]),
        (3, "Mai", "keep", [3]),
    ]


async def test_a_browser_that_comes_back_is_told_what_it_missed(client: httpx2.AsyncClient, imported: Any) -> None:
    address, _ = await imported(client, ROWS)
    await decide(client, address, 2)
    await decide(client, address, 3)
    found = await told(client, address, params={"after": 0}, headers={"Last-Event-ID": "2"})
    assert [each["number"] for each in found] == [3]


async def test_no_more_row_numbers_are_told_than_a_browser_can_use(
    client: httpx2.AsyncClient, imported: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "MAX_ROWS", 2)
    address, _ = await imported(client, ROWS)
    (event,) = await told(client, address, params={"after": 0})
    assert (event["changed"], event["rows"]) == (3, [1, 2])


async def test_of_an_unknown_project_nothing_is_told(client: httpx2.AsyncClient) -> None:
    answer = await client.get("/projects/019aa1b2-7c3d-7e4f-8a5b-6c7d8e9fa0b1/events")
    assert answer.status_code == 404


async def test_one_watcher_too_many_is_sent_away(settings: Settings, imported: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(events, "WATCHERS", 0)
    async with client_of(create_app(settings)) as client:
        address, _ = await imported(client, ROWS)
        assert (await client.get(f"{address}/events")).status_code == 503
