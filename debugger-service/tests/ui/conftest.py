"""The built UI in a real browser, over the real service with real data made small."""

import csv
import io
import os
import random
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from time import monotonic, sleep
from typing import Any, Final

import httpx2
import pytest
from playwright.sync_api import Browser, Locator, Page, sync_playwright

from debugger.routes.ui import FOLDER
from shared.testing import CHROMIUM, CHROMIUM_FLAGS, free_port, server_process

ROOT: Final = Path(__file__).parents[3]
BANKING: Final = ROOT.parent / "shared" / "data" / "intents" / "banking77_train.csv"
AXE: Final = ROOT / "debugger-service" / "ui" / "node_modules" / "axe-core" / "axe.min.js"
SCREENSHOTS: Final = ROOT / "build" / "screenshots"
SIZE: Final = {"width": 1280, "height": 720}
SOFTWARE_GRAPHICS: Final = ["--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--ignore-gpu-blocklist"]


@pytest.fixture(scope="session")
def intent_port() -> int:
    """Where the service looks for the intent service; nothing is there until a test begins it."""
    return free_port()


@pytest.fixture(scope="session")
def service(
    new_database: Callable[[], str], tmp_path_factory: pytest.TempPathFactory, intent_port: int
) -> Iterator[str]:
    """The URL of the service, on a database of its own."""
    if not (FOLDER / "index.html").is_file():
        pytest.fail("The UI is not built: `make ui` builds it.")
    environment = {
        "DEBUGGER_DATABASE_URL": new_database(),
        "DEBUGGER_DATA_DIR": str(tmp_path_factory.mktemp("data")),
        "DEBUGGER_INTENT_URL": f"http://127.0.0.1:{intent_port}",
    }
    with server_process("debugger", "DEBUGGER_", environment) as (_, url):
        yield url


@pytest.fixture
def intent(intent_port: int, tmp_path: Path) -> Iterator[None]:
    """The intent service, which trains."""
    pytest.importorskip("intent")
    settings = {"INTENT_PORT": str(intent_port), "INTENT_MODEL_DIR": str(tmp_path), "INTENT_TRAININGS": "true"}
    command = [sys.executable, "-m", "intent"]
    process = subprocess.Popen(
        command, env={**os.environ, **settings}, stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT
    )
    try:
        yield
    finally:
        process.kill()
        process.wait()


@pytest.fixture(scope="session")
def banking(service: str) -> Callable[..., str]:
    """Makes a project of rows of Banking77, of which every tenth has a wrong label, analyses it and returns its id."""
    if not BANKING.exists():
        pytest.skip(f"there is no {BANKING}")

    def project(name: str, rows: int = 400, classes: int = 8) -> str:
        with httpx2.Client(base_url=service, timeout=60) as client:
            made = client.post("/projects", json={"name": name}).json()
            address = f"/projects/{made['id']}"
            _over(client, client.post(f"{address}/imports", content=_some(rows, classes)).json())
            _over(client, client.post(f"{address}/analyses", json={"encoder": "none"}).json())
            return str(made["id"])

    return project


@pytest.fixture(scope="session")
def webgl() -> list[str]:
    """With these a browser draws WebGL without a graphics card."""
    return [flag for flag in CHROMIUM_FLAGS if flag != "--disable-gpu"] + SOFTWARE_GRAPHICS


@pytest.fixture(scope="module")
def flags() -> list[str]:
    """What the browser is started with."""
    return CHROMIUM_FLAGS


@pytest.fixture(scope="module")
def browser(service: str, flags: list[str]) -> Iterator[Browser]:  # noqa: ARG001 nothing asynchronous can be begun while it is open
    if not CHROMIUM.exists():
        pytest.skip(f"there is no browser at {CHROMIUM}")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
        yield browser
        browser.close()


@pytest.fixture
def new_page(browser: Browser, service: str) -> Iterator[Callable[..., Page]]:
    """Opens the UI for somebody: in a browser context of their own, in which they have given their name."""
    contexts = []

    def open_page(author: str = "Mai", **options: Any) -> Page:
        context = browser.new_context(base_url=service, viewport=options.pop("viewport", SIZE), **options)
        contexts.append(context)
        context.add_init_script(f"localStorage.setItem('debugger.author', '{author}')")
        return context.new_page()

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def lasso() -> Callable[[Page, Locator, tuple[tuple[float, float], ...]], None]:
    """Draws around a part of what is given; the corners are parts of its width and height."""

    def draw(page: Page, plane: Locator, corners: tuple[tuple[float, float], ...]) -> None:
        box = plane.bounding_box()
        assert box
        spots = [(box["x"] + box["width"] * x, box["y"] + box["height"] * y) for x, y in corners]
        page.mouse.move(*spots[0])
        page.mouse.down()
        for spot in [*spots[1:], spots[0]]:
            page.mouse.move(*spot, steps=3)
        page.mouse.up()

    return draw


@pytest.fixture(scope="session")
def picture() -> Callable[[Page, str], None]:
    """Keeps what a page shows, for the README."""

    def take(page: Page, name: str) -> None:
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=SCREENSHOTS / f"{name}.png", animations="disabled")

    return take


@pytest.fixture(scope="session")
def accessibility() -> Callable[[Page], list[str]]:
    """Returns what axe finds wrong with a page."""

    def check(page: Page) -> list[str]:
        page.evaluate(AXE.read_text())  # as a script element, the page's policy would not let it in
        found = page.evaluate("axe.run({ resultTypes: ['violations'] })")
        return [
            f"{violation['id']}: {node['html'][:200]} {node['failureSummary'][:300]}"
            for violation in found["violations"]
            for node in violation["nodes"]
        ]

    return check


def _some(rows: int, classes: int) -> bytes:
    generator = random.Random(7)  # noqa: S311 the same rows each time
    with BANKING.open(encoding="utf-8") as file:
        found = [(row["text"], row["category"]) for row in csv.DictReader(file)]
    names = sorted({label for _, label in found})[:classes]
    chosen = generator.sample([each for each in found if each[1] in names], rows)
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["text", "label"])
    for place, (sentence, label) in enumerate(chosen):
        writer.writerow([sentence, generator.choice(names) if place % 10 == 0 else label])
    return text.getvalue().encode()


def _over(client: httpx2.Client, job: dict[str, Any], seconds: float = 120) -> None:
    deadline = monotonic() + seconds
    while monotonic() < deadline:
        now = client.get(f"/jobs/{job['id']}").json()
        if now["status"] == "succeeded":
            return
        assert now["status"] in {"queued", "running"}, now
        sleep(0.1)
    raise TimeoutError(f"After {seconds} s: {now}")
