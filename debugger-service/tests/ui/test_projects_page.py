"""The list of projects in a real browser: a file becomes a project, and what failed is told."""

import json
from collections.abc import Callable

import httpx2
import pytest
from playwright.sync_api import Page, expect

GOOD = b"".join(
    json.dumps({"text": f"{text} {number}", "label": label}).encode() + b"\n"
    for number in range(12)
    for text, label in (("where is my card", "arrival"), ("i want my money back", "refund"))
)


def test_a_file_becomes_an_analysed_project_also_when_the_tab_is_closed(
    service: str, new_page: Callable[..., Page], accessibility: Callable[[Page], list[str]]
) -> None:
    page = new_page()
    page.goto("/")
    page.get_by_label("Choose a file").set_input_files({"name": "chatbot.jsonl", "mimeType": "", "buffer": GOOD})
    expect(page.get_by_label("Name", exact=True)).to_have_value("chatbot")
    page.get_by_role("button", name="Import").click()
    link = page.get_by_role("link", name="chatbot", exact=True)
    expect(link).to_be_visible()
    expect(page.get_by_text("24 rows")).to_be_visible()
    page.close()
    again = new_page()
    again.goto("/")
    again.get_by_role("link", name="chatbot", exact=True).click()
    expect(again.get_by_role("heading", name="Label errors left")).to_be_visible(timeout=60_000)
    again.goto("/#/")
    expect(again.get_by_role("link", name="chatbot", exact=True)).to_be_visible()
    assert accessibility(again) == []
    with httpx2.Client(base_url=service) as client:
        project = next(found for found in client.get("/projects").json()["items"] if found["name"] == "chatbot")
        assert project["analysis_id"] is not None


def test_rows_that_were_not_taken_are_shown_with_the_reason(new_page: Callable[..., Page]) -> None:
    page = new_page()
    page.goto("/")
    file = b'text,label\nhello,greet\n" ",greet\n'
    page.get_by_label("Choose a file").set_input_files({"name": "blank.csv", "mimeType": "text/csv", "buffer": file})
    page.get_by_role("button", name="Import").click()
    expect(page.get_by_text("1 row could not be imported.")).to_be_visible()
    page.get_by_role("button", name="Show which").click()
    expect(page.get_by_role("dialog").get_by_role("row")).to_have_count(2)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_list_in_both_themes(
    banking: Callable[..., str],
    new_page: Callable[..., Page],
    accessibility: Callable[[Page], list[str]],
    picture: Callable[[Page, str], None],
    scheme: str,
) -> None:
    banking(f"Chatbot, {scheme}", rows=60, classes=2)
    page = new_page(color_scheme=scheme)
    page.goto("/")
    expect(page.get_by_role("link", name=f"Chatbot, {scheme}")).to_be_visible()
    assert accessibility(page) == []
    picture(page, f"projects-{scheme}")


def test_everybody_sees_the_jobs_of_a_project(
    banking: Callable[..., str], new_page: Callable[..., Page], service: str
) -> None:
    project = banking("Shared work", rows=60, classes=2)
    page = new_page("Ben")
    page.goto(f"/#/projects/{project}/overview")
    page.get_by_role("button", name="Jobs").click()
    jobs = page.get_by_role("dialog", name="Jobs").get_by_role("listitem")
    expect(jobs.filter(has_text="Import")).to_have_count(1)
    expect(jobs.filter(has_text="Analysis")).to_have_count(1)
    with httpx2.Client(base_url=service) as client:
        client.post(f"/projects/{project}/analyses", json={"encoder": "none"})
    page.reload()
    page.get_by_role("button", name="Jobs").click()
    expect(jobs.filter(has_text="Analysis")).to_have_count(2)
