"""What a browser loads before it shows anything: little, and nothing moves then."""

import gzip
import re
from collections.abc import Callable
from pathlib import Path
from typing import Final

import httpx2
import pytest
from playwright.sync_api import Page, Route, expect

from debugger.routes.ui import FOLDER

MOST_SCRIPT: Final = 300_000
"""Bytes of gzip."""
MOST_STYLE: Final = 20_000
MOST_SHIFT: Final = 0.06
"""A page is good up to 0.1 (https://web.dev/articles/cls)."""
SLOW: Final = {"offline": False, "latency": 150, "downloadThroughput": 200_000, "uploadThroughput": 90_000}
"""A phone's network, in milliseconds and bytes a second: what a page is made of comes bit by bit."""
TABLET: Final = {"width": 820, "height": 1180}

WATCH: Final = """
window.shift = 0;
new PerformanceObserver((list) => {
  for (const { value, hadRecentInput } of list.getEntries()) if (!hadRecentInput) window.shift += value;
}).observe({ type: "layout-shift", buffered: true });
"""


@pytest.fixture(scope="module")
def initial() -> list[Path]:
    """The files that the page names, and those that these import statically."""
    if not (FOLDER / "index.html").is_file():
        pytest.fail("The UI is not built: `make ui` builds it.")
    found = set(re.findall(r'(?:src|href)="\./assets/([^"]+)"', (FOLDER / "index.html").read_text()))
    waiting = sorted(found)
    while waiting:
        text = (FOLDER / "assets" / waiting.pop()).read_text()
        imported = set(re.findall(r'(?:from|import)\s*"\./([^"]+)"', text)) - found
        found |= imported
        waiting += imported
    return [FOLDER / "assets" / name for name in sorted(found)]


@pytest.mark.parametrize(("suffix", "most"), [(".js", MOST_SCRIPT), (".css", MOST_STYLE)])
def test_the_first_load_is_small(initial: list[Path], suffix: str, most: int) -> None:
    sizes = {path.name: len(gzip.compress(path.read_bytes(), 6)) for path in initial if path.suffix == suffix}
    assert sizes
    assert sum(sizes.values()) < most, sizes


def test_the_pages_that_draw_are_loaded_when_they_are_opened(initial: list[Path]) -> None:
    names = " ".join(path.name for path in initial)
    assert all(page not in names for page in ("MapPage", "ConfusionPage", "VersionsPage", "TryPage"))


@pytest.fixture(scope="module")
def project(banking: Callable[..., str], service: str) -> str:
    """A project that was decided in since its analysis, so that its pages say so above all else."""
    made = banking("Chatbot of the autumn campaign", rows=200, classes=4)
    decision = {"action": "keep", "author": "Mai", "filter": "number < 3", "at_version": 1}
    assert httpx2.post(f"{service}/projects/{made}/decisions", json=decision).status_code == 201
    return made


@pytest.mark.parametrize("size", [None, TABLET], ids=["desktop", "tablet"])
@pytest.mark.parametrize("address", ["overview", "review", "confusion", "versions?view=changes"])
def test_nothing_moves_while_a_page_comes(
    project: str, new_page: Callable[..., Page], address: str, size: dict[str, int] | None
) -> None:
    page = new_page(**({"viewport": size} if size else {}))
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", SLOW)
    page.add_init_script(WATCH)
    page.goto(f"/#/projects/{project}/{address}")
    expect(page.get_by_role("button", name="Chatbot of the autumn campaign")).to_be_visible()
    expect(page.locator(".skeleton")).to_have_count(0)
    page.wait_for_timeout(500)
    assert page.evaluate("window.shift") <= MOST_SHIFT


def test_what_a_page_needs_is_asked_for_before_the_application_runs(
    project: str, new_page: Callable[..., Page]
) -> None:
    page = new_page()
    asked: list[str] = []
    early: list[str] = []

    def held(route: Route) -> None:
        page.wait_for_timeout(300)
        early.extend(asked)
        route.continue_()

    page.on("request", lambda request: asked.append(request.url))
    page.route("**/assets/app-*.js", held)
    page.goto(f"/#/projects/{project}/review", wait_until="commit")
    expect(page.get_by_role("article")).to_be_visible()
    assert any("/assets/ReviewPage-" in url for url in early)
    assert any(url.endswith(f"/projects/{project}") for url in early)
    # The application takes what was asked for.
    assert [url.endswith(f"/projects/{project}") for url in asked].count(True) == 1
