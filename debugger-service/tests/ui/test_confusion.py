"""Confusion: the matrix, its cells, proposals to merge, and the classes."""

import re
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from playwright.sync_api import Locator, Page, expect

CLASSES = 12
ROWS = 500


@pytest.fixture(scope="module")
def project(banking: Callable[..., str]) -> str:
    return banking("Banking, confused", rows=ROWS, classes=CLASSES)


def matrix(page: Page) -> Locator:
    return page.get_by_role("application", name=f"Confusion matrix of {CLASSES} classes")


def classes(page: Page) -> Locator:
    return page.get_by_role("table", name="Precision, recall and F1 by class").locator("tbody tr")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_matrix_is_walked_through_by_keyboard_and_a_cell_opens_its_rows(
    project: str,
    service: str,
    new_page: Callable[..., Page],
    picture: Callable[[Page, str], None],
    accessibility: Callable[[Page], list[str]],
    scheme: str,
) -> None:
    page = new_page(color_scheme=scheme)
    errors: list[str] = []
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(f"/#/projects/{project}/confusion")
    matrix(page).focus()
    page.keyboard.press("ArrowDown")  # the first press goes to the cell with the most mistakes
    said = page.locator("p[aria-live]").filter(has_text="taken for")
    expect(said).to_be_visible()
    rows = re.match(r"(\d+)", said.inner_text())
    assert rows is not None
    expect(classes(page)).to_have_count(CLASSES)
    picture(page, f"confusion-{scheme}")
    assert accessibility(page) == []
    assert errors == []
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/review\?filter="))
    found = parse_qs(urlsplit(page.url).fragment.partition("?")[2])["filter"][0]
    counted = httpx2.get(f"{service}/projects/{project}/rows/counts", params={"filter": found}).json()["rows"]
    assert counted == int(rows[1])
    page.go_back()
    expect(said).to_be_visible()


def test_a_click_on_a_cell_opens_it_and_the_table_says_the_same(project: str, new_page: Callable[..., Page]) -> None:
    page = new_page()
    page.goto(f"/#/projects/{project}/confusion?view=table")
    table = page.get_by_role("region", name="Matrix").get_by_role("table")
    counts = [int(text) for text in table.locator("tbody tr td:nth-child(3)").all_inner_texts()]
    assert counts == sorted(counts, reverse=True)
    page.get_by_role("button", name="Matrix").click()
    expect(matrix(page)).to_be_visible()
    box = matrix(page).locator("canvas").bounding_box()
    assert box
    page.mouse.move(box["x"] + 190, box["y"] + 140)
    expect(page.locator("p[aria-live]")).to_contain_text("predicted right")
    page.mouse.click(box["x"] + 190, box["y"] + 140)
    page.wait_for_url(re.compile(r"/review\?filter="))


def test_two_classes_are_merged_after_a_preview_and_the_merge_is_undone(
    project: str, new_page: Callable[..., Page], accessibility: Callable[[Page], list[str]]
) -> None:
    page = new_page()
    page.goto(f"/#/projects/{project}/confusion")
    pairs = page.get_by_role("region", name="Confused pairs").get_by_role("listitem")
    pairs.first.get_by_role("button", name="Merge …").click()
    dialog = page.get_by_role("dialog", name="Merge two classes")
    expect(dialog.get_by_text("would change")).to_be_visible()
    assert accessibility(page) == []
    dialog.get_by_role("textbox", name="The other name").fill("one of both")
    expect(dialog.get_by_text("one of both").first).to_be_visible()
    dialog.get_by_role("button", name=re.compile(r"Merge: change \d+ rows")).click()
    expect(dialog).to_be_hidden()
    expect(page.get_by_text("changed, as version 2")).to_be_visible()
    expect(page.get_by_text("1 decision since the analysis")).to_be_visible()
    expect(classes(page).filter(has_text="one of both")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Version 2 was undone.")).to_be_visible()
    expect(classes(page)).to_have_count(CLASSES)


def test_classes_are_sorted_and_what_is_not_there_is_told(project: str, new_page: Callable[..., Page]) -> None:
    page = new_page()
    page.goto(f"/#/projects/{project}/confusion")
    shares = classes(page).locator("td:last-child")
    expect(shares).to_have_count(CLASSES)
    worst_first = shares.all_inner_texts()
    assert worst_first == sorted(worst_first, key=lambda text: float(text.rstrip("%")))
    page.get_by_role("columnheader", name="F1").get_by_role("button").click()
    expect(shares.first).to_have_text(worst_first[-1])
    assert "sort=f1" in page.url
    page.get_by_label("Predictions").select_option("model in use")
    expect(page.get_by_role("heading", name="Nothing to compare")).to_be_visible()
    page.go_back()
    expect(matrix(page)).to_be_visible()
    page.get_by_role("searchbox", name="Filter").fill("label = (")
    page.keyboard.press("Enter")
    expect(page.locator("#filter-error")).to_be_visible()


def test_nothing_is_wider_than_a_tablet(
    project: str, new_page: Callable[..., Page], accessibility: Callable[[Page], list[str]]
) -> None:
    page = new_page(viewport={"width": 820, "height": 1180})
    page.goto(f"/#/projects/{project}/confusion")
    expect(classes(page)).to_have_count(CLASSES)
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert accessibility(page) == []
