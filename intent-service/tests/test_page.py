"""The page in a real browser."""

from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from shared.testing import CHROMIUM, CHROMIUM_FLAGS, server_process


@pytest.fixture(scope="module")
def url(orders_dir: Path) -> Iterator[str]:
    with server_process("intent", "INTENT_", {"INTENT_MODEL_DIR": str(orders_dir)}) as (_, url):
        yield url


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        pytest.skip(f"there is no browser at {CHROMIUM}")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser, url: str) -> Iterator[Page]:
    """The page in a context of its own: what one test leaves in the browser, the next does not see."""
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(url)
        yield page


def ask(page: Page, text: str) -> None:
    page.fill("#text", text)
    page.keyboard.press("Enter")


def test_a_sentence_gets_bars_words_and_neighbours(page: Page) -> None:
    errors: list[str] = []
    page.on("console", lambda message: errors.append(message.text))
    page.on("pageerror", lambda error: errors.append(str(error)))
    ask(page, "Please, where is my parcel?")
    expect(page.locator("#bars li")).to_have_count(3)
    expect(page.locator("#bars li").first).to_contain_text("track_order")
    expect(page.locator("#verdict")).to_have_text("In scope: track_order.")
    widths = [float(bar.evaluate("e => parseFloat(e.style.width)")) for bar in page.locator(".fill").all()]
    assert widths == sorted(widths, reverse=True)
    expect(page.locator("#words .word")).to_have_text(["Please,", "where", "is", "my", "parcel?"])
    strengths = page.locator("#words .word").evaluate_all("es => es.map(e => +e.style.getPropertyValue('--strength'))")
    assert max(strengths) == strengths[-1] == 1
    assert page.locator("#words .for").last.evaluate("e => getComputedStyle(e).backgroundColor") != "rgba(0, 0, 0, 0)"
    expect(page.locator("#neighbours tbody tr").first).to_contain_text("Where is my parcel?")
    assert errors == []


def test_an_odd_sentence_is_said_to_be_out_of_scope(page: Page) -> None:
    ask(page, "Xylophones hum quietly")
    expect(page.locator("#verdict")).to_contain_text("Out of scope")


def test_another_version_answers_when_it_is_chosen(page: Page) -> None:
    options = page.locator("#version option")
    expect(options).to_have_count(2)
    ask(page, "Where is my parcel?")
    expect(page.locator("#bars li").first).to_contain_text("track_order")
    page.select_option("#version", index=1)
    expect(page.locator("#bars li").first).to_contain_text("26")
    expect(page.locator("#verdict")).to_contain_text("cannot tell")
    expect(page.locator("#none")).to_be_visible()
    expect(page.locator("#report")).to_be_hidden()


def test_the_report_of_the_version_is_one_click_away(page: Page) -> None:
    expect(page.locator("#report")).to_be_visible()
    page.click("#report")
    expect(page).to_have_title("Report")


def test_a_blank_sentence_gets_the_reason(page: Page) -> None:
    ask(page, "   ")
    expect(page.locator("#status")).to_contain_text("empty or blank")
    expect(page.locator("#bars")).to_be_hidden()


def test_everything_is_done_by_keyboard(page: Page) -> None:
    expect(page.locator("#text")).to_be_focused()
    page.keyboard.type("I want")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("my money back")
    expect(page.locator("#text")).to_have_value("I want\nmy money back")
    for target in ("#version", "#report", "button"):
        page.keyboard.press("Tab")
        expect(page.locator(target)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#bars li").first).to_contain_text("refund")


def test_html_in_a_sentence_stays_text(page: Page) -> None:
    ask(page, "where is <img src=x onerror=document.title='broken'> my parcel")
    expect(page.locator("#words")).to_contain_text("<img")
    expect(page).to_have_title("Intent: what is wanted?")


def test_a_lost_service_is_said(page: Page) -> None:
    expect(page.locator("#version option")).to_have_count(2)
    page.route("**/intent?*", lambda route: route.abort())
    ask(page, "Where is my parcel?")
    expect(page.locator("#status")).to_have_text("The service cannot be reached.")


def test_a_narrow_window_needs_no_scrolling_sideways(page: Page) -> None:
    page.set_viewport_size({"width": 320, "height": 640})
    ask(page, "Where is my parcel?")
    expect(page.locator("#bars li")).to_have_count(3)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_the_page_asks_nothing_of_other_hosts(url: str) -> None:
    answer = httpx2.get(url)
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    for name in ("", "static/page.css"):
        assert "//" not in httpx2.get(f"{url}/{name}").text
    for name in ("static/page.js", "static/parts.js"):
        assert "//" not in httpx2.get(f"{url}/{name}").text.removeprefix("//")
