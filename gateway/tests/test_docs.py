"""The pages and documents that the gateway serves itself, looked at as a person would."""

import json
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from playwright.sync_api import Browser, Page, expect
from pydantic import ValidationError

from gateway.settings import Settings


@pytest.fixture
def page(browser: Browser, fleet: Any) -> Iterator[Page]:
    page = browser.new_page(base_url=fleet.url)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    yield page
    assert all(url.startswith((fleet.url, "data:", "blob:")) for url in asked), asked
    page.close()


@pytest.mark.parametrize("name", ["docs", "Crystal", "a/b", "", "health"])
def test_a_name_that_cannot_be_a_prefix_is_refused(name: str) -> None:
    with pytest.raises(ValidationError, match="cannot be a service's name"):
        Settings.model_validate({"upstreams": {name: "http://localhost"}})


def test_health_tells_each_service(fleet: Any) -> None:
    health = httpx2.get(f"{fleet.url}/health").json()
    assert health["ready"] is False
    assert health["services"]["crystal"]["ready"] is True
    assert "PyTorch MLP" in health["services"]["crystal"]["detail"]
    (crystal,) = health["services"]["crystal"]["instances"]
    assert (crystal["ready"], crystal["breaker"], crystal["weight"]) == (True, "closed", 1)
    assert health["services"]["vision"]["ready"] is False
    assert health["services"]["vision"]["detail"] == "cannot be reached"
    assert httpx2.get(f"{fleet.url}/readyz").status_code == 200


def test_the_page_shows_the_fleet(page: Page) -> None:
    page.goto("/")
    expect(page.get_by_role("row").filter(has_text="crystal")).to_contain_text("● ready")
    expect(page.get_by_role("row").filter(has_text="vision")).to_contain_text("cannot be reached")


def test_the_docs_try_out_a_service_through_the_gateway(page: Page, fleet: Any) -> None:
    page.goto("/docs?service=crystal")
    expect(page.get_by_label("Flotilla API")).to_have_value("crystal/openapi.json")
    page.locator(".opblock-summary", has_text="/sklearn").click()
    page.get_by_role("button", name="Execute").first.click()
    answer = page.locator(".live-responses-table")
    expect(answer).to_contain_text("0.99277", timeout=15_000)
    expect(page.locator(".request-url")).to_contain_text(f"{fleet.url}/crystal/sklearn")


def test_the_docs_switch_between_services(page: Page) -> None:
    page.goto("/docs")
    expect(page.locator(".info .title")).to_contain_text("Flotilla gateway")
    page.get_by_label("Flotilla API").select_option("crystal")
    expect(page.locator(".info .title")).to_contain_text("Flotilla crystal")
    assert page.url.endswith("?service=crystal")
    assert json.loads(page.request.get("/crystal/openapi.json").text())["servers"][0]["url"] == "."
