"""Which requests count as sent by the gateway's own pages."""

from typing import Any

import pytest

from gateway.sessions.same_origin import refuse_other_sites, require_same_origin
from shared.errors import ProblemError


def scope(method: str = "POST", scheme: str = "http", **headers: str | list[str]) -> dict[str, Any]:
    pairs = [
        (name.replace("_", "-").encode(), value.encode())
        for name, values in headers.items()
        for value in ([values] if isinstance(values, str) else values)
    ]
    return {"type": "http", "method": method, "scheme": scheme, "headers": pairs}


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_what_changes_nothing_may_come_from_anywhere(method: str) -> None:
    require_same_origin(scope(method, sec_fetch_site="cross-site", origin="https://evil.example"))


@pytest.mark.parametrize(
    "request_scope",
    [
        scope(sec_fetch_site="same-origin"),
        scope(sec_fetch_site="none"),
        scope("DELETE", sec_fetch_site="same-origin", origin="null"),
        scope(origin="http://fleet.example", host="fleet.example"),
        scope(origin="http://fleet.example", host="fleet.example:80"),
        scope(origin="http://fleet.example:8000", host="FLEET.example:8000"),
        scope(scheme="https", origin="https://fleet.example", host="fleet.example:443"),
        scope(origin="http://[::1]:8000", host="[::1]:8000"),
        scope("GET", upgrade="websocket", sec_fetch_site="same-origin"),
        {**scope(scheme="wss", origin="https://fleet.example", host="fleet.example"), "type": "websocket"},
    ],
)
def test_the_own_pages_may_do_everything(request_scope: dict[str, Any]) -> None:
    require_same_origin(request_scope)


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "get", "PROPFIND"])
@pytest.mark.parametrize("site", ["cross-site", "same-site", "", "same-origin, cross-site"])
def test_other_sites_may_change_nothing(method: str, site: str) -> None:
    with pytest.raises(ProblemError, match="Another website sent this request") as caught:
        require_same_origin(scope(method, sec_fetch_site=site, origin="http://a.example", host="a.example"))
    assert caught.value.status == 403


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"host": "fleet.example"},
        {"origin": "http://fleet.example"},
        {"origin": "http://fleet.example", "host": ""},
        {"origin": "http://", "host": ""},
        {"origin": "null", "host": "fleet.example"},
        {"origin": "null", "host": "null"},
        {"origin": "fleet.example", "host": "fleet.example"},
        {"origin": "https://fleet.example", "host": "fleet.example"},
        {"origin": "http://fleet.example:8001", "host": "fleet.example:8000"},
        {"origin": "http://fleet.example:443", "host": "fleet.example"},
        {"origin": "http://evil.example", "host": "fleet.example"},
        {"origin": "http://fleet.example.evil.example", "host": "fleet.example"},
        {"origin": "http://fleet.example@evil.example", "host": "fleet.example"},
        {"origin": ["http://fleet.example", "http://evil.example"], "host": "fleet.example"},
        {"origin": "http://evil.example", "host": ["fleet.example", "evil.example"]},
        {"origin": "http://evil.example", "host": "fleet.example", "x_forwarded_host": "evil.example"},
        {"sec_fetch_site": ["same-origin", "cross-site"], "origin": "http://a.example", "host": "a.example"},
    ],
)
def test_without_a_word_on_the_site_the_origin_must_be_the_host(headers: dict[str, Any]) -> None:
    with pytest.raises(ProblemError, match="it does not say from where it comes"):
        require_same_origin(scope(**headers))


@pytest.mark.parametrize(
    "request_scope",
    [
        scope("GET", upgrade="websocket", sec_fetch_site="cross-site"),
        scope("GET", upgrade="WebSocket", origin="http://evil.example", host="fleet.example"),
        scope("GET", upgrade="h2c, websocket", host="fleet.example"),
        {**scope(scheme="ws", origin="http://evil.example", host="fleet.example"), "type": "websocket"},
    ],
)
def test_other_sites_may_open_no_websocket(request_scope: dict[str, Any]) -> None:
    with pytest.raises(ProblemError, match="Another website"):
        require_same_origin(request_scope)


@pytest.mark.parametrize(
    "request_scope",
    [
        scope(host="fleet.example"),
        scope(),
        scope(sec_fetch_site="none", host="fleet.example"),
        scope(sec_fetch_site="same-origin", origin="http://fleet.example", host="behind.example"),
        scope(origin="http://fleet.example:8000", host="fleet.example:8000"),
        scope("GET", sec_fetch_site="cross-site", origin="http://evil.example"),
        scope("GET", upgrade="websocket", host="fleet.example"),
        scope("GET", upgrade="websocket", origin="http://fleet.example", host="fleet.example"),
    ],
)
def test_programs_and_the_own_pages_need_no_credential(request_scope: dict[str, Any]) -> None:
    refuse_other_sites(request_scope)


@pytest.mark.parametrize(
    "headers",
    [
        {"sec_fetch_site": "cross-site"},
        {"sec_fetch_site": "same-site"},
        {"sec_fetch_site": "cross-site", "origin": "http://fleet.example", "host": "fleet.example"},
        {"sec_fetch_site": ["none", "cross-site"]},
        {"origin": "http://evil.example", "host": "fleet.example"},
        {"origin": "http://fleet.example:8001", "host": "fleet.example:8000"},
        {"origin": "null", "host": "fleet.example"},
        {"origin": ["http://fleet.example", "http://evil.example"], "host": "fleet.example"},
    ],
)
@pytest.mark.parametrize("asked", [{"method": "POST"}, {"method": "GET", "upgrade": "websocket"}])
def test_other_sites_change_nothing_where_nobody_is_asked(asked: dict[str, Any], headers: dict[str, Any]) -> None:
    with pytest.raises(ProblemError, match="Another website made your browser send this") as caught:
        refuse_other_sites(scope(**asked, **headers))
    assert caught.value.status == 403
