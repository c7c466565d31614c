"""Maps: made after each analysis, served in binary, and a place to choose rows by."""

import json
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import httpx2
import numpy as np
import orjson
from sqlalchemy import select
from sqlmodel import col

from debugger import arrays, maps
from debugger.evidence.neighbours import Neighbours
from debugger.filters.compiling import MAX_LISTED
from debugger.mapping import Mapper, project_while_wanted
from debugger.points import NO_NAME
from debugger.tables import Analysis, FoundIssue, Prediction, PredictionRun, Project, StoredArray
from shared.database import Database
from shared.jobs.tables import Job

Imported = Callable[..., Awaitable[tuple[str, dict[str, Any]]]]
Finished = Callable[..., Awaitable[dict[str, Any]]]

TOPICS = {
    "card": ["card", "arrive", "post", "delivery", "plastic", "envelope"],
    "refund": ["money", "back", "refund", "return", "shop", "charged"],
    "limit": ["limit", "raise", "maximum", "spend", "daily", "cap"],
}
DTYPES = {"int32": "<i4", "float32": "<f4", "uint16": "<u2"}
ALL = 'inside("-1 -1 1 -1 1 1 -1 1")'


def lines(size: int = 60) -> bytes:
    random = np.random.default_rng(3)
    made = []
    for number in range(1, size + 1):
        topic = list(TOPICS)[number % 3]
        text = f"{' '.join(random.choice(TOPICS[topic], 4, replace=False))} {number}"
        label = None if number % 10 == 0 else topic
        made.append({"text": text, "label": label, "split": "testing" if number % 4 == 0 else "training"})
    return "\n".join(map(json.dumps, made)).encode()


def read(content: bytes) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Read a map as its description says."""
    assert content[:8] == b"DMAP\x01\0\0\0"
    length = int.from_bytes(content[8:12], "little")
    header = orjson.loads(content[12 : 12 + length])
    start = -(-(12 + length) // 8) * 8
    found = {}
    for each in header["arrays"]:
        assert each["offset"] % 8 == 0
        found[each["name"]] = np.frombuffer(content, DTYPES[each["dtype"]], header["points"], start + each["offset"])
    return header, found


async def mapped(client: httpx2.AsyncClient, address: str, finished: Finished) -> dict[str, Any]:
    """Analyse, wait for the map that comes of it, and return its job."""
    await finished(client, (await client.post(f"{address}/analyses")).json()["id"])
    listed = (await client.get("/jobs")).json()["items"]
    return await finished(client, next(job["id"] for job in listed if job["kind"] == maps.KIND))


async def placed(database: Database, address: str, size: int = 60) -> tuple[Analysis, np.ndarray]:
    """Give the project an analysis with a map, by hand, and return both."""
    positions = np.random.default_rng(0).uniform(-1, 1, (size, 2)).astype(np.float32)
    async with database.session() as session:
        project = await session.get_one(Project, UUID(address.rpartition("/")[2]))
        run = PredictionRun(project_id=project.id, source="out_of_sample", version=1)
        analysis = Analysis(project_id=project.id, version=1, run_id=run.id, classes=[], counts={}, row_count=size)
        session.add_all((run, analysis))
        await session.flush()
        project.analysis_id = analysis.id
        await arrays.save(session, analysis.id, maps.NUMBERS, np.arange(1, size + 1, dtype=np.int64))
        await arrays.save(session, analysis.id, arrays.MAP, positions)
        await arrays.save(session, analysis.id, "embedding", np.eye(size, 8, dtype=np.float32))
        await arrays.save(session, analysis.id, "neighbours", np.full((size, 20), -1, np.int32))
        await arrays.save(session, analysis.id, "similarities", np.zeros((size, 20), np.float32))
        return analysis, positions


async def job_for(database: Database, analysis: Analysis, status: str) -> Job:
    """Add a job that the queue knows nothing of."""
    request = {"project": str(analysis.project_id), "analysis": str(analysis.id)}
    async with database.session() as session:
        job = Job(kind=maps.KIND, request=request, total=1, status=status)
        session.add(job)
        return job


async def test_an_analysis_is_followed_by_its_map_which_keeps_its_face(
    client: httpx2.AsyncClient, imported: Imported, finished: Finished, database: Database
) -> None:
    address, _ = await imported(client, lines())
    for answer in (await client.get(f"{address}/map"), await client.post(f"{address}/maps")):
        assert (answer.status_code, "POST …/analyses" in answer.json()["detail"]) == (409, True)
    job = await mapped(client, address, finished)
    assert (job["status"], job["done"], job["total"], job["progress"]) == ("succeeded", 1, 1, 1.0)

    answer = await client.get(f"{address}/map")
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["cache-control"] == "private, no-cache"
    header, points = read(answer.content)
    assert (header["points"], header["left_out"], header["version"], header["analysed_version"]) == (60, 0, 1, 1)
    assert points["number"].tolist() == list(range(1, 61))
    places = np.stack([points["x"], points["y"]], axis=1)
    assert 0.8 < np.abs(places).max() <= 1
    near = np.linalg.norm(places[:, None] - places, axis=2).argsort(axis=1)[:, 1:4]
    assert np.mean((points["number"][near] - points["number"][:, None]) % 3 == 0) > 0.9

    again = await client.post(f"{address}/maps")
    assert again.headers["location"] == f"../../jobs/{again.json()['id']}"
    assert (await finished(client, again.json()["id"]))["status"] == "succeeded"
    assert (await client.get(f"{address}/map")).content == answer.content

    async with database.session() as session:
        analysis_id = (await session.get_one(Project, UUID(address.rpartition("/")[2]))).analysis_id
        assert analysis_id is not None
        turned = -(await arrays.load(session, analysis_id, arrays.MAP))
        await arrays.save(session, analysis_id, arrays.MAP, turned)
    await finished(client, (await client.post(f"{address}/imports", content=lines(66))).json()["id"])
    header, _ = read((await client.get(f"{address}/map")).content)
    assert (header["points"], header["left_out"]) == (60, 6)
    await mapped(client, address, finished)
    header, points = read((await client.get(f"{address}/map")).content)
    assert (header["points"], header["left_out"]) == (66, 0)
    assert np.median(np.hypot(points["x"][:60] - turned[:, 0], points["y"][:60] - turned[:, 1])) < 0.1


async def test_points_are_chosen_by_filters_and_coloured_by_fields(
    client: httpx2.AsyncClient, imported: Imported, database: Database
) -> None:
    address, _ = await imported(client, lines())
    analysis, positions = await placed(database, address)
    assert analysis.run_id is not None
    async with database.session() as session:
        for number in (1, 2):
            predicted: dict[str, Any] = {"label": "card", "confidence": number / 4, "labels": [], "confidences": []}
            session.add(Prediction(run_id=analysis.run_id, number=number, **predicted))
        issue: dict[str, Any] = {"analysis_id": analysis.id, "rank": 1, "reason": "", "labels": [], "evidence": {}}
        session.add(FoundIssue(**issue, kind="annotate_next", number=7, score=0.5))
        session.add(FoundIssue(**issue, kind="label_error", number=8, score=0.75))

    async def get(**params: str) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
        return read((await client.get(f"{address}/map", params=params)).content)

    header, points = await get()
    assert np.array_equal(np.stack([points["x"], points["y"]], axis=1), positions)
    assert header["color"] == {"field": "label", "names": ["card", "limit", "refund"]}
    labels = [None if code == NO_NAME else header["color"]["names"][code] for code in points["color"]]
    assert labels == [None if number % 10 == 0 else list(TOPICS)[number % 3] for number in range(1, 61)]

    header, points = await get(color="split", filter="label = card AND split = testing")
    assert points["number"].tolist() == [12, 24, 36, 48]
    assert np.array_equal(points["x"], positions[[11, 23, 35, 47], 0])
    assert (header["color"]["names"], set(points["color"])) == (["testing", "training"], {0})
    header, points = await get(color="confidence")
    assert header["color"] == {"field": "confidence", "low": 0.25, "high": 0.5}
    assert points["color"][:2].tolist() == [0.25, 0.5]
    assert np.isnan(points["color"][2:]).all()
    _, points = await get(color="issue.annotate_next")
    assert (points["color"][6], np.isfinite(points["color"]).sum()) == (0.5, 1)
    for color, names in (("status", ["active"]), ("prediction", ["card"]), ("served", [])):
        header, points = await get(color=color)
        assert (header["color"]["names"], len(points["color"])) == (names, 60)
    for empty in ({"filter": 'text : "zebra"'}, {"filter": "number > 1000", "color": "score"}):
        header, points = await get(**empty)
        assert header["points"] == len(points["x"]) == 0
    for wrong in ({"color": "text"}, {"color": "issue.none"}, {"filter": "colour = red"}, {"filter": 'inside("1 2")'}):
        assert (await client.get(f"{address}/map", params=wrong)).status_code == 422


async def test_a_map_is_sent_again_only_when_something_changed(
    client: httpx2.AsyncClient, imported: Imported, database: Database
) -> None:
    address, _ = await imported(client, lines())
    await placed(database, address)
    first = await client.get(f"{address}/map", params={"color": "status"})
    seen = {"if-none-match": f'"other", W/{first.headers["etag"]}'}
    same = await client.get(f"{address}/map", params={"color": "status"}, headers=seen)
    assert (same.status_code, same.content, same.headers["etag"]) == (304, b"", first.headers["etag"])
    for other in ({"color": "label"}, {"color": "status", "filter": "label = card"}):
        assert (await client.get(f"{address}/map", params=other, headers=seen)).status_code == 200
    drop = {"action": "drop", "author": "Mai", "rows": [{"number": 5, "version": 1}]}
    assert (await client.post(f"{address}/decisions", json=drop)).status_code == 201
    changed = await client.get(f"{address}/map", params={"color": "status"}, headers=seen)
    header, points = read(changed.content)
    assert (changed.status_code, header["version"], header["analysed_version"]) == (200, 2, 1)
    assert header["color"]["names"][points["color"][4]] == "dropped"


async def test_a_lasso_chooses_rows_for_lists_and_decisions(
    client: httpx2.AsyncClient, imported: Imported, database: Database
) -> None:
    address, _ = await imported(client, lines())
    _, positions = await placed(database, address)
    right = 'inside("0 -1 1 -1 1 1 0 1")'
    wanted = [number for number in range(1, 61) if positions[number - 1, 0] >= 0]
    listed = (await client.get(f"{address}/rows", params={"filter": right, "limit": 60})).json()["items"]
    assert [row["number"] for row in listed] == wanted
    assert 0 < len(wanted) < 60
    others = (await client.get(f"{address}/rows/counts", params={"filter": f"NOT {right}"})).json()["rows"]
    assert others == 60 - len(wanted)
    _, points = read((await client.get(f"{address}/map", params={"filter": right})).content)
    assert points["number"].tolist() == wanted
    drop = {"action": "drop", "author": "Mai", "filter": f"{right} AND split = testing", "at_version": 1}
    dropped = (await client.post(f"{address}/decisions", json=drop)).json()["changed"]
    assert dropped == sum(number % 4 == 0 for number in wanted)


async def test_a_lasso_around_many_rows_knows_no_row_that_came_later(
    client: httpx2.AsyncClient, imported: Imported, database: Database
) -> None:
    size = MAX_LISTED + 100
    address, _ = await imported(client, lines(size + 20))
    _, positions = await placed(database, address, size)

    async def count(text: str) -> int:
        return int((await client.get(f"{address}/rows/counts", params={"filter": text})).json()["rows"])

    assert await count(ALL) == size
    assert await count(f"NOT {ALL}") == 20
    assert await count(f"{ALL} AND number > {size - 30}") == 30
    left = positions[:, 0] < 0.9
    assert MAX_LISTED < left.sum() < size
    assert await count('inside("-1 -1 0.9 -1 0.9 1 -1 1")') == left.sum()
    header, _ = read((await client.get(f"{address}/map", params={"filter": f"{ALL} OR label = card"})).content)
    later = sum(number % 3 == 0 and number % 10 != 0 for number in range(size + 1, size + 21))
    assert (header["points"], header["left_out"]) == (size, later)


async def test_while_no_map_is_there_it_is_told_why(
    client: httpx2.AsyncClient, imported: Imported, database: Database
) -> None:
    address, _ = await imported(client, lines())
    analysis, _ = await placed(database, address)
    async with database.session() as session:
        parts = select(StoredArray).where(col(StoredArray.name) == arrays.MAP)
        for part in (await session.execute(parts)).scalars():
            await session.delete(part)
    answer = await client.get(f"{address}/map")
    assert (answer.status_code, "POST …/maps" in answer.json()["detail"]) == (404, True)
    answer = await client.get(f"{address}/rows", params={"filter": ALL})
    assert (answer.status_code, "POST …/maps" in answer.json()["detail"]) == (409, True)
    job = await job_for(database, analysis, "running")
    for answer in (await client.get(f"{address}/map"), await client.post(f"{address}/maps")):
        assert (answer.status_code, str(job.id) in answer.json()["detail"]) == (409, True)


async def test_the_map_of_an_analysis_that_was_replaced_is_given_up(
    client: httpx2.AsyncClient, imported: Imported, database: Database
) -> None:
    address, _ = await imported(client, lines())
    analysis, _ = await placed(database, address)
    job = await job_for(database, analysis, "running")
    step = await Mapper(database)(job)
    assert step is not None
    await placed(database, address)
    assert await Mapper(database)(job) is None
    async with database.session() as session:
        await session.delete(await session.get_one(Analysis, analysis.id))
    async with database.session() as session:
        await step.write(session)
        found = (await session.execute(select(StoredArray).where(col(StoredArray.name) == arrays.MAP))).scalars().all()
        assert [part.analysis_id == analysis.id for part in found] == [False]


async def test_a_map_that_is_no_longer_wanted_is_not_waited_for(
    client: httpx2.AsyncClient, imported: Imported, database: Database
) -> None:
    address, _ = await imported(client, lines(3))
    analysis, _ = await placed(database, address, 3)
    job = await job_for(database, analysis, "cancelled")
    size = 100_000
    embedding = np.random.default_rng(0).normal(size=(size, 16)).astype(np.float32)
    positions = np.random.default_rng(1).integers(0, size, (size, 20)).astype(np.int32)
    neighbours = Neighbours(positions, np.ones((size, 20), np.float32))
    assert await project_while_wanted(database, job, (embedding, neighbours, None)) is None
