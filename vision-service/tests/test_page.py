"""The page in a real browser."""

from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

from shared.images.testing import Encode
from shared.testing import CHROMIUM, CHROMIUM_FLAGS, server_process


@pytest.fixture(scope="module")
def url(model_dir: Path) -> Iterator[str]:
    environment = {"VISION_MODEL_DIR": str(model_dir), "VISION_TUNING_SECONDS": "0"}
    with server_process("vision", "VISION_", environment) as (_, url):
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


def test_a_photo_gets_five_bars(page: Page, photo: Image.Image, encode: Encode) -> None:
    errors: list[str] = []
    page.on("console", lambda message: errors.append(message.text))
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.set_input_files("#file", {"name": "a.png", "mimeType": "image/png", "buffer": encode(photo, "PNG")})
    expect(page.locator("#bars li")).to_have_count(5)
    expect(page.locator("#model")).to_contain_text("IMAGENET1K_V1")
    expect(page.locator("#preview")).to_be_visible()
    widths = [float(bar.evaluate("e => parseFloat(e.style.width)")) for bar in page.locator(".fill").all()]
    assert widths == sorted(widths, reverse=True)
    assert 0 < widths[0] <= 100
    assert errors == []


def test_a_text_file_gets_the_reason(page: Page) -> None:
    page.set_input_files("#file", {"name": "a.txt", "mimeType": "text/plain", "buffer": b"no image"})
    expect(page.locator("#status")).to_contain_text("not an image in JPEG, PNG")
    expect(page.locator("#bars")).to_be_hidden()


def test_a_photo_can_be_dropped(page: Page, photo: Image.Image, encode: Encode) -> None:
    transfer = page.evaluate_handle(
        """(bytes) => {
            const transfer = new DataTransfer();
            transfer.items.add(new File([new Uint8Array(bytes)], "a.png", {type: "image/png"}));
            return transfer;
        }""",
        list(encode(photo, "PNG")),
    )
    page.dispatch_event("#drop", "dragover", {"dataTransfer": transfer})
    expect(page.locator("#drop")).to_have_class("card over")
    page.dispatch_event("#drop", "drop", {"dataTransfer": transfer})
    expect(page.locator("#bars li")).to_have_count(5)


def test_the_photo_can_be_chosen_by_keyboard(page: Page) -> None:
    page.on("filechooser", lambda _: None)  # early, for the browser takes a moment to report choosers
    page.keyboard.press("Tab")
    expect(page.locator("#file")).to_be_focused()
    with page.expect_file_chooser():
        page.keyboard.press("Enter")


def test_a_lost_service_is_said(page: Page, photo: Image.Image, encode: Encode) -> None:
    page.route("**/predictions", lambda route: route.abort())
    page.set_input_files("#file", {"name": "a.png", "mimeType": "image/png", "buffer": encode(photo, "PNG")})
    expect(page.locator("#status")).to_have_text("The service cannot be reached.")


def test_the_page_asks_nothing_of_other_hosts(url: str) -> None:
    answer = httpx2.get(url)
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    for name in ("", "static/page.js", "static/page.css"):
        assert "//" not in httpx2.get(f"{url}/{name}").text.replace("// One photo in", "")
