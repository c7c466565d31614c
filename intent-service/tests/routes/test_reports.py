"""`/model/report` in-process."""

import httpx2

from shared.errors import MEDIA_TYPE


async def test_the_report_is_a_page_that_can_run_nothing(client: httpx2.AsyncClient) -> None:
    answer = await client.get("/model/report")
    assert answer.text == "<!doctype html><title>Report</title>"
    assert answer.headers["content-type"].startswith("text/html")
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none';")
    assert "script" not in policy


async def test_no_report_is_said(numbers_client: httpx2.AsyncClient) -> None:
    answer = await numbers_client.get("/model/report")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == MEDIA_TYPE
    assert "has no report" in answer.json()["detail"]
