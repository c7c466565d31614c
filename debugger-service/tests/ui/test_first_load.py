"""What a browser loads before it shows anything: little, and nothing moves then."""

import gzip
import re
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import Page, expect

from debugger.routes.ui import FOLDER

MOST_SCRIPT: Final = 300_000
"""Bytes of gzip."""
MOST_STYLE: Final = 20_000
MOST_SHIFT: Final = 0.02
"""Of the header alone; a page is good up to 0.1 (https://web.dev/articles/cls)."""

WATCH: Final = """
window.shift = 0;
new PerformanceObserver((list) => {
  for (const { value, sources } of list.getEntries()) {
    if (sources.some(({ node }) => node?.closest?.("header"))) window.shift += value;
  }
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


@pytest.mark.parametrize("page_name", ["overview", "review", "versions"])
def test_the_header_stays_where_it_is(
    banking: Callable[..., str], new_page: Callable[..., Page], page_name: str
) -> None:
    project = banking(f"Chatbot of the autumn campaign, {page_name}", rows=60, classes=2)
    page = new_page()
    page.add_init_script(WATCH)
    page.goto(f"/#/projects/{project}/{page_name}")
    expect(page.get_by_role("button", name="Chatbot of the autumn campaign")).to_be_visible()
    page.wait_for_timeout(500)
    assert page.evaluate("window.shift") <= MOST_SHIFT
