"""The README's pictures: each page with real data, in light and in dark. `make pictures` copies them to `docs/`."""

import os
import re
from collections.abc import Callable
from time import sleep
from typing import Final

import httpx2
import pytest
from playwright.sync_api import Page, ViewportSize, expect

pytestmark = pytest.mark.pictures
ROWS: Final = int(os.environ.get("DEBUGGER_PICTURE_ROWS", "900"))
"""More make better pictures, and take longer to analyse."""
CLASSES: Final = 77
SIZE: Final[ViewportSize] = {"width": 1280, "height": 800}
DECIDED: Final = 12
SENTENCE: Final = "my card has not arrived and I was charged twice"
PAGES: Final = {
    "overview": "overview",
    "review": "review",
    "map": "map",
    "confusion": "confusion",
    "try": f"try?text={SENTENCE}",
}


@pytest.fixture(scope="module")
def flags(webgl: list[str]) -> list[str]:
    return webgl


@pytest.fixture(scope="module")
def project(banking: Callable[..., str], service: str) -> str:
    """Rows of Banking77, on some of which somebody has decided before they were analysed again."""
    made = banking("Banking77", ROWS, CLASSES)
    with httpx2.Client(base_url=f"{service}/projects/{made}/", timeout=60) as client:
        found: dict[str, str | int] = {
            "filter": "issue.label_error > 0",
            "order_by": "issue.label_error desc",
            "limit": DECIDED,
        }
        rows = client.get("rows", params=found).json()["items"]
        seen = [{"number": row["number"], "version": row["version"]} for row in rows]
        body = {"action": "accept", "kind": "label_error", "author": "Jo", "rows": seen}
        assert client.post("decisions", json=body).status_code == 201
        client.post("analyses", json={"encoder": "none"})
        while any(job["status"] in {"queued", "running"} for job in client.get("jobs").json()["items"]):
            sleep(0.2)
    return made


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_pictured(
    new_page: Callable[..., Page], project: str, picture: Callable[[Page, str], None], name: str, scheme: str
) -> None:
    page = new_page(viewport=SIZE, color_scheme=scheme)
    page.goto(f"/#/projects/{project}/{PAGES[name]}")
    complete(page, name)
    picture(page, f"debugger-{name}{'-dark' if scheme == 'dark' else ''}")


def complete(page: Page, name: str) -> None:
    """Wait until all that is on its way is there."""
    expect(page.get_by_role("heading", level=1)).to_be_attached()
    if name == "review":
        expect(page.locator("article mark").first).to_be_visible()
        expect(page.get_by_role("heading", name="Nearest rows")).to_be_visible()
    if name == "map":
        expect(page.get_by_role("group", name=re.compile(r"Map of [\d,]+ rows"))).to_be_visible(timeout=60_000)
    expect(page.locator(".skeleton")).to_have_count(0)
    page.wait_for_timeout(500)


def test_the_projects_are_pictured(
    new_page: Callable[..., Page], project: str, picture: Callable[[Page, str], None]
) -> None:
    for scheme, name in (("light", "debugger-projects"), ("dark", "debugger-projects-dark")):
        page = new_page(viewport=SIZE, color_scheme=scheme)
        page.goto("/")
        expect(page.locator(f"a[href*='{project}']").first).to_be_visible()
        expect(page.locator(".skeleton")).to_have_count(0)
        picture(page, name)
