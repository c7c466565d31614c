"""How many frames a second the map of all rows draws in Chromium while it is moved, zoomed and pointed at.

Without a graphics card, as on a server, Chromium draws by SwiftShader on the processor, which is slower.
"""

from collections.abc import Callable, Mapping
from itertools import pairwise
from math import cos, sin
from statistics import quantiles
from time import perf_counter
from typing import Final

from playwright.sync_api import Page, sync_playwright

from shared.testing import CHROMIUM, CHROMIUM_FLAGS

SECONDS: Final = 4.0
SETTLED_MILLISECONDS: Final = 6000
PAUSE_MILLISECONDS: Final = 8
"""Between two movements: more of them come than there are frames."""

_RECORD: Final = """() => {
    window.frames_drawn = [];
    const frame = (time) => { window.frames_drawn.push(time); requestAnimationFrame(frame); };
    requestAnimationFrame(frame);
}"""
_TURN: Final = 25
"""So many steps the wheel turns one way, then the other."""


def print_frames(address: str) -> None:
    """Print the frames a second at the map's address, or why there are none."""
    if not CHROMIUM.exists():
        print("  frames of the map: not measured, as there is no Chromium")
        return
    with (
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=str(CHROMIUM), args=CHROMIUM_FLAGS) as browser,
    ):
        page = browser.new_page(viewport={"width": 1280, "height": 720})
        page.goto(address)
        page.wait_for_selector("canvas")
        page.wait_for_timeout(SETTLED_MILLISECONDS)
        page.evaluate(_RECORD)
        for name, step in _gestures(page).items():
            _print_gesture(page, name, step)


def _gestures(page: Page) -> Mapping[str, Callable[[int], None]]:
    box = page.locator("canvas").first.bounding_box()
    if box is None:
        raise RuntimeError("The map is not shown.")
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    def point(step: int) -> None:
        page.mouse.move(x + 120 * sin(step / 15), y + 80 * cos(step / 11))

    def move(step: int) -> None:
        if step == 0:
            page.mouse.down()
        point(step)

    def zoom(step: int) -> None:
        if step == 0:
            page.mouse.up()
        page.mouse.wheel(0, 60 if step // _TURN % 2 else -60)

    return {"pointed at": point, "moved": move, "zoomed": zoom}


def _print_gesture(page: Page, name: str, step: Callable[[int], None]) -> None:
    page.evaluate("window.frames_drawn.length = 0")
    ends, number = perf_counter() + SECONDS, 0
    while perf_counter() < ends:
        step(number)
        page.wait_for_timeout(PAUSE_MILLISECONDS)
        number += 1
    drawn: list[float] = page.evaluate("window.frames_drawn")
    took = [after - before for before, after in pairwise(drawn)]
    rate, slow = 1000 * len(took) / sum(took), quantiles(took, n=20)[-1]
    print(f"  {f'map while it is {name}':32}{rate:8.1f} frames/s   p95 {slow:.1f} ms   longest {max(took):.1f} ms")
