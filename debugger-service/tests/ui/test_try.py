"""Try it: a sentence and what a model makes of it, and behavioural tests."""

from collections.abc import Callable

import httpx2
import pytest
from playwright.sync_api import Page, expect

SENTENCE = "Why is my refund not on my statement yet?"
HOSTILE = "<b>where</b> is my card, it has not come \N{SHRUG}"
SLOW_MS = 20_000


@pytest.fixture(scope="module")
def project(banking: Callable[..., str]) -> str:
    return banking("Banking, tried")


@pytest.fixture
def page(new_page: Callable[..., Page]) -> Page:
    return new_page()


def test_a_sentence_is_explained_and_its_address_shows_it_again(
    page: Page, project: str, picture: Callable[[Page, str], None], accessibility: Callable[[Page], list[str]]
) -> None:
    page.goto(f"/#/projects/{project}/try")
    expect(page.get_by_role("heading", name="Type a sentence")).to_be_visible()
    field = page.get_by_label("Sentence", exact=True)
    field.fill(SENTENCE)
    page.keyboard.press("Enter")
    classes = page.get_by_role("region", name="Prediction").get_by_role("listitem")
    expect(classes).to_have_count(5)
    words = page.get_by_role("region", name="The words it rests on")
    expect(words.get_by_role("button")).to_have_count(9)
    words.get_by_role("button", name="refund").focus()
    expect(words).to_contain_text("Without refund")
    expect(words).to_contain_text("points")
    expect(page.get_by_role("region", name="Rows like it").get_by_role("listitem")).to_have_count(5)
    picture(page, "try")
    assert accessibility(page) == []
    page.emulate_media(color_scheme="dark")
    assert accessibility(page) == []
    field.fill(HOSTILE)
    page.keyboard.press("Enter")
    expect(words.get_by_role("button")).to_have_count(10)
    assert "<b>where</b>" in words.inner_text()
    best = classes.first.inner_text()
    page.reload()
    expect(classes.first).to_have_text(best, use_inner_text=True)


def test_a_model_in_use_that_gives_no_answer_says_what_to_do(page: Page, project: str) -> None:
    page.goto(f"/#/projects/{project}/try?text=card")
    page.get_by_label("Model in use").check(force=True)
    alert = page.get_by_role("alert").filter(has_text="The model gave no answer")
    expect(alert).to_contain_text("intent", timeout=SLOW_MS)
    page.go_back()
    expect(page.get_by_role("region", name="Prediction")).to_be_visible()


def test_a_behavioural_test_runs_and_lists_what_flips(
    page: Page,
    project: str,
    service: str,
    picture: Callable[[Page, str], None],
    accessibility: Callable[[Page], list[str]],
) -> None:
    page.goto(f"/#/projects/{project}/try?view=tests")
    expect(page.get_by_role("heading", name="No behavioural test yet")).to_be_visible()
    page.get_by_role("button", name="New test").click()
    page.get_by_label("Rows, of each class").fill("120")
    page.get_by_label("Number swaps").uncheck()
    page.get_by_role("button", name="Begin").click()
    rates = page.get_by_role("region", name="of the rows flip")
    expect(rates).to_contain_text("120 rows of version 1", timeout=SLOW_MS)
    expect(rates.get_by_role("listitem").filter(has_text="Typos")).to_contain_text("of 120")
    assert "Number" not in rates.inner_text()
    with httpx2.Client(base_url=f"{service}/projects/{project}/") as client:
        (test,) = client.get("behaviour-tests").json()["items"]
        flips = client.get(f"behaviour-tests/{test['id']}").json()["flips"]
    listed = page.get_by_role("region", name="The worst flips").get_by_role("listitem")
    expect(listed).to_have_count(min(10, len(flips)))
    page.get_by_role("button", name="Dismiss").click()
    picture(page, "behaviour")
    assert accessibility(page) == []
