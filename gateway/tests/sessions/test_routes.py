"""Signing in and out over HTTP."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest


def sign_in(client: httpx2.Client, ring: Any, **more: str) -> httpx2.Response:
    return client.post("/signin", data={"key": ring.text, **more})


def test_the_form_signs_in_and_goes_on(client: httpx2.Client, live_ring: Any) -> None:
    answer = sign_in(client, live_ring, next="/vision/?a=b")
    assert (answer.status_code, answer.headers["location"]) == (303, "/vision/?a=b")
    assert answer.headers["cache-control"] == "no-store"
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("flotilla_session=")
    assert cookie.endswith("; HttpOnly; SameSite=Lax; Path=/; Max-Age=43200")
    session = client.get("/session")
    assert session.headers["cache-control"] == "no-store"
    told = session.json()
    assert (told["consumer"], told["scopes"]) == ("ada", ["catalog:read", "vision:*"])
    left = datetime.fromisoformat(told["expires_at"]) - datetime.now(UTC)
    assert timedelta(hours=11, minutes=59) < left <= timedelta(hours=12)


def test_over_https_the_cookie_stays_there(client: httpx2.Client, live_ring: Any) -> None:
    answer = client.post("/signin", data={"key": live_ring.text}, headers={"X-Forwarded-Proto": "https"})
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-flotilla_session=")
    assert cookie.endswith("; HttpOnly; SameSite=Lax; Path=/; Max-Age=43200; Secure")


def test_a_program_signs_in_with_json(client: httpx2.Client, live_ring: Any) -> None:
    answer = client.post("/signin", json={"key": live_ring.text})
    assert answer.status_code == 200
    assert answer.json() == client.get("/session").json()
    wrong = client.post("/signin", json={"key": "flt_wrong"})
    assert (wrong.status_code, wrong.headers["content-type"]) == (401, "application/problem+json")
    assert wrong.json()["detail"] == "This <key> is not known."


def test_a_wrong_key_shows_the_page_again(client: httpx2.Client, live_ring: Any) -> None:
    answer = client.post("/signin", data={"key": "flt_secret-typo", "next": '/"><script>'})
    assert answer.status_code == 401
    assert "set-cookie" not in answer.headers
    assert answer.headers["www-authenticate"] == "Bearer"
    assert "This &lt;key&gt; is not known." in answer.text
    assert 'value="/&quot;&gt;&lt;script&gt;"' in answer.text
    assert "flt_secret-typo" not in answer.text
    assert live_ring.text not in answer.text


@pytest.mark.parametrize("fields", [{}, {"key": ""}, {"key": "  "}, {"key": "x" * 513}])
def test_without_a_key_the_page_asks_for_one(client: httpx2.Client, fields: dict[str, str]) -> None:
    answer = client.post("/signin", data={"next": "/docs", **fields})
    assert answer.status_code == 401
    assert "Enter an API key." in answer.text


@pytest.mark.parametrize(
    ("content", "media_type", "status"),
    [
        (b"{", "application/json", 422),
        (b'{"key": ""}', "application/json", 422),
        (b'{"key": 7}', "application/json", 422),
        (b'{"key": "\\ud800"}', "application/json", 422),
        (b"key=%ff", "application/x-www-form-urlencoded", 422),
        (b"key=\xff", "application/x-www-form-urlencoded", 422),
        (b"a=1&" * 9, "application/x-www-form-urlencoded", 422),
        (b"key=x", "text/plain", 415),
        (b"key=x", "multipart/form-data; boundary=x", 415),
        (b"", "", 415),
    ],
)
def test_a_body_that_is_neither_is_refused(client: httpx2.Client, content: bytes, media_type: str, status: int) -> None:
    answer = client.post("/signin", content=content, headers={"Content-Type": media_type})
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")


def test_signing_out_takes_the_cookie(client: httpx2.Client, live_ring: Any) -> None:
    sign_in(client, live_ring)
    answer = client.post("/signout")
    assert (answer.status_code, answer.headers["location"]) == (303, "signin")
    assert "flotilla_session=; HttpOnly; SameSite=Lax; Path=/; Max-Age=0" in answer.headers["set-cookie"]
    assert client.get("/session").status_code == 401


def test_a_revoked_key_is_signed_out_everywhere(client: httpx2.Client, live_ring: Any) -> None:
    sign_in(client, live_ring)
    assert client.get("/session").status_code == 200
    live_ring.revoked = True
    answer = client.get("/session")
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
    assert "sign in at /signin" in answer.json()["detail"]


@pytest.mark.parametrize("path", ["/signin", "/signout"])
@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {},
    ],
)
def test_another_site_signs_nobody_in_or_out(url: str, live_ring: Any, path: str, headers: dict[str, str]) -> None:
    answer = httpx2.post(f"{url}{path}", data={"key": live_ring.text}, headers=headers)
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


def test_a_browser_that_tells_no_site_is_known_by_its_origin(url: str, live_ring: Any) -> None:
    answer = httpx2.post(f"{url}/signin", data={"key": live_ring.text}, headers={"Origin": url})
    assert answer.status_code == 303


@pytest.mark.parametrize("path", ["//evil.example", "/\\evil.example", "https://evil.example", "/\t/evil.example"])
def test_nobody_is_sent_elsewhere(client: httpx2.Client, live_ring: Any, path: str) -> None:
    assert 'name="next" value="/">' in client.get("/signin", params={"next": path}).text
    assert sign_in(client, live_ring, next=path).headers["location"] == "/"


def test_the_page_is_kept_nowhere_and_runs_no_script(client: httpx2.Client) -> None:
    page = client.get("/signin")
    assert page.headers["cache-control"] == "no-store"
    assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
    for name in ("flotilla.css", "signin.css"):
        assert client.get(f"/signin/static/{name}").headers["content-type"] == "text/css; charset=utf-8"
    assert client.get("/signin/static/signin.html").status_code == 404
