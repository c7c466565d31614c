"""An API that misbehaves in every way at once costs time, and nothing that is found in the data."""

from typing import Any, Final

ROWS: Final = 120


async def test_an_analysis_after_a_bad_enrichment_is_that_after_a_good_one(
    environment: Any, prediction_api: Any
) -> None:
    file = environment.planted(ROWS)
    async with environment.service() as (_, client):
        projects = [await environment.project(client, name, file) for name in ("bad", "good")]
        for address, prediction_api.misbehaves in zip(projects, (True, False)):
            assert (await client.post(f"{address}/enrichments", json={"service": "chatbot"})).status_code == 202
            job = (await environment.over())[-1]
            assert (job["status"], job["done"], job["failed"]) == ("succeeded", ROWS, 0)
        for address in projects:
            assert (await client.post(f"{address}/analyses")).status_code == 202
        assert {job["status"] for job in await environment.over()} == {"succeeded"}
        issues = await client.get(f"{projects[0]}/issues/label_error", params={"limit": 20})
        served = await client.get(f"{projects[0]}/metrics", params={"source": "served"})
    wrong = range(1, ROWS + 1, environment.wrong_every)
    assert {issue["number"] for issue in issues.json()["items"][: len(wrong)]} == set(wrong)
    assert served.json()["accuracy"]["value"] == 1 - len(wrong) / ROWS
    found = await environment.content()
    bad, good = ({table: rows for (table, of), rows in found.items() if of == name} for name in ("bad", "good"))
    assert bad.pop("projects") != good.pop("projects")
    assert bad == good
    assert bad["predictions"][0] == 2 * ROWS
