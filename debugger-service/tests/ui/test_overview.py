"""The overview in a real browser: what matters first, and each number leads to its rows."""

from collections.abc import Callable, Iterator
from typing import Any

import httpx2
import pytest
from playwright.sync_api import Page, expect

ROWS = b"text,label,split\nwhere is my card,arrival,training\nmy card is late,arrival,testing\nmoney,refund,training\n"


@pytest.fixture(scope="module")
def project(banking: Callable[..., str]) -> str:
    return banking("Bank chatbot", rows=300, classes=6)


@pytest.fixture
def api(service: str) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=service, timeout=60) as client:
        yield client


def rows_in_sight(page: Page) -> Any:
    return page.get_by_role("heading", level=1, name="Review")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_says_what_matters_and_pleases_axe(
    project: str,
    new_page: Callable[..., Page],
    accessibility: Callable[[Page], list[str]],
    picture: Callable[[Page, str], None],
    scheme: str,
) -> None:
    page = new_page(color_scheme=scheme)
    errors: list[str] = []
    page.on("console", lambda message: errors.append(message.text) if message.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(f"/#/projects/{project}/overview")
    expect(page.get_by_role("heading", name="Label errors left")).to_be_visible()
    expect(page.get_by_text("rows that nobody has decided on")).to_be_visible()
    expect(page.get_by_role("link", name="Accuracy")).to_have_count(1)
    expect(page.get_by_role("region", name="Classes taken for each other").get_by_role("listitem")).not_to_have_count(0)
    expect(page.get_by_role("region", name="Rows by class").get_by_role("listitem")).to_have_count(6)
    expect(page.locator(".skeleton")).to_have_count(0)
    assert accessibility(page) == []
    assert errors == []
    picture(page, f"overview-{scheme}")


def test_a_number_leads_to_as_many_rows(project: str, new_page: Callable[..., Page]) -> None:
    page = new_page()
    page.goto(f"/#/projects/{project}/overview")
    bar = page.get_by_role("region", name="Rows by class").get_by_role("link").first
    count = bar.locator(".figures").inner_text()
    bar.click()
    expect(rows_in_sight(page)).to_be_attached()
    expect(page.get_by_role("main")).to_contain_text(f"{count} rows")
    page.go_back()
    expect(page.get_by_role("heading", name="Rows by class")).to_be_visible()


def test_a_decision_makes_the_figures_old_and_an_analysis_makes_them_new(
    project: str, new_page: Callable[..., Page], api: httpx2.Client
) -> None:
    page = new_page()
    page.goto(f"/#/projects/{project}/overview")
    expect(page.get_by_role("link", name="0 rows decided")).to_be_visible()
    decision = {"action": "accept", "kind": "label_error", "author": "Mai", "filter": "number < 200", "at_version": 1}
    changed = api.post(f"/projects/{project}/decisions", json=decision).json()["changed"]
    page.reload()
    expect(page.get_by_role("link", name=f"{changed} rows decided")).to_be_visible()
    old = page.get_by_text("1 decision since the analysis")
    expect(old).to_be_visible()
    page.get_by_role("button", name="Analyse again").last.click()
    expect(old).to_be_hidden()
    expect(page.get_by_role("progressbar", name="Analysis")).to_be_visible()
    expect(page.get_by_text("Analysis: Bank chatbot: done.")).to_be_visible(timeout=60_000)
    expect(page.get_by_role("link", name="version 2")).to_be_visible()
    expect(old).to_be_hidden()


def test_a_project_without_rows_takes_a_file_and_analyses_it(new_page: Callable[..., Page], api: httpx2.Client) -> None:
    empty = api.post("/projects", json={"name": "Empty"}).json()["id"]
    page = new_page()
    page.goto(f"/#/projects/{empty}/overview")
    page.get_by_label("Import a file").set_input_files({"name": "few.csv", "mimeType": "text/csv", "buffer": ROWS})
    expect(page.get_by_role("link", name="3 rows")).to_be_visible()
    expect(page.get_by_role("region", name="Rows by split").get_by_role("listitem")).to_have_count(2)
    expect(page.get_by_role("heading", name="Label errors left")).to_be_visible(timeout=60_000)


def test_nothing_is_wider_than_a_tablet(
    project: str, new_page: Callable[..., Page], accessibility: Callable[[Page], list[str]]
) -> None:
    page = new_page(viewport={"width": 820, "height": 1180})
    page.goto(f"/#/projects/{project}/overview")
    expect(page.get_by_role("heading", name="Rows by class")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    header = page.get_by_role("banner").bounding_box()
    assert header is not None
    assert header["height"] < 60  # one line
    assert accessibility(page) == []
