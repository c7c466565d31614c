"""The fleet's page in a real browser: what /health says, kept up to date."""

from collections.abc import Callable, Iterator
from pathlib import Path
from signal import SIGHUP
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from shared.testing import free_port, served

REFRESHED_MS = 15_000
SCREENSHOTS = Path(__file__).parents[2] / "build" / "screenshots"


def service(detail: str, status: int = 200) -> ASGIApp:
    """A service that is ready with `detail`, and answers requests with `status`."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        told = JSONResponse({"checks": {"model": {"detail": detail}}})
        await (told if scope["path"] == "/readyz" else Response(status_code=status))(scope, receive, send)

    return answer


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page of a browser that complains about nothing."""
    complaints: list[str] = []
    page = browser.new_page(viewport={"width": 1100, "height": 640})
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    yield page
    page.close()
    assert [complaint for complaint in complaints if "status of 500" not in complaint] == []


def test_the_page_tells_how_services_and_their_instances_are(
    page: Page, tmp_path: Path, make_gateway: Callable[..., Any]
) -> None:
    gone = f"http://127.0.0.1:{free_port()}"
    file = tmp_path / "gateway.toml"
    with (
        served(service("ResNet-18")) as old,
        served(service("ResNet-50")) as new,
        served(service("sums", 502)) as failing,
    ):
        file.write_text(f"""
            services.vision.instances = [{{url = "{old}", weight = 9}}, {{url = "{new}", weight = 1}}]
            services.crystal.instances = [{{url = "{failing}"}}]
            services.catalog.instances = [{{url = "{old}"}}, {{url = "{gone}"}}]
            services.intent.instances = [{{url = "{gone}"}}]
        """)
        with make_gateway({}, config_file=str(file)) as gateway:
            page.goto(gateway.url)
            row = page.get_by_role("row")
            expect(row.filter(has_text="vision")).to_contain_text("2 instances")
            expect(row.filter(has_text=new).filter(has_text="ResNet-50")).to_contain_text("10 % of the requests")
            expect(row.filter(has_text="intent")).to_contain_text("not ready")
            expect(row.filter(has_text="catalog")).to_contain_text("1 of 2 ready")
            for _ in range(10):
                page.request.post(f"{gateway.url}/crystal/")
            file.write_text("[services")
            gateway.process.send_signal(SIGHUP)
            expect(row.filter(has_text="crystal")).to_contain_text("too many requests failed", timeout=REFRESHED_MS)
            expect(page.locator("#problems")).to_contain_text("is not TOML", timeout=REFRESHED_MS)
            expect(page.get_by_role("status")).to_have_text("Look after crystal, catalog, intent.")
            SCREENSHOTS.mkdir(parents=True, exist_ok=True)
            for scheme in ("light", "dark"):
                page.emulate_media(color_scheme=scheme)
                page.screenshot(path=SCREENSHOTS / f"gateway-{scheme}.png", full_page=True)


def test_the_page_says_when_the_gateway_is_gone(page: Page, make_gateway: Callable[..., Any]) -> None:
    with served(service("ResNet-18")) as url, make_gateway({"vision": url}) as gateway:
        page.goto(gateway.url)
        expect(page.get_by_role("status")).to_have_text("All services are ready.")
        page.route("**/health", lambda route: route.fulfill(status=500))
        expect(page.get_by_role("status")).to_contain_text("The gateway does not answer", timeout=REFRESHED_MS)
        expect(page.get_by_role("row").filter(has_text="vision")).to_be_visible()
