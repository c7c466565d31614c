"""Analyses with a sentence encoder: the intent service's own, and one that fails whenever it can."""

import asyncio
import json
from base64 import b64decode
from collections.abc import Awaitable, Callable
from contextlib import closing
from itertools import count
from typing import Any
from uuid import UUID

import httpx2
import numpy as np
import pytest
from pydantic import HttpUrl
from sqlmodel import col, select

from debugger import arrays
from debugger.analysing import Analyst
from debugger.analysis.encoding import BATCH_ROWS
from debugger.clients.embeddings import MAX_TEXTS
from debugger.evidence.cross_validation import average, cross_validate
from debugger.evidence.features import fit
from debugger.evidence.neighbours import nearest
from debugger.main import create_app
from debugger.settings import Settings
from debugger.tables import StoredArray
from shared import jobs
from shared.database import Database
from shared.jobs import Step
from shared.jobs.queue import RetryLaterError
from shared.jobs.tables import Job
from shared.testing import client_of

Imported = Callable[..., Awaitable[tuple[str, dict[str, Any]]]]
Finished = Callable[..., Awaitable[dict[str, Any]]]

TOPICS = {
    "card": ["card", "arrive", "post", "delivery", "plastic", "envelope"],
    "refund": ["money", "back", "refund", "return", "shop", "charged"],
    "limit": ["limit", "raise", "maximum", "spend", "daily", "cap"],
}


def rows(size: int) -> list[dict[str, Any]]:
    random = np.random.default_rng(7)
    names = list(TOPICS)
    texts = [" ".join(random.choice(TOPICS[names[number % 3]], 4, replace=False)) for number in range(size)]
    return [{"text": f"{text} {n}", "label": names[(n + (n % 20 == 0)) % 3]} for n, text in enumerate(texts)]


def lines(size: int) -> bytes:
    return "\n".join(map(json.dumps, rows(size))).encode()


async def stored(database: Database, analysis_id: str, *names: str) -> list[Any]:
    async with database.session() as session:
        return [await arrays.load(session, UUID(analysis_id), name) for name in names]


async def stored_names(database: Database, analysis_id: str) -> set[str]:
    async with database.session() as session:
        query = select(col(StoredArray.name)).where(StoredArray.analysis_id == UUID(analysis_id))
        return set((await session.exec(query)).all())


async def vectors(url: str, texts: list[str]) -> Any:
    body = {"texts": texts, "encoding_format": "base64"}
    async with httpx2.AsyncClient(base_url=url) as client:
        answer = (await client.post("/embeddings", json=body)).json()
    return np.frombuffer(b64decode(answer["vectors"]), "<f4").reshape(len(texts), -1)


async def analysed(
    settings: Settings, imported: Imported, finished: Finished, size: int = 120
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the job and the analysis of a new project."""
    async with client_of(create_app(settings)) as client:
        address, _ = await imported(client, lines(size))
        job = await finished(client, (await client.post(f"{address}/analyses")).json()["id"])
        return job, (await client.get(f"{address}/issues")).json()["analysis"]


async def test_an_encoder_is_used_as_it_was_measured(
    settings: Settings,
    database: Database,
    imported: Imported,
    finished: Finished,
    intent_process: tuple[Any, str],
) -> None:
    process, url = intent_process
    with_encoder = settings.model_copy(update={"intent_url": HttpUrl(url)})
    async with client_of(create_app(with_encoder)) as client:
        address, _ = await imported(client, lines(120))
        job = await finished(client, (await client.post(f"{address}/analyses")).json()["id"])
        assert (job["status"], job["done"], job["progress"]) == ("succeeded", job["total"], 1)
        analysis = (await client.get(f"{address}/issues")).json()["analysis"]
        assert (analysis["encoder"]["source"], analysis["encoder_note"]) == ("words added up", None)
        await is_as_measured(database, analysis["id"], url)

        (typed,) = await vectors(url, ["refund my money back"])
        (embedding,) = await stored(database, analysis["id"], "embedding")
        similar: dict[str, Any] = {"filter": 'similar("refund my money back") > 0.9', "limit": 1000}
        found = (await client.get(f"{address}/rows", params=similar)).json()["items"]
        assert {row["number"] for row in found} == {*(np.flatnonzero(embedding @ typed > 0.9) + 1).tolist()}

        process.kill()
        process.wait()
        assert (await client.get(f"{address}/rows", params=similar)).status_code == 200
        other = await client.get(f"{address}/rows", params={"order_by": 'similar("raise the limit") desc'})
        assert (other.status_code, "The intent service cannot be reached" in other.json()["detail"]) == (503, True)
        assert (await client.get(f"{address}/rows", params={"order_by": "similar(17) desc"})).status_code == 200


async def is_as_measured(database: Database, analysis_id: str, url: str) -> None:
    """Assert that the analysis is what the benchmark of the encoder computes."""
    texts = [row["text"] for row in rows(120)]
    labels = np.array([sorted(TOPICS).index(row["label"]) for row in rows(120)], np.int32)
    encoded = await vectors(url, texts)
    names = ("embedding", "probabilities", "similarities")
    embedding, probabilities, similarities = await stored(database, analysis_id, *names)
    assert embedding == pytest.approx(encoded, abs=1e-6)
    both = average(cross_validate(fit(texts)[1], labels, 3), cross_validate(encoded, labels, 3))
    assert probabilities == pytest.approx(both, abs=1e-3)
    assert similarities == pytest.approx(nearest(encoded).similarities, abs=1e-5)
    kept = await stored_names(database, analysis_id)
    assert not {name for name in kept if name.startswith(("encoded", "logits", "features"))}


@pytest.fixture
def settings(settings: Settings, address: str, fake: Any) -> Settings:
    fake.behaviour = lambda call: fake.reply(fake.embedded(call.texts))
    return settings.model_copy(update={"intent_url": HttpUrl(address)})


async def test_an_encoder_that_fails_in_the_middle_is_done_without(
    settings: Settings, database: Database, imported: Imported, finished: Finished, fake: Any
) -> None:
    well, stored_calls = fake.behaviour, 1 + BATCH_ROWS // MAX_TEXTS
    fake.behaviour = lambda call: fake.reply({"detail": "Gone."}, 409) if call.number > stored_calls else well(call)
    job, analysis = await analysed(settings, imported, finished, BATCH_ROWS + MAX_TEXTS)
    assert (job["status"], job["done"]) == ("succeeded", job["total"])
    assert analysis["encoder"] is None
    assert analysis["encoder_note"].endswith("its model has no sentence encoder; train one with --encoder (Gone).")
    assert len(fake.calls) == stored_calls + 1
    assert not {name for name in await stored_names(database, analysis["id"]) if name.startswith("encoded")}
    (embedding,) = await stored(database, analysis["id"], "embedding")
    assert embedding.shape[1] != fake.vector("a").shape[0]


async def test_texts_that_are_refused_have_no_neighbours_and_are_counted(
    settings: Settings, database: Database, imported: Imported, finished: Finished, fake: Any
) -> None:
    well = fake.behaviour
    fake.behaviour = lambda call: fake.reply(b"", 422) if rows(8)[7]["text"] in call.texts else well(call)
    job, analysis = await analysed(settings, imported, finished)
    assert job["status"] == "succeeded"
    assert analysis["encoder"]["version"] == "3f1c9a0b7d52"
    assert analysis["encoder_note"] == "The encoder does not take 1 of the texts: these have no neighbours."
    embedding, neighbours = await stored(database, analysis["id"], "embedding", "neighbours")
    assert np.flatnonzero(~embedding.any(axis=1)).tolist() == [7]
    assert (neighbours[7] == -1).all()


async def test_a_project_without_rows_is_analysed_too(
    settings: Settings, imported: Imported, finished: Finished
) -> None:
    drop = {"action": "drop", "author": "Mai", "rows": [{"number": 1, "version": 1}]}
    async with client_of(create_app(settings)) as client:
        address, _ = await imported(client, lines(1))
        assert (await client.post(f"{address}/decisions", json=drop)).status_code == 201
        job = await finished(client, (await client.post(f"{address}/analyses")).json()["id"])
        analysis = (await client.get(f"{address}/issues")).json()["analysis"]
    assert (job["status"], analysis["rows"], analysis["encoder"]["dimensions"]) == ("succeeded", 0, 8)


async def lived(database: Database, settings: Settings, job_id: UUID) -> bool:
    """Let a worker do two steps of the job, or all from the third stage on; return whether that was its end."""
    steps = count()

    async def dying(job: Job) -> Step | None:
        if next(steps) == 2 and job.position.get("stages", 0) < 3:
            raise RetryLaterError("The worker is killed.", 0)
        return await analyst(job)

    with closing(Analyst(database, settings)) as analyst:
        try:
            await jobs.run(database, job_id, dying, asyncio.Event())
        except RetryLaterError:
            return False
    return True


async def test_a_worker_that_is_killed_is_followed_where_it_was(
    settings: Settings, database: Database, imported: Imported, fake: Any
) -> None:
    async with client_of(create_app(settings)) as client:
        address, _ = await imported(client, lines(2 * BATCH_ROWS + 5))
    idle = settings.model_copy(update={"run_jobs": False})
    async with client_of(create_app(idle)) as client:
        job_id = UUID((await client.post(f"{address}/analyses")).json()["id"])
        lives = 1
        while not await lived(database, settings, job_id):
            lives += 1
        job = (await client.get(f"/jobs/{job_id}")).json()
        analysis = (await client.get(f"{address}/issues")).json()["analysis"]
    assert (job["status"], job["done"], analysis["encoder_note"]) == ("succeeded", job["total"], None)
    assert lives > 3
    asked = [text for call in fake.calls for text in call.texts]
    assert sorted(asked[1:]) == sorted(row["text"] for row in rows(2 * BATCH_ROWS + 5))
    (embedding,) = await stored(database, analysis["id"], "embedding")
    assert np.array_equal(embedding, [fake.vector(row["text"]) for row in rows(2 * BATCH_ROWS + 5)])
