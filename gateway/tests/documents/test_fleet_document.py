"""The fleet's document while services answer, change, are slow, and are away."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from time import monotonic
from typing import Any

import pytest

from gateway.documents.answers import Security
from gateway.documents.fleet_document import FleetDocument, Rendered

OWN = {"openapi": "3.1.0", "info": {"title": "Fleet", "version": "1"}}
OPEN = Security(lambda service, path, method: False)  # noqa: ARG005 its full signature
OpenFleet = Callable[..., AbstractAsyncContextManager[FleetDocument]]


class Services:
    """What each URL answers with: bytes, an exception, or bytes once an event is set."""

    def __init__(self) -> None:
        self.answers: dict[str, bytes | Exception] = {}
        self.waiting: dict[str, asyncio.Event] = {}
        self.asked: Counter[str] = Counter()
        self.begun = asyncio.Event()

    def put(self, service: str, *paths: str) -> None:
        document = {"openapi": "3.1.0", "paths": {path: {"get": {}} for path in paths}}
        self.answers[service] = json.dumps(document).encode()

    async def fetch(self, url: str) -> bytes:
        service = url.removeprefix("http://").removesuffix("/openapi.json")
        self.asked[service] += 1
        if service in self.waiting:
            self.begun.set()
            await self.waiting[service].wait()
        answer = self.answers.get(service, ConnectionRefusedError())
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.fixture
def services() -> Services:
    services = Services()
    services.put("one", "/a")
    services.put("two", "/b")
    return services


@pytest.fixture
def open_fleet(services: Services) -> OpenFleet:
    @asynccontextmanager
    async def fleet(**options: Any) -> AsyncIterator[FleetDocument]:
        urls = {name: f"http://{name}" for name in ("one", "two")}
        document = FleetDocument(OWN, urls, OPEN, services.fetch, **{"max_age_seconds": 0, **options})
        try:
            yield document
        finally:
            await document.close()

    return fleet


def paths(rendered: Rendered) -> list[str]:
    return list(json.loads(rendered.body)["paths"])


def absent(rendered: Rendered) -> dict[str, str]:
    reasons: dict[str, str] = json.loads(rendered.body).get("x-flotilla-absent", {})
    return reasons


async def whole(fleet: FleetDocument) -> None:
    """Return when both services are in the document."""
    for _ in range(1000):
        if paths(await fleet.read()) == ["/one/a", "/two/b"]:
            return
        await asyncio.sleep(0.01)
    raise TimeoutError("A service is still absent.")


async def test_it_has_what_the_services_answer(open_fleet: OpenFleet) -> None:
    async with open_fleet() as fleet:
        rendered = await fleet.read()
    assert paths(rendered) == ["/one/a", "/two/b"]
    assert not absent(rendered)


async def test_nobody_is_asked_again_for_what_is_not_old(open_fleet: OpenFleet, services: Services) -> None:
    async with open_fleet(max_age_seconds=60) as fleet:
        first = await fleet.read()
        services.put("one", "/other")
        assert await fleet.read() is first
    assert services.asked == {"one": 1, "two": 1}


async def test_those_who_ask_at_the_same_time_share_one_answer(open_fleet: OpenFleet, services: Services) -> None:
    async with open_fleet(max_age_seconds=60) as fleet:
        first, *others = await asyncio.gather(*(fleet.read() for _ in range(50)))
    assert all(other is first for other in others)
    assert services.asked == {"one": 1, "two": 1}


async def test_it_is_made_again_only_when_a_document_changed(open_fleet: OpenFleet, services: Services) -> None:
    async with open_fleet() as fleet:
        first = await fleet.read()
        assert await fleet.read() is first
        services.put("one", "/a", "/c")
        second = await fleet.read()
    assert paths(second) == ["/one/a", "/one/c", "/two/b"]
    assert second.etag != first.etag
    assert services.asked == {"one": 3, "two": 3}


async def test_the_etag_belongs_to_the_bytes(open_fleet: OpenFleet) -> None:
    async with open_fleet() as one, open_fleet() as other:
        first, second = await one.read(), await other.read()
    assert first == second
    assert first.is_known(f'"x", W/{first.etag}')
    assert first.is_known("*")
    assert not first.is_known('"x"')
    assert not first.is_known("")


async def test_who_never_answered_is_absent_until_it_does(open_fleet: OpenFleet, services: Services) -> None:
    del services.answers["two"]
    async with open_fleet() as fleet:
        without = await fleet.read()
        assert await fleet.read() is without
        services.put("two", "/b")
        with_it = await fleet.read()
    assert paths(without) == ["/one/a"]
    assert absent(without) == {"two": "it does not answer"}
    assert paths(with_it) == ["/one/a", "/two/b"]
    assert not absent(with_it)


@pytest.mark.parametrize(
    "answer", [ConnectionRefusedError(), TimeoutError(), b"<html>", b"[]", b'{"openapi": "3.0.0"}']
)
async def test_the_last_good_document_stays(
    open_fleet: OpenFleet, services: Services, answer: bytes | Exception
) -> None:
    async with open_fleet() as fleet:
        good = await fleet.read()
        services.answers["two"] = answer
        assert await fleet.read() is good


async def test_a_document_that_cannot_be_used_is_told(open_fleet: OpenFleet, services: Services) -> None:
    services.answers["two"] = b"[]"
    async with open_fleet() as fleet:
        assert absent(await fleet.read()) == {"two": "its document is not a JSON object"}


async def test_a_slow_service_holds_nobody_up_for_long_and_that_once(open_fleet: OpenFleet, services: Services) -> None:
    services.waiting["two"] = asyncio.Event()
    async with open_fleet() as fleet, asyncio.timeout(30):
        without = await fleet.read()
        started = monotonic()
        for _ in range(10):
            assert await fleet.read() is without
        assert monotonic() - started < 10
        assert services.asked["two"] == 1
        services.waiting.pop("two").set()
        await whole(fleet)
    assert absent(without) == {"two": "it has not answered yet"}


async def test_one_who_leaves_takes_nothing_from_the_others(open_fleet: OpenFleet, services: Services) -> None:
    services.waiting["two"] = asyncio.Event()
    async with open_fleet() as fleet:
        leaving, staying = asyncio.create_task(fleet.read()), asyncio.create_task(fleet.read())
        await services.begun.wait()
        leaving.cancel()
        services.waiting["two"].set()
        assert paths(await staying) == ["/one/a", "/two/b"]


async def test_the_last_good_documents_outlive_the_process(
    open_fleet: OpenFleet, services: Services, tmp_path: Path
) -> None:
    folder = tmp_path / "documents"
    async with open_fleet(folder=folder) as fleet:
        good = await fleet.read()
    assert sorted(path.name for path in folder.iterdir()) == ["one.json", "two.json"]
    services.answers.clear()
    async with open_fleet(folder=folder) as fleet:
        assert await fleet.read() == good


async def test_a_kept_document_that_is_damaged_is_not_used(
    open_fleet: OpenFleet, services: Services, tmp_path: Path
) -> None:
    services.answers.clear()
    (tmp_path / "one.json").write_bytes(b"{")
    (tmp_path / "two.json").mkdir()
    async with open_fleet(folder=tmp_path) as fleet:
        assert absent(await fleet.read()).keys() == {"one", "two"}


async def test_where_nothing_can_be_kept_it_is_served_all_the_same(open_fleet: OpenFleet, tmp_path: Path) -> None:
    no_folder = tmp_path / "file"
    no_folder.write_bytes(b"")
    async with open_fleet(folder=no_folder) as fleet:
        assert paths(await fleet.read()) == ["/one/a", "/two/b"]


async def test_changed_terms_are_shown_at_once_and_cost_no_document(open_fleet: OpenFleet, services: Services) -> None:
    async with open_fleet() as fleet:
        good = await fleet.read()
        services.answers.clear()
        fleet.renew()
        assert await fleet.read() == good


async def test_who_needs_a_credential_is_asked_again_after_a_change(services: Services) -> None:
    closed: set[str] = set()
    security = Security(lambda service, path, method: service in closed)  # noqa: ARG005 its full signature
    fleet = FleetDocument(OWN, {"one": "http://one"}, security, services.fetch, max_age_seconds=60)
    assert "x-required-scope" not in json.loads((await fleet.read()).body)["paths"]["/one/a"]["get"]
    closed.add("one")
    fleet.renew()
    assert json.loads((await fleet.read()).body)["paths"]["/one/a"]["get"]["x-required-scope"] == "one:read"
    assert services.asked == {"one": 1}
    await fleet.close()


async def read_at(document: FleetDocument, urls: dict[str, str]) -> Rendered:
    """Read the document of the services at `urls`."""
    document.move(urls)
    return await document.read()


async def test_services_come_move_and_go_and_what_is_known_of_the_others_stays(services: Services) -> None:
    services.put("three", "/c")
    documents = FleetDocument(OWN, {}, OPEN, services.fetch)
    assert paths(await read_at(documents, {"one": "http://one", "two": "http://two"})) == ["/one/a", "/two/b"]
    del services.answers["one"]
    moved = await read_at(documents, {"one": "http://elsewhere", "three": "http://three"})
    assert paths(moved) == ["/one/a", "/three/c"]
    services.put("elsewhere", "/moved")
    assert services.asked == {"one": 1, "two": 1, "elsewhere": 1, "three": 1}
    again = await read_at(documents, {"one": "http://one", "three": "http://three"})
    assert paths(again) == paths(moved)
    assert paths(await read_at(documents, {"one": "http://elsewhere", "three": "http://three"})) == [
        "/one/moved",
        "/three/c",
    ]
    await documents.close()


async def test_where_a_service_is_now_is_asked_while_the_old_place_says_nothing(services: Services) -> None:
    services.put("new", "/new")
    services.waiting["one"] = asyncio.Event()
    documents = FleetDocument(OWN, {}, OPEN, services.fetch)
    first = asyncio.create_task(read_at(documents, {"one": "http://one"}))
    await services.begun.wait()
    assert paths(await read_at(documents, {"one": "http://new"})) == ["/one/new"]
    await first
    await documents.close()
