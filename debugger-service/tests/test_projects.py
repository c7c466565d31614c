"""Projects: files go in, people decide, versions come out."""

import asyncio
import gzip
import json
from collections.abc import Awaitable, Callable
from typing import Any

import httpx2
import pytest
from sqlalchemy import text

from debugger.main import create_app
from debugger.settings import Settings
from shared.database import Database
from shared.testing import client_of

Imported = Callable[..., Awaitable[tuple[str, dict[str, Any]]]]
Finished = Callable[..., Awaitable[dict[str, Any]]]

ROWS: list[dict[str, Any]] = [
    {"id": "a", "text": "where is my card", "label": "arrival", "split": "training", "score": 0.5},
    {"id": "b", "text": "my card has not come", "label": "arrival", "split": "testing", "score": 0.1},
    {"id": "c", "text": "i want my money back", "label": "refund", "split": "training"},
    {"id": "d", "text": "=cmd()", "split": "training"},
]


SERVED = """
    WITH run AS (
        INSERT INTO prediction_runs (id, project_id, source, version)
        VALUES (gen_random_uuid(), :project, 'served', 1) RETURNING id
    ), predicted AS (
        INSERT INTO predictions (run_id, number, label, confidence, labels, confidences)
        SELECT id, 1, 'arrival', 1, '{arrival}', '{1}' FROM run
    )
    UPDATE projects SET served_run_id = run.id FROM run WHERE projects.id = :project
"""


def jsonl(rows: list[dict[str, Any]]) -> bytes:
    return b"".join(json.dumps(row).encode() + b"\n" for row in rows)


async def numbers(client: httpx2.AsyncClient, address: str, text: str, **more: Any) -> list[int]:
    answer = await client.get(f"{address}/rows", params={"filter": text, **more})
    assert answer.status_code == 200, answer.text
    return [row["number"] for row in answer.json()["items"]]


async def test_the_same_file_twice_changes_nothing(
    client: httpx2.AsyncClient, imported: Imported, finished: Finished
) -> None:
    address, job = await imported(client, jsonl(ROWS))
    assert (job["status"], job["done"], job["failed"]) == ("succeeded", 4, 0)
    again = await client.post(f"{address}/imports", content=gzip.compress(jsonl(ROWS)))
    await finished(client, again.json()["id"])
    project = (await client.get(address)).json()
    assert (project["version"], project["rows"]) == (1, 4)


async def test_equal_rows_of_a_file_without_ids_are_kept_apart(
    client: httpx2.AsyncClient, imported: Imported, finished: Finished
) -> None:
    file = b"text,label\nhello,greet\nhello,greet\nbye,leave\n"
    address, _ = await imported(client, file)
    await finished(client, (await client.post(f"{address}/imports", content=file)).json()["id"])
    assert (await client.get(address)).json()["rows"] == 3


async def test_wrong_rows_are_reported_and_the_others_go_in(client: httpx2.AsyncClient, imported: Imported) -> None:
    wrong = [*ROWS, {"id": "a", "text": "another text"}, {"id": "e", "text": " "}, {"id": "b", "text": ROWS[1]["text"]}]
    address, job = await imported(client, jsonl(wrong))
    assert (job["done"], job["failed"]) == (4, 3)
    errors = (await client.get(f"/jobs/{job['id']}/errors")).json()["items"]
    assert [error["number"] for error in errors] == [5, 6, 7]
    assert "'a' has another text already" in errors[0]["message"]
    assert (await client.get(address)).json()["rows"] == 4


async def test_a_broken_file_fails_and_says_why(client: httpx2.AsyncClient, imported: Imported) -> None:
    content = json.dumps([{"id": 1, "complete": True, "data": '{"text": "hello", "intent": "greet"}'}] * 2)
    address, job = await imported(client, content[:-20].encode())
    assert job["status"] == "failed"
    assert job["error"]
    assert (await client.get(address)).json()["rows"] == 1


async def test_a_new_label_in_a_later_file_is_a_change(
    client: httpx2.AsyncClient, imported: Imported, finished: Finished
) -> None:
    address, _ = await imported(client, jsonl(ROWS))
    newer = [{**ROWS[3], "label": "attack"}]
    await finished(client, (await client.post(f"{address}/imports", content=jsonl(newer))).json()["id"])
    (found,) = (await client.get(f"{address}/differences", params={"from": 1})).json()["items"]
    assert (found["id"], found["before"]["label"], found["after"]["label"]) == ("d", None, "attack")
    for contains, expected in {"ATTack": 1, ROWS[3]["text"][1:].upper(): 1, "%": 0, "refund": 0}.items():
        page = (await client.get(f"{address}/differences", params={"from": 1, "contains": contains})).json()
        assert len(page["items"]) == expected, contains


async def test_filters(client: httpx2.AsyncClient, imported: Imported) -> None:
    address, _ = await imported(client, jsonl(ROWS))
    wanted = {
        "": [1, 2, 3, 4],
        "card": [1, 2],
        '"not come" OR label = refund': [2, 3],
        "NOT label : *": [4],
        'label != "arrival"': [3, 4],
        "NOT label = arrival AND split = training": [3, 4],
        "score > 0.1": [1],
        "score = 0.1": [2],
        "length < 2 OR id = a": [1, 4],
        "label : ARR": [1, 2],
        "issue : label_error OR correct = true": [],
        'text = "=cmd()"': [4],
    }
    assert {text: await numbers(client, address, text) for text in wanted} == wanted


async def test_a_number_without_quotes_is_a_text_where_texts_are(
    client: httpx2.AsyncClient, imported: Imported
) -> None:
    ids = ("1234567", "007", "1.50", "7")
    rows = [{"id": each, "text": f"text {number}", "label": f"the {each}"} for number, each in enumerate(ids)]
    address, _ = await imported(client, jsonl(rows))
    for number, row in enumerate(rows, 1):
        assert await numbers(client, address, f"id = {row['id']}") == [number]
        counts = (await client.get(f"{address}/rows/counts", params={"filter": f"id = {row['id']}"})).json()
        assert counts["facets"]["label"] == [[row["label"], 1]]
    assert await numbers(client, address, "NOT id = 1234567") == [2, 3, 4]


async def test_numbers_that_no_score_can_be_are_compared_all_the_same(
    client: httpx2.AsyncClient, imported: Imported
) -> None:
    address, _ = await imported(client, jsonl(ROWS))
    assert await numbers(client, address, "score < 1e39") == [1, 2]
    assert await numbers(client, address, "score > 1e39") == []
    assert await numbers(client, address, "score > 1e-60") == [1, 2]


async def test_a_decision_that_waited_chooses_by_what_is_so_now(
    client: httpx2.AsyncClient, imported: Imported, database: Database
) -> None:
    address, _ = await imported(client, jsonl(ROWS))
    project = {"project": address.removeprefix("/projects/")}
    keep = {"action": "keep", "author": "Mai", "filter": "served.correct = true", "at_version": 1}
    async with database.session() as session:
        await session.execute(text("SELECT FROM projects WHERE id = :project FOR UPDATE"), project)
        deciding = asyncio.create_task(client.post(f"{address}/decisions", json=keep))
        await asyncio.sleep(0.5)
        await session.execute(text(SERVED), project)
    assert (await deciding).json()["changed"] == 1


async def test_a_filter_that_means_nothing_is_refused(client: httpx2.AsyncClient, imported: Imported) -> None:
    address, _ = await imported(client, jsonl(ROWS))
    texts = ["colour = red", "label = ", "a AND b OR c", "label < 3", "score : 3", "correct = maybe", "(" * 50 + "a"]
    answers = {text: await client.get(f"{address}/rows", params={"filter": text}) for text in texts}
    assert {text: answer.status_code for text, answer in answers.items()} == dict.fromkeys(texts, 422)
    assert all(answer.json()["detail"] for answer in answers.values())


async def test_pages_in_any_order_have_every_row_once(client: httpx2.AsyncClient, imported: Imported) -> None:
    rows = [{"text": f"row {number}", "score": (number * 7) % 5 / 10} for number in range(25)]
    address, _ = await imported(client, jsonl(rows))
    for order in ("number", "number desc", "score", "score desc"):
        seen: list[int] = []
        parameters: dict[str, Any] = {"order_by": order, "limit": 4}
        while parameters.get("cursor") != "":
            page = (await client.get(f"{address}/rows", params=parameters)).json()
            seen += [row["number"] for row in page["items"]]
            parameters["cursor"] = page["next_cursor"] or ""
        assert sorted(seen) == list(range(1, 26)), order
        assert seen != sorted(seen) or order == "number"


async def test_a_decision_is_a_version_that_can_be_undone_and_done_again(
    client: httpx2.AsyncClient, imported: Imported
) -> None:
    address, _ = await imported(client, jsonl(ROWS))
    chosen = {"author": "Mai", "rows": [{"number": 3, "version": 1}]}
    decided = await client.post(f"{address}/decisions", json={"action": "relabel", "label": "money", **chosen})
    assert (decided.status_code, decided.json()["number"], decided.json()["changed"]) == (201, 2, 1)
    assert await numbers(client, address, "label = money AND given = refund AND decision = relabel") == [3]
    for version, found in ((2, []), (3, [3])):
        undone = await client.post(f"{address}/versions/{version}/undo", json={"author": "Bo"})
        assert undone.status_code == 201
        assert await numbers(client, address, "label = money") == found
    again = await client.post(f"{address}/versions/2/undo", json={"author": "Bo"})
    assert again.status_code == 409
    history = (await client.get(f"{address}/rows/3")).json()["history"]
    assert [change["label"] for change in history] == ["money", "refund", "money", "refund"]


async def test_two_reviewers_cannot_overwrite_each_other_unseen(client: httpx2.AsyncClient, imported: Imported) -> None:
    address, _ = await imported(client, jsonl(ROWS))
    chosen = {"rows": [{"number": 1, "version": 1}, {"number": 2, "version": 1}]}
    await client.post(f"{address}/decisions", json={"action": "drop", "author": "Mai", **chosen})
    late = await client.post(f"{address}/decisions", json={"action": "keep", "author": "Bo", **chosen})
    assert late.status_code == 409
    assert "row 1 by Mai in version 2" in late.json()["detail"]
    by_filter = {"action": "keep", "author": "Bo", "filter": "id = a", "at_version": 1}
    assert (await client.post(f"{address}/decisions", json=by_filter)).status_code == 409
    assert (await client.post(f"{address}/decisions", json={**by_filter, "at_version": 2})).status_code == 201


async def test_decisions_at_the_same_time_are_versions_one_after_the_other(
    client: httpx2.AsyncClient, imported: Imported
) -> None:
    rows = [{"id": number, "text": f"text {number}", "label": "old"} for number in range(1, 9)]
    address, _ = await imported(client, jsonl(rows))
    relabel = {"action": "relabel", "label": "new", "author": "Mai"}
    bodies = [{**relabel, "rows": [{"number": number, "version": 1}]} for number in range(1, 9)]
    decided = await asyncio.gather(*(client.post(f"{address}/decisions", json=body) for body in bodies))
    assert [answer.status_code for answer in decided] == [201] * 8
    assert sorted(answer.json()["number"] for answer in decided) == list(range(2, 10))
    assert await numbers(client, address, "label = new") == list(range(1, 9))


async def test_classes_are_merged_after_a_preview(client: httpx2.AsyncClient, imported: Imported) -> None:
    address, _ = await imported(client, jsonl(ROWS))
    merge = {"action": "merge", "author": "Mai", "labels": ["arrival", "refund"], "label": "all", "at_version": 1}
    preview = (await client.post(f"{address}/decisions/preview", json=merge)).json()
    assert (preview["rows"], preview["effects"][0]["label"]) == (3, "arrival")
    assert await numbers(client, address, "label = all") == []
    await client.post(f"{address}/decisions", json=merge)
    assert await numbers(client, address, "label = all AND NOT decision : *") == [1, 2, 3]


async def test_what_changes_nothing_makes_no_version(client: httpx2.AsyncClient, imported: Imported) -> None:
    address, _ = await imported(client, jsonl(ROWS))
    keep = {"action": "keep", "author": "Mai", "filter": "id = a", "at_version": 1}
    assert (await client.post(f"{address}/decisions", json=keep)).status_code == 201
    again = await client.post(f"{address}/decisions", json={**keep, "at_version": 2})
    assert (again.status_code, again.json()) == (200, None)
    assert (await client.get(address)).json()["version"] == 2


async def test_an_export_is_what_an_import_brings_back(client: httpx2.AsyncClient, imported: Imported) -> None:
    address, _ = await imported(client, jsonl(ROWS))
    await client.post(
        f"{address}/decisions", json={"action": "drop", "author": "Mai", "rows": [{"number": 2, "version": 1}]}
    )
    for name in ("jsonl", "csv", "chatbot"):
        file = (await client.get(f"{address}/export", params={"format": name})).content
        copy, job = await imported(client, file, name=f"{name} again")
        assert (job["done"], job["failed"]) == (3, 0)
        rows = (await client.get(f"{copy}/rows")).json()["items"]
        assert [(row["text"], row["label"], row["split"]) for row in rows] == [
            (row["text"], row.get("label"), row["split"]) for row in ROWS if row["id"] != "b"
        ]
    before = await client.get(f"{address}/export", params={"version": 1})
    assert [json.loads(line)["id"] for line in before.content.splitlines()] == ["a", "b", "c", "d"]
    (patched,) = (await client.get(f"{address}/export", params={"format": "patch"})).content.splitlines()
    assert (json.loads(patched)["id"], json.loads(patched)["author"]) == ("b", "Mai")


async def test_a_killed_import_goes_on_where_it_was(
    settings: Settings, finished: Finished, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("debugger.importing.BATCH_ROWS", 10)
    rows = [{"text": f"row {number}", "label": "x"} for number in range(400)]
    async with client_of(create_app(settings.model_copy(update={"run_jobs": False}))) as client:
        project = (await client.post("/projects", json={"name": "Long"})).json()["id"]
        job = (await client.post(f"/projects/{project}/imports", content=jsonl(rows))).json()
    for _ in range(3):  # each stops its worker in the middle
        async with client_of(create_app(settings)) as client:
            for _ in range(200):
                state = (await client.get(f"/jobs/{job['id']}")).json()
                if state["done"]:
                    break
    async with client_of(create_app(settings)) as client:
        state = await finished(client, job["id"])
        assert (state["status"], state["done"], state["failed"]) == ("succeeded", 400, 0)
        project = (await client.get(f"/projects/{project}")).json()
        assert (project["rows"], project["version"]) == (400, 1)


async def wait_for_long(*_: object) -> None:
    await asyncio.sleep(3600)


async def begin(client: httpx2.AsyncClient, **query: Any) -> tuple[str, dict[str, Any]]:
    project = (await client.post("/projects", json={"name": "Chatbot"})).json()["id"]
    answer = await client.post(f"/projects/{project}/imports", content=jsonl(ROWS), params=query)
    return f"/projects/{project}", answer.json()


async def kinds(client: httpx2.AsyncClient, address: str) -> list[str]:
    return [job["kind"] for job in (await client.get(f"{address}/jobs")).json()["items"]]


async def test_an_import_that_changed_something_begins_the_analysis_that_was_asked_for(
    client: httpx2.AsyncClient, finished: Finished, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("debugger.analysing.Analyst.__call__", wait_for_long)
    address, job = await begin(client, analyse=True)
    assert (await finished(client, job["id"]))["status"] == "succeeded"
    assert await kinds(client, address) == ["analyse", "import"]
    again = await client.post(f"{address}/imports", content=jsonl(ROWS), params={"analyse": True})
    await finished(client, again.json()["id"])
    assert await kinds(client, address) == ["import", "analyse", "import"]


@pytest.mark.parametrize("content", [b'[{"text": "where is my card"', b""])
async def test_no_analysis_follows_an_import_that_failed(
    client: httpx2.AsyncClient, finished: Finished, content: bytes
) -> None:
    project = (await client.post("/projects", json={"name": "Broken"})).json()["id"]
    job = await client.post(f"/projects/{project}/imports", content=content, params={"analyse": True})
    assert (await finished(client, job.json()["id"]))["status"] == "failed"
    assert await kinds(client, f"/projects/{project}") == ["import"]


async def test_an_analysis_that_lacks_the_new_rows_gives_way(
    client: httpx2.AsyncClient, imported: Imported, finished: Finished, monkeypatch: pytest.MonkeyPatch
) -> None:
    address, _ = await imported(client, jsonl(ROWS))
    monkeypatch.setattr("debugger.analysing.Analyst.__call__", wait_for_long)
    outdated = (await client.post(f"{address}/analyses")).json()["id"]
    more = await client.post(f"{address}/imports", content=b"text\nnew\n", params={"analyse": True})
    await finished(client, more.json()["id"])
    newest, *_ = (await client.get(f"{address}/jobs")).json()["items"]
    assert newest["kind"] == "analyse"
    assert newest["status"] in {"queued", "running"}
    assert (await client.get(f"/jobs/{outdated}")).json()["status"] == "cancelled"


async def test_a_projects_jobs_are_its_own_in_pages(client: httpx2.AsyncClient, finished: Finished) -> None:
    address, job = await begin(client)
    await finished(client, job["id"])
    other = (await client.post("/projects", json={"name": "Other"})).json()["id"]
    again = (await client.post(f"{address}/imports", content=jsonl(ROWS))).json()
    await finished(client, again["id"])
    first = (await client.get(f"{address}/jobs", params={"limit": 1})).json()
    second = (await client.get(f"{address}/jobs", params={"limit": 1, "cursor": first["next_cursor"]})).json()
    assert [found["id"] for page in (first, second) for found in page["items"]] == [again["id"], job["id"]]
    assert second["next_cursor"] is None
    assert (await client.get(f"/projects/{other}/jobs")).json()["items"] == []
    assert (await client.get("/projects/019aa1b2-7c3d-7e4f-8a5b-6c7d8e9fa0b1/jobs")).status_code == 404


async def test_rows_are_counted_in_all_and_by_their_values(client: httpx2.AsyncClient, imported: Imported) -> None:
    address, _ = await imported(client, jsonl(ROWS))
    counts = (await client.get(f"{address}/rows/counts")).json()
    assert counts["rows"] == 4
    assert counts["facets"]["split"] == [["training", 3], ["testing", 1]]
    assert counts["facets"]["label"] == [["arrival", 2], ["refund", 1], [None, 1]]
    assert counts["facets"]["decision"] == [[None, 4]]
    some = (await client.get(f"{address}/rows/counts", params={"filter": "label = arrival"})).json()
    assert (some["rows"], some["facets"]["label"]) == (2, [["arrival", 2]])
    none = (await client.get(f"{address}/rows/counts", params={"filter": "label = nothing"})).json()
    assert (none["rows"], none["facets"]["label"]) == (0, [])


async def test_counts_that_were_told_before_follow_decisions_and_imports(
    client: httpx2.AsyncClient, imported: Imported, finished: Finished
) -> None:
    address, _ = await imported(client, jsonl(ROWS))

    async def dropped() -> tuple[int, int]:
        counts = (await client.get(f"{address}/rows/counts")).json()
        return counts["rows"], dict(counts["facets"]["status"]).get("dropped", 0)

    assert await dropped() == await dropped() == (4, 0)
    chosen = {"author": "Mai", "rows": [{"number": 1, "version": 1}]}
    await client.post(f"{address}/decisions", json={"action": "drop", **chosen})
    assert await dropped() == (4, 1)
    await client.post(f"{address}/versions/2/undo", json={"author": "Mai"})
    assert await dropped() == (4, 0)
    more = await client.post(f"{address}/imports", content=jsonl([{"text": "one more", "label": "refund"}]))
    await finished(client, more.json()["id"])
    assert await dropped() == (5, 0)


async def test_after_an_import_postgresql_plans_by_the_rows_that_there_are(
    client: httpx2.AsyncClient, imported: Imported, database: Database
) -> None:
    await imported(client, jsonl(ROWS))
    async with database.session() as session:
        expected = await session.execute(text("SELECT reltuples FROM pg_class WHERE relname IN ('rows', 'changes')"))
        assert list(expected.scalars()) == [4, 4]
