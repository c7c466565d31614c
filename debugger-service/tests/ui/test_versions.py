"""Versions: what changed, undo and redo, files, and a proof of what was gained."""

from collections.abc import Callable
from typing import Any

import httpx2
import pytest
from playwright.sync_api import Page, expect

SLOW_MS = 120_000
MENDED = 12
SPOILED = 70


@pytest.fixture(scope="module")
def project(banking: Callable[..., str], service: str) -> str:
    """The id of a project in which labels were mended as proposed, and then two rows dropped."""
    made = banking("Banking, mended", rows=200, classes=4)
    with httpx2.Client(base_url=f"{service}/projects/{made}/") as client:
        found = {"filter": "issue.label_error > 0", "order_by": "issue.label_error desc", "limit": MENDED}
        mended = _decide(client, found, {"action": "accept", "kind": "label_error", "comment": "One by one."})
        assert mended["changed"] == MENDED
        _decide(client, {"filter": "NOT issue.label_error > 0", "limit": 2}, {"action": "drop"})
    return made


@pytest.fixture
def page(new_page: Callable[..., Page]) -> Page:
    return new_page(accept_downloads=True)


def test_what_a_version_changed_is_shown_undone_and_done_again(
    page: Page, project: str, picture: Callable[[Page, str], None], accessibility: Callable[[Page], list[str]]
) -> None:
    page.goto(f"/#/projects/{project}/versions?view=changes")
    entries = page.get_by_role("region", name="Timeline").get_by_role("listitem")
    expect(entries).to_have_count(3)
    expect(entries.nth(1)).to_contain_text("One by one.")
    page.get_by_role("button", name="Changes of version 3").click()
    changes = page.get_by_role("region", name="Rows that differ").get_by_role("listitem")
    expect(changes).to_have_count(2)
    expect(changes.first).to_contain_text("dropped")
    page.get_by_label("Text or label contains").fill("surely in none of these texts")
    expect(page.get_by_role("heading", name="No change contains that")).to_be_visible()
    assert "contains=surely" in page.url
    page.get_by_label("Text or label contains").fill("")
    expect(changes).to_have_count(2)
    page.get_by_role("button", name="Undo version 3").click()
    page.get_by_role("dialog").get_by_role("button", name="Undo").click()
    expect(entries).to_have_count(4)
    expect(entries.nth(1)).to_contain_text("undone by 4")
    page.get_by_role("button", name="Redo version 3").click()
    page.get_by_role("dialog").get_by_role("button", name="Redo").click()
    expect(entries).to_have_count(5)
    expect(entries.first).to_contain_text("Version 3 redone")
    expect(entries.nth(2)).to_contain_text("then redone")
    page.get_by_label("From", exact=True).select_option("1")
    page.get_by_label("to", exact=True).select_option("5")
    expect(page.get_by_text(f"{MENDED + 2} rows differ")).to_be_visible()
    quiet(page)
    picture(page, "versions-changes")
    assert accessibility(page) == []


def test_a_version_becomes_a_file(page: Page, project: str) -> None:
    page.goto(f"/#/projects/{project}/versions?view=export")
    page.get_by_label("CSV").check(force=True)
    field = page.get_by_role("searchbox", name="Filter")
    field.fill("number < 11")
    page.keyboard.press("Enter")
    with page.expect_download() as begun:
        page.get_by_role("link", name="rows", exact=False).and_(page.get_by_text("Download")).click()
    assert begun.value.suggested_filename.endswith(".csv")
    assert 1 < len(begun.value.path().read_text().splitlines()) <= 11
    field.fill("number < (")
    page.keyboard.press("Enter")
    expect(page.locator("#filter-error")).to_be_visible()
    with page.expect_download() as begun:
        page.get_by_role("link", name="Download the patch list").click()
    assert '"to"' in begun.value.path().read_text().splitlines()[0]


@pytest.mark.usefixtures("intent")
def test_a_proof_becomes_a_picture(
    page: Page,
    project: str,
    service: str,
    picture: Callable[[Page, str], None],
    accessibility: Callable[[Page], list[str]],
) -> None:
    with httpx2.Client(base_url=f"{service}/projects/{project}/") as client:
        found = {"filter": "label = activate_my_card OR label = apple_pay_or_google_pay", "limit": SPOILED}
        spoiled = _decide(client, found, {"action": "relabel", "label": "age_limit"})["number"]
        mended = client.post(f"versions/{spoiled}/undo", json={"author": "Mai"}).json()["number"]
    page.goto(f"/#/projects/{project}/versions")
    expect(page.get_by_role("heading", name="Did the decisions pay off?")).to_be_visible()
    page.get_by_role("button", name="New proof").click()
    page.get_by_role("dialog").get_by_label("Before").select_option(str(spoiled))
    page.get_by_role("button", name="Prove").click()
    expect(page.get_by_role("heading", name=f"Version {spoiled} against {mended}")).to_be_visible()
    expect(page.get_by_role("region", name="Verdict")).to_contain_text("Better", timeout=SLOW_MS)
    expect(page.get_by_role("region", name="By the labels as given")).to_contain_text("Macro F1")
    quiet(page)
    picture(page, "versions-proof")
    assert accessibility(page) == []
    page.emulate_media(color_scheme="dark")
    assert accessibility(page) == []
    page.get_by_role("button", name="Over time").click()
    expect(page.get_by_role("img", name="Right answers over the versions")).to_be_visible()
    expect(page.get_by_role("img", name="How often right by how sure")).to_be_visible()
    picture(page, "versions-trend")
    assert accessibility(page) == []


def quiet(page: Page) -> None:
    """Dismiss what the page says in its corner."""
    for button in reversed(page.get_by_role("button", name="Dismiss").all()):
        button.click()


def _decide(client: httpx2.Client, found: dict[str, Any], decision: dict[str, Any]) -> dict[str, Any]:
    rows = client.get("rows", params=found).json()["items"]
    seen = [{"number": row["number"], "version": row["version"]} for row in rows]
    answer = client.post("decisions", json={"author": "Mai", "rows": seen, **decision})
    assert answer.status_code == 201, answer.text
    version: dict[str, Any] = answer.json()
    return version
