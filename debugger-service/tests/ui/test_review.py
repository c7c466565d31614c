"""Review: row after row by keyboard, many at once, and two people at the same time."""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import httpx2
import pytest
from playwright.sync_api import Page, expect

MOST_MILLISECONDS = 100
"""From a key to the next row, in the middle: single ones wait for whatever else the machine does."""

NEXT_ROW = """(key) => new Promise((resolve) => {
  const name = () => document.querySelector('article')?.getAttribute('aria-label');
  const before = name();
  const begun = performance.now();
  const observer = new MutationObserver(() => {
    if (!name() || name() === before) return;
    observer.disconnect();
    requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - begun)));
  });
  observer.observe(document.getElementById('main'), { subtree: true, childList: true, attributes: true });
  document.body.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
})"""


@pytest.fixture(scope="module")
def project(banking: Callable[..., str]) -> str:
    return banking("Banking")


@pytest.fixture(scope="module")
def api(service: str, project: str) -> Any:
    with httpx2.Client(base_url=f"{service}/projects/{project}/") as client:
        yield client


def opened(page: Page, project: str, search: str = "") -> Page:
    page.goto(f"/#/projects/{project}/review{search}")
    expect(page.get_by_role("article").or_(page.get_by_role("region", name="Rows"))).to_be_visible()
    return page


def number_of(page: Page) -> int:
    found = re.fullmatch(r"Row (\d+)", page.get_by_role("article").get_attribute("aria-label") or "")
    assert found
    return int(found[1])


def row_of(api: httpx2.Client, number: int) -> dict[str, Any]:
    row: dict[str, Any] = api.get(f"rows/{number}").json()
    return row


def saved(page: Page) -> None:
    expect(page.get_by_text("saving")).to_have_count(0)


def test_twenty_rows_are_decided_by_a_key_each(
    new_page: Callable[..., Page], project: str, api: httpx2.Client, picture: Callable[[Page, str], None]
) -> None:
    page = new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    opened(page, project)
    expect(page.get_by_role("heading", name="Nearest rows")).to_be_visible()
    expect(page.locator("article mark").first).to_be_visible()
    picture(page, "review")
    page.emulate_media(color_scheme="dark")
    picture(page, "review-dark")
    page.emulate_media(color_scheme="light")
    decided, times = [], []
    for key in "akdaaoaakaaaaadaakaa":
        decided.append((number_of(page), key))
        times.append(page.evaluate(NEXT_ROW, key))
        page.wait_for_timeout(60)
    saved(page)
    actions = {"k": "keep", "d": "drop", "o": "out_of_scope"}
    for number, key in decided:
        row = row_of(api, number)
        assert row["decision"] == actions.get(key, row["found"][0]["action"])
        assert row["history"][0]["author"] == "Mai"
    assert len({number for number, _ in decided}) == len(decided)
    assert sorted(times)[len(times) // 2] < MOST_MILLISECONDS
    expect(page.get_by_label("How far the review is")).to_contain_text("20 rows decided")
    assert errors == []


def test_undo_brings_the_row_back_and_two_letters_choose_a_label(
    new_page: Callable[..., Page], project: str, api: httpx2.Client
) -> None:
    page = opened(new_page(), project)
    first = number_of(page)
    label = row_of(api, first)["label"]
    page.keyboard.press("l")
    page.keyboard.type("ag")
    expect(page.get_by_role("option").first).to_have_text(re.compile("age_limit"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("article")).not_to_have_attribute("aria-label", f"Row {first}")
    saved(page)
    assert row_of(api, first)["label"] == "age_limit"
    page.keyboard.press("u")
    expect(page.get_by_role("article")).to_have_attribute("aria-label", f"Row {first}")
    saved(page)
    row = row_of(api, first)
    assert (row["label"], row["decision"]) == (label, None)


def test_undo_knows_what_was_decided_before_the_page_was_loaded(
    new_page: Callable[..., Page], project: str, api: httpx2.Client
) -> None:
    page = opened(new_page(), project)
    number = number_of(page)
    page.keyboard.press("d")
    expect(page.get_by_role("article")).not_to_have_attribute("aria-label", f"Row {number}")
    saved(page)
    page.reload()
    expect(page.get_by_role("article")).to_be_visible()
    page.keyboard.press("u")
    expect(page.get_by_text("Undone: 1 row dropped.")).to_be_visible()
    expect(page.get_by_role("article")).to_have_attribute("aria-label", f"Row {number}")
    assert row_of(api, number)["status"] == "active"


def test_keys_that_lead_to_other_pages_decide_nothing(
    new_page: Callable[..., Page], project: str, service: str
) -> None:
    page = opened(new_page(), project)
    before = httpx2.get(f"{service}/projects/{project}").json()["version"]
    page.keyboard.press("g")
    page.keyboard.press("o")
    page.wait_for_url(re.compile("/overview"))
    page.wait_for_timeout(300)
    assert httpx2.get(f"{service}/projects/{project}").json()["version"] == before


def test_a_decision_made_offline_is_saved_when_the_network_is_back(
    new_page: Callable[..., Page], project: str, api: httpx2.Client
) -> None:
    page = opened(new_page(), project)
    expect(page.get_by_role("heading", name="Nearest rows")).to_be_visible()
    number = number_of(page)
    page.context.set_offline(True)
    page.keyboard.press("k")
    expect(page.get_by_role("article")).not_to_have_attribute("aria-label", f"Row {number}")
    expect(page.get_by_text("saving 1")).to_be_visible()
    page.context.set_offline(False)
    saved(page)
    assert row_of(api, number)["decision"] == "keep"


def test_a_reload_and_a_link_show_the_same_row(new_page: Callable[..., Page], project: str) -> None:
    page = opened(new_page(), project)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.wait_for_url(re.compile("row="))
    number = number_of(page)
    page.reload()
    expect(page.get_by_role("article")).to_have_attribute("aria-label", f"Row {number}")
    other = new_page("Jo")
    other.goto(page.url)
    expect(other.get_by_role("article")).to_have_attribute("aria-label", f"Row {number}")


def test_a_comment_is_said_of_the_row(new_page: Callable[..., Page], project: str, api: httpx2.Client) -> None:
    page = opened(new_page(), project)
    expect(page.get_by_label("Comment on this row")).to_be_visible()
    page.keyboard.press("c")
    page.keyboard.type("<b>odd</b> one, kept for later")
    page.keyboard.press("Enter")
    expect(page.get_by_text("<b>odd</b> one, kept for later")).to_be_visible()
    assert [each["author"] for each in row_of(api, number_of(page))["comments"]] == ["Mai"]


def test_many_rows_are_decided_after_a_preview_and_undone(
    new_page: Callable[..., Page], project: str, api: httpx2.Client, picture: Callable[[Page, str], None]
) -> None:
    page = opened(new_page(), project, "?view=table")
    before = api.get("rows/counts", params={"filter": "decision : *"}).json()["rows"]
    page.get_by_label("Select all rows that are loaded").check()
    picture(page, "review-table")
    page.get_by_role("button", name=re.compile("^Decide about")).click()
    change = page.get_by_role("button", name=re.compile(r"^Change \d+ rows$"))
    expect(change).to_be_enabled()
    picture(page, "review-bulk")
    rows = int(re.findall(r"\d+", change.inner_text())[0])
    change.click()
    undo = page.get_by_role("button", name="Undo", exact=True)
    expect(undo).to_be_visible()
    assert api.get("rows/counts", params={"filter": "decision : *"}).json()["rows"] == before + rows
    undo.click()
    expect(page.get_by_text("was undone")).to_be_visible()
    assert api.get("rows/counts", params={"filter": "decision : *"}).json()["rows"] == before


def test_a_list_that_a_decision_emptied_says_so_and_undo_fills_it(
    new_page: Callable[..., Page], project: str, api: httpx2.Client
) -> None:
    wanted = "issue.label_error > 0 AND number < 100 AND NOT decision : *"
    before = api.get("rows/counts", params={"filter": wanted}).json()["rows"]
    page = opened(new_page(), project, f"?view=table&kind=label_error&filter={quote(wanted)}")
    page.get_by_label("Select all rows that are loaded").check()
    page.get_by_role("button", name=re.compile("^Decide about")).click()
    page.get_by_role("radio", name="Keep").check()
    page.get_by_role("button", name=re.compile(rf"^Change {before} rows?$")).click()
    expect(page.get_by_role("heading", name="No row is left in this list")).to_be_visible()
    assert api.get("rows/counts", params={"filter": wanted}).json()["rows"] == 0
    page.get_by_role("main").get_by_role("button", name="Undo").click()
    expect(page.get_by_label(re.compile(r"^Select row \d+$"))).to_have_count(before)
    assert api.get("rows/counts", params={"filter": wanted}).json()["rows"] == before


def test_an_order_that_leaves_rows_out_says_how_many_and_shows_them(
    new_page: Callable[..., Page], project: str, api: httpx2.Client
) -> None:
    page = opened(
        new_page(), project, "?view=table&kind=label_error&filter=number%20%3C%20100&order=issue.label_error%20desc"
    )
    hidden = api.get("rows/counts", params={"filter": "number < 100 AND NOT issue.label_error > 0"}).json()["rows"]
    expect(page.get_by_text(f"{hidden} rows without this issue are not in this order.")).to_be_visible()
    page.get_by_role("button", name="Show all in the order of the file").click()
    expect(page.get_by_role("status").get_by_text("99 rows", exact=True)).to_be_visible()
    expect(page.get_by_text("are not in this order")).to_have_count(0)


def test_a_list_of_labels_is_as_high_as_what_fits(new_page: Callable[..., Page], project: str) -> None:
    page = opened(new_page(), project, "?view=table")
    page.get_by_label("Select all rows that are loaded").check()
    page.get_by_role("button", name=re.compile("^Decide about")).click()
    page.get_by_role("radio", name="Relabel").check()
    field = page.get_by_role("combobox", name="The new label")
    field.fill("a")
    whole = page.get_by_role("listbox").bounding_box()
    field.fill("age_l")
    expect(page.get_by_role("option")).to_have_count(1)
    narrowed = page.get_by_role("listbox").bounding_box()
    assert whole is not None
    assert narrowed is not None
    assert narrowed["height"] < 60 < whole["height"]


def test_two_reviewers_see_each_other_and_overwrite_nothing(
    new_page: Callable[..., Page], project: str, api: httpx2.Client
) -> None:
    page, cut_off = opened(new_page(), project), new_page("Kim")
    cut_off.route("**/events*", lambda route: route.abort())
    opened(cut_off, project)
    number = number_of(page)
    assert number_of(cut_off) == number
    body = {"action": "relabel", "label": "atm_support", "author": "Jo"}
    seen = {"number": number, "version": row_of(api, number)["version"]}
    assert api.post("decisions", json={**body, "rows": [seen]}).status_code == 201
    expect(page.get_by_text(f"Jo relabeled row {number} as “atm_support”.")).to_be_visible()
    expect(page.get_by_role("article")).to_contain_text("✓ relabeled “atm_support”")
    assert number_of(page) == number

    cut_off.keyboard.press("k")
    cut_off.get_by_role("button", name=f"Show row {number}").click()
    expect(cut_off.get_by_role("article")).to_contain_text("Your decision was not saved. Changed meanwhile")
    expect(cut_off.get_by_role("article")).to_contain_text("✓ relabeled “atm_support”")
    assert row_of(api, number)["label"] == "atm_support"


def test_a_filter_that_is_wrong_says_so_and_help_gives_examples(new_page: Callable[..., Page], project: str) -> None:
    page = opened(new_page(), project)
    page.get_by_label("Filter", exact=True).fill("colour = 3")
    page.keyboard.press("Enter")
    expect(page.get_by_role("search").get_by_role("alert")).to_contain_text("There is no field colour")
    page.get_by_role("button", name="Help", exact=True).click()
    page.get_by_role("button", name=re.compile("confident mistakes")).click()
    expect(page.get_by_label("Filter", exact=True)).to_have_value("correct = false AND confidence > 0.9")
    page.go_back()
    expect(page.get_by_label("Filter", exact=True)).to_have_value("colour = 3")


def test_a_project_that_is_not_analysed_offers_to_be(new_page: Callable[..., Page], service: str) -> None:
    empty = httpx2.post(f"{service}/projects", json={"name": "Empty, to be reviewed"}).json()["id"]
    page = new_page()
    page.goto(f"/#/projects/{empty}/review")
    expect(page.get_by_role("heading", name="Not analysed yet")).to_be_visible()
    page.get_by_role("button", name="Analyse").click()
    expect(page.get_by_text("import a file first")).to_be_visible()
    page.get_by_role("button", name="Show all rows").click()
    expect(page.get_by_role("heading", name="No row is like this")).to_be_visible()


@pytest.mark.parametrize(("view", "scheme"), [("row", "dark"), ("table", "light")])
def test_everybody_can_use_it(
    new_page: Callable[..., Page], project: str, accessibility: Callable[[Page], list[str]], scheme: str, view: str
) -> None:
    page = opened(new_page(color_scheme=scheme), project, f"?view={view}")
    if view == "row":
        expect(page.get_by_role("heading", name="Nearest rows")).to_be_visible()
    assert accessibility(page) == []
