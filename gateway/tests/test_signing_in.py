"""A person signs in to a service's page through the gateway, works there, and signs out."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from starlette.responses import HTMLResponse, PlainTextResponse
from starlette.types import Receive, Scope, Send

from shared.testing import served

ASK = """
async (path) => {
  const answer = await fetch(path, {method: "POST", body: "x"});
  return [answer.status, await answer.text()];
}
"""


async def notes(scope: Scope, receive: Receive, send: Send) -> None:
    """A service with a page; what is posted to it is answered with who did."""
    if scope["method"] == "POST":
        headers = dict(scope["headers"])
        told = f"{headers[b'x-consumer'].decode()} {headers.get(b'cookie', b'').decode()}"
        await PlainTextResponse(told)(scope, receive, send)
    else:
        await HTMLResponse(f"<title>Notes</title><h1>Notes {scope['query_string'].decode()}</h1>")(scope, receive, send)


@pytest.fixture(scope="module")
def key(key_ring: Any) -> str:
    return str(key_ring.make("ada", "notes:*").text)


@pytest.fixture(scope="module")
def fleet(make_gateway: Callable[..., Any], key_ring: Any, key: str) -> Iterator[str]:
    assert key, "made before the gateway reads the file"
    with served(notes) as url, make_gateway({"notes": url}, keys_file=str(key_ring.path)) as gateway:
        yield gateway.url


@pytest.fixture
def page(browser: Browser, fleet: str) -> Iterator[Page]:
    context = browser.new_context(base_url=fleet)
    yield context.new_page()
    context.close()


def sign_in(page: Page, key: str) -> None:
    page.get_by_label("API key").fill(key)
    page.get_by_role("button", name="Sign in").click()


def test_signing_in_leads_back_to_the_page_that_was_asked_for(page: Page, key: str, fleet: str) -> None:
    page.goto("/notes/today?sort=by%20date&x=1")
    assert page.url.startswith(f"{fleet}/signin?next=")
    sign_in(page, key)
    expect(page.get_by_role("heading")).to_have_text("Notes sort=by%20date&x=1")
    assert page.url == f"{fleet}/notes/today?sort=by%20date&x=1"


def test_a_page_can_ask_its_service_and_sees_no_cookie(page: Page, key: str) -> None:
    page.goto("/notes/")
    sign_in(page, key)
    expect(page).to_have_title("Notes")
    assert page.evaluate(ASK, "/notes/x") == [200, "ada "]
    assert page.evaluate("document.cookie") == ""


def test_another_sites_page_can_do_nothing_with_the_session(page: Page, key: str, fleet: str) -> None:
    async def evil(scope: Scope, receive: Receive, send: Send) -> None:
        form = f'<form method="post" action="{fleet}/notes/x"><button>Win</button></form>'
        await HTMLResponse(form)(scope, receive, send)

    page.goto("/notes/")
    sign_in(page, key)
    expect(page).to_have_title("Notes")
    with served(evil) as url:
        page.goto(url.replace("127.0.0.1", "localhost"))
        with page.expect_response(f"{fleet}/notes/x") as caught:
            page.get_by_role("button", name="Win").click()
    assert caught.value.status == 403, "the cookie does not even come along, and another site counts for nothing"


def test_a_neighbour_on_another_port_can_do_nothing_with_the_session(page: Page, key: str, fleet: str) -> None:
    async def neighbour(scope: Scope, receive: Receive, send: Send) -> None:
        form = f'<form method="post" action="{fleet}/notes/x"><button>Win</button></form>'
        await HTMLResponse(form)(scope, receive, send)

    page.goto("/notes/")
    sign_in(page, key)
    expect(page).to_have_title("Notes")
    with served(neighbour) as url:
        page.goto(url)
        with page.expect_response(f"{fleet}/notes/x") as caught:
            page.get_by_role("button", name="Win").click()
    assert caught.value.status == 403, "the same site to the browser, so the cookie comes along, but another origin"


def test_signing_out_closes_the_pages(page: Page, key: str, fleet: str) -> None:
    page.goto("/notes/")
    sign_in(page, key)
    expect(page).to_have_title("Notes")
    page.goto("/signin")
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/signin")
    page.goto("/notes/")
    assert page.url == f"{fleet}/signin?next=%2Fnotes%2F"


def test_a_wrong_key_is_told_and_the_page_is_still_remembered(page: Page, key: str) -> None:
    page.goto("/notes/today")
    sign_in(page, "flt_mistyped")
    expect(page.get_by_role("alert")).to_contain_text("This is no API key of the gateway")
    sign_in(page, key)
    expect(page).to_have_title("Notes")


def test_the_fleets_own_page_and_docs_work_for_whoever_is_signed_in(page: Page, key: str) -> None:
    page.goto("/")
    sign_in(page, key)
    expect(page.get_by_role("row").filter(has_text="notes")).to_be_visible()
    page.goto("/docs")
    expect(page.locator(".info .title")).to_contain_text("Flotilla gateway")
