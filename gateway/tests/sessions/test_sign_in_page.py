"""The page to sign in with, used as a person would, and attacked from another site."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from starlette.responses import HTMLResponse
from starlette.types import Receive, Scope, Send

from gateway.sessions.same_origin import require_same_origin
from shared.errors import ProblemError
from shared.testing import served


@pytest.fixture
def page(browser: Browser, url: str) -> Iterator[Page]:
    context = browser.new_context(base_url=url)
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if "Policy" in message.text else None)
    yield page
    context.close()
    assert not complaints, "the page keeps its own content security policy"


def sign_in(page: Page, ring: Any, path: str = "/signin?next=/session") -> None:
    page.goto(path)
    page.get_by_label("API key").fill(ring.text)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/session")


def test_a_key_is_typed_with_the_keyboard_alone(page: Page, live_ring: Any, url: str) -> None:
    page.goto("/signin?next=/session")
    expect(page.get_by_label("API key")).to_be_focused()
    page.keyboard.type(live_ring.text)
    page.keyboard.press("Enter")
    page.wait_for_url("**/session")
    expect(page.locator("body")).to_contain_text('"consumer":"ada"')
    assert page.url == f"{url}/session"
    (cookie,) = page.context.cookies()
    assert (cookie["httpOnly"], cookie["sameSite"], cookie["path"]) == (True, "Lax", "/")


def test_an_error_is_said_where_the_key_is(page: Page, live_ring: Any) -> None:
    page.goto("/signin?next=/session")
    page.get_by_label("API key").fill("flt_wrong")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_have_text("This <key> is not known.")
    field = page.get_by_label("API key")
    expect(field).to_be_focused()
    expect(field).to_have_value("")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_accessible_description(
        "This <key> is not known. It begins with flt_. Whoever runs the gateway makes one for you."
    )
    expect(page).to_have_title("Not signed in: Flotilla")
    field.fill(live_ring.text)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/session")


def test_whoever_is_signed_in_can_go_on_or_sign_out(page: Page, live_ring: Any) -> None:
    sign_in(page, live_ring)
    page.goto("/signin?next=/session")
    expect(page.get_by_text("You are signed in as ada.")).to_be_visible()
    expect(page.get_by_role("link", name="Go on")).to_have_attribute("href", "/session")
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/signin")
    expect(page.get_by_role("button", name="Sign out")).to_have_count(0)
    assert page.context.cookies() == []


def test_the_page_looks_like_the_fleets(page: Page) -> None:
    page.goto("/signin")
    assert page.evaluate("[...document.styleSheets].map(sheet => sheet.cssRules.length > 0)") == [True, True]
    assert page.locator("main").evaluate("element => element.offsetWidth") <= 480
    page.set_viewport_size({"width": 320, "height": 600})
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("path", ["signin", "signout"])
def test_a_form_of_another_site_does_nothing(page: Page, live_ring: Any, url: str, path: str) -> None:
    form = f'<form method="post" action="{url}/{path}"><input name="key" value="{live_ring.text}"><button>Win</button>'

    async def evil(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await HTMLResponse(form)(scope, receive, send)

    if path == "signout":
        sign_in(page, live_ring)
    before = page.context.cookies()
    with served(evil) as other:
        page.goto(other.replace("127.0.0.1", "localhost"))
        with page.expect_response(f"{url}/{path}") as caught:
            page.get_by_role("button", name="Win").click()
        assert caught.value.status == 403
    assert page.context.cookies() == before


def test_another_sites_script_opens_no_websocket(page: Page) -> None:
    verdicts: dict[str, int] = {}

    async def target(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        status = 200
        try:
            require_same_origin(scope)
        except ProblemError as error:
            status = error.status
        verdicts[scope["path"]] = status
        await HTMLResponse("", status)(scope, receive, send)

    with served(target) as url:
        local = url.replace("127.0.0.1", "localhost")
        page.goto(f"{local}/page")
        open_and_wait = "url => new Promise(done => new WebSocket(url).onclose = () => done())"
        page.evaluate(open_and_wait, f"{url}/from-elsewhere".replace("http", "ws", 1))
        page.evaluate(open_and_wait, f"{local}/own".replace("http", "ws", 1))
    assert (verdicts["/from-elsewhere"], verdicts["/own"]) == (403, 200)
