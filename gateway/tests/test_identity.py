"""Who asks is found out by key, told to the service, and what proved it goes no further."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from typing import Any

import httpx2
import pytest

from gateway.keys.text import ID, new_text

ROUTES = """
[services.echo]
instances = [{{ url = "{url}" }}]

[services.public]
instances = [{{ url = "{url}" }}]
access = "open"

[[routes]]
path = "/echo/devices/"
methods = ["POST"]
access = "open"

[[routes]]
path = "/public/admin/"
access = "key"
"""
SCOPES = {
    "reader": ["echo:read"],
    "writer": ["echo:write"],
    "poster": ["echo:post"],
    "owner": ["echo:*"],
    "root": ["*:*"],
    "stranger": ["other:*", "*:patch"],
}
_networks = count(1)


@dataclass
class Door:
    """A gateway that asks who it is, and who has a key to it."""

    client: httpx2.Client
    keys: Mapping[str, str]

    def ask(self, path: str = "/echo/", method: str = "GET", **headers: str) -> httpx2.Response:
        """Ask from a network of its own, so that wrong credentials of other tests do not count."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        sent["X-Forwarded-For"] = f"10.0.0.{next(_networks)}"
        return self.client.request(method, path, headers=sent)


@pytest.fixture(scope="module")
def door(echo_url: str, make_gateway: Callable[..., Any], key_ring: Any, tmp_path_factory: Any) -> Iterator[Door]:
    keys = {name: key_ring.make(name, *scopes).text for name, scopes in SCOPES.items()}
    keys["late"] = key_ring.make("late", "echo:*", life=timedelta(seconds=-1)).text
    config = tmp_path_factory.mktemp("gateway") / "gateway.toml"
    config.write_text(ROUTES.format(url=echo_url))
    settings = {"config_file": str(config), "keys_file": str(key_ring.path)}
    with make_gateway({}, **settings) as gateway, httpx2.Client(base_url=gateway.url, timeout=30) as client:
        yield Door(client, keys)


def seen(answer: httpx2.Response) -> dict[str, list[str]]:
    """Return the headers that the service got."""
    assert answer.status_code == 418, answer.text
    found: dict[str, list[str]] = {}
    for name, value in answer.json()["headers"]:
        found.setdefault(name, []).append(value)
    return found


def problem(answer: httpx2.Response) -> tuple[int, str, str | None]:
    assert answer.headers["content-type"] == "application/problem+json"
    return answer.status_code, answer.json()["detail"], answer.headers.get("www-authenticate")


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("X_API_Key", "{}"),
        ("Authorization", "Bearer {}"),
        ("Authorization", "bearer {}"),
        ("Authorization", "Bearer  {}"),
        ("Authorization", "BEARER \t{}"),
    ],
)
def test_a_key_says_who_asks_and_goes_no_further(door: Door, name: str, form: str) -> None:
    for path in ("/echo/", "/public/"):
        answer = door.ask(path, **{name: form.format(door.keys["root"])})
        assert seen(answer)["x-consumer"] == ["root"]
        assert door.keys["root"] not in answer.text


@pytest.mark.parametrize(
    ("consumer", "allowed"),
    [
        ("reader", {"GET", "HEAD", "OPTIONS"}),
        ("writer", {"POST", "PUT", "PATCH", "DELETE"}),
        ("poster", {"POST"}),
        ("owner", {"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"}),
        ("root", {"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"}),
        ("stranger", {"PATCH"}),
    ],
)
def test_a_scope_is_for_a_service_and_a_verb(door: Door, consumer: str, allowed: set[str]) -> None:
    every = ["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"]
    statuses = {method: door.ask("/echo/", method, X_API_Key=door.keys[consumer]).status_code for method in every}
    assert statuses == {method: 418 if method in allowed else 403 for method in every}


def test_whoever_may_not_is_told_what_is_missing(door: Door) -> None:
    assert problem(door.ask("/echo/", "DELETE", X_API_Key=door.keys["reader"])) == (
        403,
        "reader may not do this: it needs the scope echo:write or echo:*.",
        'Bearer error="insufficient_scope", scope="echo:write"',
    )


def test_whoever_shows_nothing_is_told_how(door: Door) -> None:
    assert problem(door.ask("/echo/")) == (
        401,
        "Show who you are: send an API key as X-API-Key or as Authorization: Bearer, or sign in at /signin.",
        "Bearer",
    )


@pytest.mark.parametrize(
    ("name", "told"),
    [("wrong", "This API key is not valid."), ("cut", "This is no API key of the gateway"), ("late", "expired at ")],
)
@pytest.mark.parametrize("path", ["/echo/", "/public/"])
def test_a_key_that_is_not_good_is_refused_everywhere(door: Door, path: str, name: str, told: str) -> None:
    root = door.keys["root"]
    key = {"wrong": new_text(root[ID]), "cut": root[:-1], "late": door.keys["late"]}[name]
    status, detail, challenge = problem(door.ask(path, X_API_Key=key))
    assert (status, challenge) == (401, "Bearer")
    assert told in detail
    assert key not in detail


def test_a_services_own_credentials_pass(door: Door) -> None:
    own = {"X_API_Key": "sk-service", "Authorization": "Basic YTpi", "Cookie": "a=1; b=2"}
    got = seen(door.ask("/public/", **own))
    assert (got["x-api-key"], got["authorization"]) == (["sk-service"], ["Basic YTpi"])
    assert got["cookie"] == ["a=1; b=2"]
    assert got["x-consumer"] == ["anonymous"]


def test_a_services_own_credentials_pass_beside_the_gateways(door: Door) -> None:
    got = seen(door.ask(X_API_Key=door.keys["owner"], Authorization="Bearer service-token"))
    assert (got.get("x-api-key"), got["authorization"]) == (None, ["Bearer service-token"])
    assert got["x-consumer"] == ["owner"]


def test_a_services_own_credentials_let_nobody_in(door: Door) -> None:
    assert door.ask(X_API_Key="sk-service", Authorization="Basic YTpi").status_code == 401


@pytest.mark.parametrize("path", ["/echo/", "/public/"])
def test_nobody_says_by_themselves_who_they_are(door: Door, path: str) -> None:
    answer = door.ask(path, X_Consumer="root", X_API_Key=door.keys["reader"])
    assert seen(answer)["x-consumer"] == ["reader"]


def test_an_unknown_client_cannot_say_who_it_is(door: Door) -> None:
    assert seen(door.ask("/public/", X_Consumer="root"))["x-consumer"] == ["anonymous"]


def test_two_credentials_are_one_too_many(door: Door) -> None:
    both = {"X_API_Key": door.keys["reader"], "Authorization": f"Bearer {door.keys['root']}"}
    assert problem(door.ask(**both))[:2] == (400, "Send one credential, not several.")


def test_devices_that_have_no_key_are_let_in_by_route(door: Door) -> None:
    answers = {
        (method, path): door.ask(path, method).status_code
        for path in ("/echo/devices/7", "/echo/device", "/echo/other", "/public/x", "/public/admin/x")
        for method in ("GET", "POST")
    }
    assert {asked for asked, status in answers.items() if status == 418} == {
        ("POST", "/echo/devices/7"),
        ("GET", "/public/x"),
        ("POST", "/public/x"),
    }
    assert set(answers.values()) == {418, 401}
