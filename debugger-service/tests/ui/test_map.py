"""The map: points by WebGL, a lasso that chooses rows, decisions about them, and the list where there is no WebGL."""

import re
from base64 import b64encode
from collections.abc import Callable

import httpx2
import pytest
from playwright.sync_api import Locator, Page, expect

HOSTILE = "<img src=x onerror=alert(1)> \N{RIGHT-TO-LEFT OVERRIDE}evil"
HOSTILE_ROW = 250
CORNERS = ((0.32, 0.1), (0.95, 0.1), (0.95, 0.95), (0.32, 0.95))
"""Of a lasso around nearly all points, as parts of the map's width and height."""

SLOW_MS = 30_000
COLOURED = """async (address) => {
    const image = new Image();
    image.src = address;
    await image.decode();
    const canvas = new OffscreenCanvas(image.width, image.height);
    const context = canvas.getContext("2d");
    context.drawImage(image, 0, 0);
    const left = 270;  // beside the legend, whose dots are coloured too
    const { data } = context.getImageData(left, 50, image.width - left, image.height - 50);
    let count = 0;
    for (let at = 0; at < data.length; at += 4) {
        const channels = [data[at], data[at + 1], data[at + 2]];
        if (Math.max(...channels) - Math.min(...channels) > 60) count += 1;
    }
    return count;
}"""
NO_WEBGL = """
    const given = HTMLCanvasElement.prototype.getContext;
    HTMLCanvasElement.prototype.getContext = function (kind, ...more) {
        return kind.startsWith("webgl") ? null : given.call(this, kind, ...more);
    };
"""


@pytest.fixture(scope="module")
def flags(webgl: list[str]) -> list[str]:
    return webgl


@pytest.fixture(scope="module")
def project(banking: Callable[..., str], service: str) -> str:
    made = banking("Banking, mapped", rows=300, classes=9)
    with httpx2.Client(base_url=f"{service}/projects/{made}/") as client:
        seen = {"filter": f"number = {HOSTILE_ROW}", "at_version": 1}
        client.post("decisions", json={"action": "relabel", "label": HOSTILE, "author": "Mai", **seen})
    return made


def plane(page: Page) -> Locator:
    """The canvas that takes the pointer."""
    return page.get_by_role("group", name="Map of 300 rows").locator("canvas").last


def shown_rows(page: Page) -> Locator:
    return page.get_by_role("region", name="Chosen rows")


def count(page: Page) -> int:
    heading = shown_rows(page).get_by_role("heading", level=2)
    return int(heading.inner_text().split()[0].replace(",", ""))


def coloured(page: Page) -> int:
    """How many pixels of the map, as the screen shows it, have a colour of their own."""
    picture = b64encode(plane(page).screenshot(animations="disabled")).decode()
    pixels: int = page.evaluate(COLOURED, f"data:image/png;base64,{picture}")
    return pixels


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_points_are_drawn_named_and_explained(
    project: str,
    new_page: Callable[..., Page],
    picture: Callable[[Page, str], None],
    accessibility: Callable[[Page], list[str]],
    scheme: str,
) -> None:
    page = new_page(color_scheme=scheme)
    errors: list[str] = []
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(f"/#/projects/{project}/map")
    expect(plane(page)).to_be_visible(timeout=SLOW_MS)
    legend = page.get_by_role("complementary", name="What the colours mean")
    expect(legend.get_by_role("button")).to_have_count(10)  # the fold, eight classes, and what opens the list of all
    expect(shown_rows(page).get_by_role("heading", name="300 rows")).to_be_visible()
    assert coloured(page) > 1000
    picture(page, f"map-{scheme}")
    assert accessibility(page) == []
    assert errors == []


def test_a_lasso_filters_the_list_and_is_decided_about_and_undone(
    project: str, new_page: Callable[..., Page], lasso: Callable[..., None]
) -> None:
    page = new_page()
    page.goto(f"/#/projects/{project}/map?colour=issue.label_error")
    expect(plane(page)).to_be_visible(timeout=SLOW_MS)
    page.keyboard.press("l")
    expect(page.get_by_role("button", name="Lasso", exact=True)).to_have_attribute("aria-pressed", "true")
    lasso(page, plane(page), CORNERS)
    expect(page.get_by_text("Inside the lasso")).to_be_visible()
    assert "lasso=" in page.url
    expect(shown_rows(page).get_by_role("heading", name="300 rows")).to_be_hidden()
    inside = count(page)
    assert 0 < inside < 300
    page.reload()
    expect(shown_rows(page).get_by_role("heading", name=f"{inside} rows")).to_be_visible(timeout=SLOW_MS)
    page.get_by_role("button", name="Decide …").click()
    dialog = page.get_by_role("dialog", name=f"Decide about {inside} rows")
    dialog.get_by_role("radio", name="Keep").check()
    expect(dialog.get_by_text("would change")).to_be_visible()
    dialog.get_by_role("button", name=re.compile(r"Change \d+ rows")).click()
    expect(page.get_by_text("changed, as version 3")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Version 3 was undone.")).to_be_visible()
    page.get_by_role("button", name="Without: Inside the lasso").click()
    expect(shown_rows(page).get_by_role("heading", name="300 rows")).to_be_visible()


def test_rows_are_walked_through_by_keyboard_and_lead_to_similar_ones(
    project: str, new_page: Callable[..., Page]
) -> None:
    page = new_page()
    page.goto(f"/#/projects/{project}/map")
    expect(plane(page)).to_be_visible(timeout=SLOW_MS)
    expect(shown_rows(page).get_by_role("heading", name="300 rows")).to_be_visible(timeout=SLOW_MS)
    expect(shown_rows(page).get_by_role("listitem").first).to_be_visible(timeout=SLOW_MS)
    page.keyboard.press("ArrowDown")
    expect(shown_rows(page).get_by_text("row 1", exact=True)).to_be_visible()
    page.keyboard.press("ArrowDown")
    expect(shown_rows(page).get_by_text("row 2", exact=True)).to_be_visible()
    page.keyboard.press("s")
    expect(page.get_by_text("Similar to row 2")).to_be_visible()
    assert "like=2" in page.url
    expect(shown_rows(page).get_by_role("heading", name="300 rows")).to_be_hidden()
    assert 0 < count(page) < 300
    page.go_back()
    expect(shown_rows(page).get_by_role("heading", name="300 rows")).to_be_visible()


def test_text_in_the_data_is_text(project: str, new_page: Callable[..., Page]) -> None:
    page = new_page()
    page.on("dialog", lambda dialog: pytest.fail(dialog.message))
    page.goto(f"/#/projects/{project}/map?filter=number%20%3D%20{HOSTILE_ROW}")
    label = shown_rows(page).get_by_text("<img src=x onerror=alert(1)>")
    expect(label).to_be_visible()
    assert "\N{RIGHT-TO-LEFT OVERRIDE}" not in label.inner_text()


def test_the_pointer_shows_the_text_and_the_legend_one_class(project: str, new_page: Callable[..., Page]) -> None:
    page = new_page()
    page.goto(f"/#/projects/{project}/map")
    expect(plane(page)).to_be_visible(timeout=SLOW_MS)
    card = page.locator("[class*=card] bdi").filter(has=page.locator("xpath=ancestor::*[contains(@style, 'left')]"))
    box = plane(page).bounding_box()
    assert box
    spots = [(x, y) for y in range(80, int(box["height"]), 14) for x in range(270, int(box["width"]), 14)]
    for x, y in spots:
        page.mouse.move(box["x"] + x, box["y"] + y)
        if plane(page).get_attribute("data-over") == "true":
            break
    expect(card.first).to_be_visible()
    page.get_by_role("complementary").get_by_role("listitem").first.get_by_role("button").click()
    expect(page.get_by_text("Only label")).to_be_visible()
    assert "only=" in page.url
    expect(shown_rows(page).get_by_role("heading", name="300 rows")).to_be_hidden()


def test_without_webgl_the_list_does_it_all(
    project: str, new_page: Callable[..., Page], accessibility: Callable[[Page], list[str]]
) -> None:
    page = new_page()
    page.add_init_script(NO_WEBGL)
    page.goto(f"/#/projects/{project}/map")
    expect(page.get_by_role("heading", name="The map cannot be drawn here")).to_be_visible(timeout=SLOW_MS)
    page.get_by_role("searchbox", name="Filter").fill("colour = red")
    page.keyboard.press("Enter")
    expect(page.locator("#filter-error")).to_contain_text("colour")
    page.get_by_role("searchbox", name="Filter").fill("issue.label_error > 0")
    page.keyboard.press("Enter")
    expect(shown_rows(page).get_by_role("heading", name="300 rows")).to_be_hidden()
    assert 0 < count(page) < 300
    assert accessibility(page) == []
