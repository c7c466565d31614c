"""What the gateway itself keeps to those who may: its own pages, sessions, and what it knows of credentials."""

import json
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import httpx2
import jwt
import pytest

from gateway.keys.text import ID, new_text
from gateway.limiting.wrong_credentials import FAILURES

ACTS_WITHIN_SECONDS = 2.0
_networks = count(1)


@dataclass
class Door:
    """A gateway that asks for keys, and a client from a network of its own."""

    client: httpx2.Client
    gateway: Any
    ring: Any

    def sign_in(self, key: str) -> httpx2.Response:
        """Sign in as a page of the gateway's does."""
        return self.client.post("/signin", json={"key": key}, headers={"Origin": str(self.client.base_url)})

    def ask(self, path: str = "/echo/", method: str = "GET", **headers: str) -> int:
        """Return the status of an answer."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.request(method, path, headers=sent).status_code


@pytest.fixture(scope="module")
def gateway(echo_url: str, make_gateway: Callable[..., Any], key_ring: Any) -> Iterator[Any]:
    key_ring.make("first", "*:*")
    with make_gateway({"echo": echo_url}, keys_file=str(key_ring.path), log_format="json") as gateway:
        yield gateway


@pytest.fixture
def door(gateway: Any, key_ring: Any) -> Iterator[Door]:
    network = {"X-Forwarded-For": f"10.1.0.{next(_networks)}"}
    with httpx2.Client(base_url=gateway.url, timeout=30, headers=network) as client:
        yield Door(client, gateway, key_ring)


def wait_until(is_so: Callable[[], bool], seconds: float = ACTS_WITHIN_SECONDS) -> None:
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, f"not within {seconds} s"
        time.sleep(0.05)


def knows(door: Door, key: str) -> bool:
    """Tell whether `key` lets in; from another network each time, where a wrong one does not count."""
    return (
        door.ask("/", X_API_Key=key, X_Forwarded_For=f"10.2.{(number := next(_networks)) // 250}.{number % 250}") == 200
    )


def make_known(door: Door, *scopes: str) -> Any:
    """Make a key, and have the gateway read it."""
    key = door.ring.make("ada", *scopes)
    door.gateway.process.send_signal(signal.SIGHUP)
    wait_until(lambda: knows(door, key.text), seconds=10)
    return key


@pytest.mark.parametrize("path", ["/", "/health", "/docs", "/openapi.json", "/echo", "/nothing", "/%68ealth"])
def test_its_own_pages_need_a_credential_of_any_kind(door: Door, path: str) -> None:
    assert door.ask(path) == 401
    key = make_known(door, "other:read")
    assert door.ask(path, X_API_Key=key.text) in (200, 307, 404)


@pytest.mark.parametrize("path", ["/livez", "/readyz", "/signin", "/signin/static/signin.css", "/static/flotilla.css"])
def test_probes_and_the_way_in_are_open(door: Door, path: str) -> None:
    assert door.ask(path) == 200


def test_metrics_need_a_scope(door: Door) -> None:
    assert door.ask("/metrics") == 401
    reader, scraper = make_known(door, "echo:*"), make_known(door, "gateway:read")
    assert door.ask("/metrics", X_API_Key=reader.text) == 403
    assert door.ask("/metrics", Authorization=f"Bearer {scraper.text}") == 200


def test_what_its_own_pages_need_is_documented(door: Door) -> None:
    key = make_known(door, "echo:read")
    paths = door.client.get("/openapi.json", headers={"X-API-Key": key.text}).json()["paths"]
    assert "security" not in paths["/livez"]["get"]
    assert paths["/health"]["get"]["security"] == [{"apiKey": []}, {"bearer": []}, {"session": []}]
    assert {"401", "403"} <= paths["/metrics"]["get"]["responses"].keys()
    assert paths["/metrics"]["get"]["x-required-scope"] == "gateway:read"


def test_a_revoked_key_ends_at_once_and_its_sessions_with_it(door: Door) -> None:
    key = make_known(door, "echo:read")
    door.sign_in(key.text)
    assert door.ask() == 418
    door.ring.revoke(key)
    wait_until(lambda: door.ask() == 401)
    door.client.cookies.clear()
    assert door.ask(X_API_Key=key.text) == 401


def test_a_new_key_is_known_without_being_told_of(door: Door) -> None:
    key = door.ring.make("ada", "echo:read")
    wait_until(lambda: knows(door, key.text))


def test_a_key_and_the_one_in_its_place_overlap(door: Door) -> None:
    old = make_known(door, "echo:read")
    new = door.ring.rotate(old, timedelta(seconds=5))
    door.gateway.process.send_signal(signal.SIGHUP)
    wait_until(lambda: knows(door, new.text))
    assert door.ask(X_API_Key=old.text) == 418
    wait_until(lambda: door.ask(X_API_Key=old.text) == 401, seconds=10)
    assert door.ask(X_API_Key=new.text) == 418


def test_a_session_lets_in_and_its_cookie_goes_no_further(door: Door) -> None:
    key = make_known(door, "echo:read")
    assert door.sign_in(key.text).json()["consumer"] == "ada"
    door.client.cookies.set("theme", "dark")
    told = door.client.get("/echo/").json()["headers"]
    assert ["x-consumer", "ada"] in told
    assert [value for name, value in told if name == "cookie"] == ["theme=dark"]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec_Fetch_Site": "same-origin"}, 418),
        ({"Sec_Fetch_Site": "cross-site"}, 403),
        ({"Sec_Fetch_Site": "same-site"}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({}, 403),
    ],
)
def test_what_another_site_sends_does_not_count_for_a_session(door: Door, headers: dict[str, str], status: int) -> None:
    door.sign_in(make_known(door, "echo:*").text)
    assert door.ask(method="POST", **headers) == status


def test_another_site_cannot_open_a_websocket_with_a_session(door: Door) -> None:
    door.sign_in(make_known(door, "echo:*").text)
    wish = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec_WebSocket_Version": "13", "Sec_WebSocket_Key": "eA=="}
    assert door.ask(Origin="https://evil.example", **wish) == 403


def test_over_https_the_cookie_stays_there(door: Door) -> None:
    key, host = make_known(door, "echo:*"), door.client.base_url.netloc.decode()
    headers = {"X-Forwarded-Proto": "https", "Origin": f"https://{host}"}
    cookie = door.client.post("/signin", json={"key": key.text}, headers=headers).headers["set-cookie"]
    assert cookie.startswith("__Host-flotilla_session=")
    assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))
    pair = cookie.partition(";")[0]
    assert door.ask(Cookie=pair, X_Forwarded_Proto="https") == 418
    assert door.ask(Cookie=pair) == 401, "a browser would not send it"
    bare = pair.removeprefix("__Host-")
    for scheme in ("http", "https"):
        assert door.ask(Cookie=bare, X_Forwarded_Proto=scheme) == 401, "signed for one name is not for the other"


def test_what_was_set_without_https_does_not_count_with_it(door: Door) -> None:
    door.sign_in(make_known(door, "echo:*").text)
    assert door.ask() == 418
    assert door.ask(X_Forwarded_Proto="https") == 401, "a neighbour of the host could have set it"
    assert door.client.get("/session", headers={"X-Forwarded-Proto": "https"}).status_code == 401


def test_a_session_is_told_to_end_with_its_key(door: Door) -> None:
    key = door.ring.make("ada", "echo:read", life=timedelta(hours=1))
    wait_until(lambda: knows(door, key.text))
    told = door.sign_in(key.text).json()
    assert told == door.client.get("/session").json()
    assert datetime.fromisoformat(told["expires_at"]) == key.entry.expires_at


def test_a_session_ends_with_signing_out(door: Door) -> None:
    door.sign_in(make_known(door, "echo:*").text)
    assert door.ask("/signout", "POST", Sec_Fetch_Site="same-origin") == 303
    assert not door.client.cookies
    assert door.ask() == 401


def test_a_person_who_is_unknown_is_led_to_the_sign_in_page_and_a_program_is_not(door: Door) -> None:
    answer = door.client.get("/echo/a%20b?c=1&d", headers={"Sec-Fetch-Mode": "navigate"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/signin?next=%2Fecho%2Fa%2520b%3Fc%3D1%26d")
    assert answer.headers["cache-control"] == "no-store"
    assert door.ask(Sec_Fetch_Mode="cors") == 401


def test_wrong_credentials_are_limited_by_network_wherever_they_are_shown(door: Door) -> None:
    key = make_known(door, "echo:read")
    wrong = new_text(key.text[ID])
    allowed = FAILURES.rates[0].requests
    shown: list[Callable[[], int]] = [
        lambda: door.ask(X_API_Key=wrong),
        lambda: door.ask("/health", Authorization=f"Bearer {wrong}"),
        lambda: door.sign_in(wrong).status_code,
    ]
    assert [shown[number % 3]() for number in range(allowed)] == [401] * allowed
    assert [show() for show in shown] == [429] * 3
    refused = door.client.get("/echo/", headers={"X-API-Key": wrong})
    assert refused.json()["detail"].startswith("Too many wrong credentials came from this network; try again in ")
    assert 1 <= int(refused.headers["retry-after"]) <= 60
    assert door.ask(X_API_Key=wrong, X_Forwarded_For="10.3.0.1") == 401


def test_who_has_a_key_is_let_in_whatever_others_of_the_network_show(door: Door) -> None:
    key, wrong = make_known(door, "echo:read"), new_text("c" * 12)
    door.sign_in(key.text)
    while door.ask(X_API_Key=wrong) != 429:
        pass
    assert [door.ask(X_API_Key=key.text) for _ in range(3)] == [418] * 3
    assert door.ask() == 418, "a session too"
    assert door.sign_in(key.text).status_code == 429


def test_nobody_gets_round_that_limit_by_naming_another_address(door: Door) -> None:
    wrong, network = new_text("a" * 12), "10.4.0.1"
    statuses = [
        door.ask(X_API_Key=wrong, X_Forwarded_For=f"192.0.2.{number}, {network}")
        for number in range(FAILURES.rates[0].requests + 1)
    ]
    assert statuses[-1] == 429


def test_no_credential_is_ever_logged(door: Door) -> None:
    key, wrong = make_known(door, "echo:*"), new_text("b" * 12)
    token = jwt.encode({"sub": "ada"}, "opensesame" * 4, "HS256")
    door.sign_in(key.text)
    cookie = door.client.cookies["flotilla_session"]
    for secret in (key.text, wrong, token, key.text[:-1], f"{key.text}é"):
        sent = secret.encode()
        ways = [(b"X-API-Key", sent), (b"Authorization", b"Bearer " + sent), (b"Cookie", b"flotilla_session=" + sent)]
        for way in ways:
            door.client.headers["X-Forwarded-For"] = f"10.5.0.{next(_networks)}"
            door.client.get(f"/echo/?api_key={secret}", headers=[way])
            door.client.get(f"/health?api_key={secret}", headers=[way])
        door.sign_in(secret)
        door.client.post("/signin", content=sent, headers={"Origin": str(door.client.base_url)})
    log = log_of(door)
    assert f'"credential":"{key.entry.id}"' in log
    for secret in (key.text[17:57], wrong[17:57], token, token.rpartition(".")[2], cookie, key.entry.hash):
        assert secret not in log


def log_of(door: Door) -> str:
    """Return all that the gateway has written to its output."""
    return Path(f"/proc/{door.gateway.process.pid}/fd/1").read_text()


def test_every_line_of_the_log_is_json(door: Door) -> None:
    assert all(json.loads(line)["event"] for line in log_of(door).splitlines())
