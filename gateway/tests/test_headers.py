"""A service learns who asks, from where and how by the gateway's word alone."""

import json
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.headers import answer_headers, upstream_headers
from gateway.request_head import read_head

SPOOFED = {
    "X-Forwarded-For": "192.0.2.7",
    "X-Forwarded-Host": "evil",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Prefix": "/evil",
    "X-Forwarded-Port": "1",
    "X-Forwarded-User": "root",
    "X-Forwarded-Client-Cert": "root",
    "Forwarded": "for=192.0.2.7;host=evil",
    "X-Real-IP": "192.0.2.7",
    "True-Client-IP": "192.0.2.7",
    "X-Consumer": "root",
    "X-Original-URL": "/admin",
    "X-Rewrite-URL": "/admin",
    "X-HTTP-Method-Override": "DELETE",
    "Proxy": "http://evil",
    "Transfer_Encoding": "chunked",
    "Content_Length": "5",
}
OWN = {
    "x-consumer": "anonymous",
    "x-forwarded-host": "x",
    "x-forwarded-prefix": "/echo",
    "x-request-id": "order-17",
}


def scope(*headers: tuple[bytes, bytes], **changes: Any) -> dict[str, Any]:
    return {
        "method": "GET",
        "raw_path": b"/up/a",
        "http_version": "1.1",
        "scheme": "http",
        "peer": ("192.0.2.1", 1),
        "client": ("192.0.2.1", 1),
        "state": {"request_id": "id"},
        "headers": [(b"host", b"x"), *headers],
        **changes,
    }


def sent_on(scope: dict[str, Any], consumer: str = "ann") -> list[tuple[bytes, bytes]]:
    return upstream_headers(read_head(scope), scope, b"/up", consumer, {})


@pytest.fixture(scope="module")
def distrustful(echo_url: str, make_gateway: Callable[..., Any]) -> Iterator[Any]:
    with make_gateway({"echo": echo_url}, trusted_proxies="none") as gateway:
        yield gateway


def told(gateway: Any, headers: dict[str, str]) -> dict[str, str]:
    """Send these headers over a bare connection, so that nothing is added; return what arrived."""
    connection = HTTPConnection(gateway.url.removeprefix("http://"), timeout=10)
    connection.putrequest("GET", "/echo/", skip_host=True, skip_accept_encoding=True)
    for name, value in {"Host": "x", "X-Request-ID": "order-17", **headers}.items():
        connection.putheader(name, value.encode("latin-1"))
    connection.endheaders()
    arrived = dict(json.loads(connection.getresponse().read())["headers"])
    connection.close()
    arrived.pop("host")
    return arrived


def disguises(name: str) -> set[str]:
    return {name, name.replace("-", "_"), name.replace("-", "_", 1).upper()}


def test_an_unknown_peer_is_believed_nothing(distrustful: Any) -> None:
    spoofed = {disguise: value for name, value in SPOOFED.items() for disguise in disguises(name)}
    assert told(distrustful, spoofed) == {**OWN, "x-forwarded-for": "127.0.0.1", "x-forwarded-proto": "http"}


def test_a_trusted_peer_vouches_for_address_and_scheme_alone(gateway: Any) -> None:
    arrived = told(gateway, SPOOFED)
    assert arrived == {**OWN, "x-forwarded-for": "192.0.2.7, 127.0.0.1", "x-forwarded-proto": "https"}


@pytest.mark.parametrize("addresses", ["<script>", "192.0.2.7, unknown", "a\xff", "192.0.2.999", '"x"'])
def test_what_is_no_address_is_not_passed_on(gateway: Any, addresses: str) -> None:
    assert told(gateway, {"X-Forwarded-For": addresses})["x-forwarded-for"] == "127.0.0.1"


def test_connection_cannot_take_away_what_is_not_for_one_hop(distrustful: Any) -> None:
    named = "X-Consumer, X-Forwarded-For, X-Request-ID, Host, Authorization, Cookie, X-Api-Key, X-Own"
    sent = {"Connection": named, "Authorization": "Basic a", "Cookie": "b=c", "X-Api-Key": "d", "X-Own": "e"}
    kept = {"authorization": "Basic a", "cookie": "b=c", "x-api-key": "d"}
    assert told(distrustful, sent) == {**OWN, **kept, "x-forwarded-for": "127.0.0.1", "x-forwarded-proto": "http"}


def test_a_wish_for_http2_ends_at_the_gateway(distrustful: Any) -> None:
    sent = {"Connection": "Upgrade, HTTP2-Settings", "Upgrade": "h2c", "HTTP2-Settings": "AAMAAABk"}
    assert told(distrustful, sent).keys() == {*OWN, "x-forwarded-for", "x-forwarded-proto"}


def test_snake_case_of_a_service_passes(distrustful: Any) -> None:
    assert told(distrustful, {"X_Own": "1", "api_version": "2"}).items() >= {"x_own": "1", "api_version": "2"}.items()


def test_a_body_stays_framed_when_connection_names_its_length(distrustful: Any) -> None:
    sent = {"Connection": "Content-Length", "Content-Length": "0"}
    assert told(distrustful, sent)["content-length"] == "0"


def test_http_1_0_needs_no_host_and_says_none() -> None:
    assert b"x-forwarded-host" not in dict(sent_on(scope(headers=[], http_version="1.0")))


@given(st.lists(st.tuples(st.sampled_from(sorted(SPOOFED)), st.text(alphabet="_-", min_size=3, max_size=3))))
def test_no_spelling_of_a_header_of_the_gateway_passes(spellings: list[tuple[str, str]]) -> None:
    names = [name.lower().replace("-", joint[0], 1).replace("-", joint[1]) for name, joint in spellings]
    sent = [(name.encode(), b"spoofed") for name in names]
    with_length = [(name, b"5" if name == b"content-length" else value) for name, value in sent]
    lawful = [header for header in with_length if header[0] not in (b"transfer-encoding", b"content-length")]
    assert b"spoofed" not in dict(sent_on(scope(*lawful))).values()


@pytest.mark.parametrize("status", [200, 204, 304])
def test_an_answer_loses_what_concerns_one_connection(status: int) -> None:
    headers = [
        (b"Connection", b"X-Hop, close"),
        (b"X-Hop", b"1"),
        (b"Keep-Alive", b"timeout=1"),
        (b"Content-Length", b"2"),
    ]
    kept = answer_headers([*headers, (b"Set-Cookie", b"a")], status, b"http://up:1", b"/up")
    assert kept == [*([(b"content-length", b"2")] if status == 200 else []), (b"set-cookie", b"a")]


@pytest.mark.parametrize(
    ("location", "seen"),
    [(b"http://up:1/a", b"/up/a"), (b"http://up:12/a", None), (b"http://up:1@evil/a", None), (b"//evil", None)],
)
def test_a_location_is_changed_only_where_it_is_the_services_own(location: bytes, seen: bytes | None) -> None:
    kept = answer_headers([(b"Location", location)], 302, b"http://up:1", b"/up")
    assert kept == [(b"location", seen or location)]
