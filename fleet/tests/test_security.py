"""The whole fleet behind keys: who has none gets nothing, and what it answers gives nothing away."""

import json
import re
import socket
from collections.abc import Callable, Mapping
from pathlib import Path
from time import monotonic, sleep
from typing import Any, Final

import httpx2
import pytest

from fleet.services import GATEWAY, SERVICES
from fleet.testing import RunningFleet

BEHIND: Final = tuple(service.name for service in SERVICES if service is not GATEWAY)
PUBLIC: Final = frozenset({"/livez", "/readyz", "/session"})
"""Of the document: probes, and who is signed in, which is 401 without a cookie whatever else is sent."""
PUBLIC_PAGES: Final = frozenset(
    {"/signin", "/signin/static/signin.css", "/static/fleet.js", "/docs/assets/swagger-ui.css"}
)
"""Beside the document: the page to sign in at and what pages look like, the same in every fleet."""
METHODS: Final = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")
SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
ANY_ID: Final = "01a1fd23-b5fd-72a0-9a1a-65d65bb6442f"
PAGES: Final = ("/", "/docs", "/signin", *(f"/{name}/docs" for name in BEHIND))
OWN_PAGES: Final = ("/catalog/", "/vision/", "/intent/", "/debugger/")
INTERNALS: Final = re.compile(
    rb"Traceback|site-packages|\.py\b|/home/|/tmp/|asyncpg|sqlalchemy|pydantic|uvicorn|starlette|127\.0\.0\.1",
    re.IGNORECASE,
)
FROM_ITS_PAGE: Final = {"Sec-Fetch-Site": "same-origin"}
SCRIPT: Final = "<script>alert(1)</script>"


def paths_of(document: Mapping[str, Any]) -> list[str]:
    """The document's paths, with something in place of each parameter."""
    return [re.sub(r"\{[^}]+\}", ANY_ID, path) for path in document["paths"]]


def service_of(path: str) -> str:
    name = path.split("/")[1]
    return name if name in BEHIND else GATEWAY.name


def access_lines(fleet: RunningFleet, name: str) -> list[dict[str, Any]]:
    written = (fleet.folder / "logs" / f"{name}.log").read_text(encoding="utf-8")
    lines = written[: written.rfind("\n") + 1].splitlines()  # without one that is being written
    return [line for line in map(json.loads, lines) if line.get("source") == "access"]


def wait_for_access(fleet: RunningFleet, name: str, request_id: str) -> None:
    deadline = monotonic() + 20
    while not any(line["request_id"] == request_id for line in access_lines(fleet, name)):
        assert monotonic() < deadline, f"{request_id} is not in the log of {name}"
        sleep(0.1)


def refused(client: httpx2.Client, method: str, path: str, mark: str, key: str | None = None) -> int:
    """Return the status of a refusal, which is a problem document, or nothing for HEAD."""
    headers = {"X-Request-ID": mark, **({"X-API-Key": key} if key else {})}
    answer = client.request(method, path, headers=headers)
    assert answer.headers["content-type"] == "application/problem+json", (method, path, answer.text)
    return answer.status_code


@pytest.fixture(scope="module")
def reached_nothing(closed_fleet: RunningFleet, somebody: httpx2.Client) -> Callable[[str], None]:
    """Assert that no request with this mark reached a service; the gateway's log has them."""

    def check(mark: str) -> None:
        for name in BEHIND:
            last = f"last-{mark}-{name}"
            somebody.get(f"/{name}/nothing", headers={"X-Request-ID": last})
            wait_for_access(closed_fleet, name, last)
            assert not [line for line in access_lines(closed_fleet, name) if line["request_id"] == mark]
        wait_for_access(closed_fleet, GATEWAY.name, mark)

    return check


def test_without_a_key_every_path_and_method_is_401(
    anybody: httpx2.Client, document: Mapping[str, Any], reached_nothing: Callable[[str], None]
) -> None:
    asked = [(method, path) for path in paths_of(document) if path not in PUBLIC for method in METHODS]
    answers = {(method, path): refused(anybody, method, path, "without-a-key") for method, path in asked}
    assert len(asked) > 900
    assert {what: status for what, status in answers.items() if status != 401} == {}
    reached_nothing("without-a-key")


def test_pages_want_a_key_too(anybody: httpx2.Client) -> None:
    answers = {path: anybody.get(path).status_code for path in (*PAGES, *OWN_PAGES, "/openapi.json", "/nothing")}
    assert {path for path, status in answers.items() if status != 401} == {"/signin"}
    assert {anybody.get(path).status_code for path in PUBLIC_PAGES} == {200}


def test_a_key_for_another_service_is_403(
    anybody: httpx2.Client, document: Mapping[str, Any], keys: Mapping[str, str], reached_nothing: Callable[[str], None]
) -> None:
    wrong = {}
    for path in paths_of(document):
        service = service_of(path)
        if service == GATEWAY.name:
            continue
        other = BEHIND[BEHIND.index(service) - 1]
        for method in METHODS:
            status = refused(anybody, method, path, "another-service", keys[other])
            if status != 403:
                wrong[method, path] = status
    assert wrong == {}
    assert refused(anybody, "GET", "/metrics", "another-service", keys["catalog"]) == 403
    reached_nothing("another-service")


def test_a_key_to_read_changes_nothing(
    anybody: httpx2.Client, document: Mapping[str, Any], keys: Mapping[str, str], reached_nothing: Callable[[str], None]
) -> None:
    unsafe = [method for method in METHODS if method not in SAFE]
    paths = [path for path in paths_of(document) if service_of(path) != GATEWAY.name]
    asked = [(method, path) for path in paths for method in unsafe]
    wrong = {(m, p): s for m, p in asked if (s := refused(anybody, m, p, "to-read", keys["reader"])) != 403}
    assert wrong == {}
    reached_nothing("to-read")
    assert anybody.get("/catalog/images", headers={"X-API-Key": keys["reader"]}).status_code == 200


def test_what_the_document_says_of_keys_is_so(document: Mapping[str, Any]) -> None:
    open_operations = {
        path
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if method.upper() in METHODS and not operation.get("security")
    }
    assert open_operations == PUBLIC & document["paths"].keys()


@pytest.mark.parametrize("path", [*PAGES, *OWN_PAGES])
def test_pages_keep_others_out(somebody: httpx2.Client, path: str) -> None:
    page = somebody.get(path)
    assert page.headers["content-type"].startswith("text/html")
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert page.headers["x-content-type-options"] == "nosniff"
    assert page.headers["referrer-policy"] in ("same-origin", "no-referrer")


WRONG: Final = (
    ("GET", "/nothing"),
    ("GET", f"/{SCRIPT}"),
    ("GET", "/signin/static/nothing"),
    *(("GET", f"/{name}/nothing") for name in BEHIND),
    *(("GET", f"/{name}/{SCRIPT}") for name in BEHIND),
    *(("GET", f"/{name}/nothing?{SCRIPT}={SCRIPT}") for name in BEHIND),
    *(("PATCH", f"/{name}/livez") for name in BEHIND),
    *(("TRACE", f"/{name}/livez") for name in BEHIND),
    *(("BREW", f"/{name}/livez") for name in BEHIND),
    ("GET", f"/catalog/images/{SCRIPT}"),
    ("GET", f"/catalog/images?cursor={SCRIPT}"),
    ("GET", f"/catalog/images?text=%00{SCRIPT}"),
    ("GET", "/catalog/images?limit=1%27%20OR%201=1--"),
    ("POST", "/catalog/images"),
    ("POST", "/catalog/images/upload"),
    ("POST", "/crystal/sklearn"),
    ("POST", "/vision/predictions"),
    ("POST", "/intent/intent"),
    ("GET", f"/intent/models/{SCRIPT}"),
    ("GET", f"/vision/models/{SCRIPT}"),
    ("GET", f"/debugger/projects/{ANY_ID}/rows?filter={SCRIPT}"),
    ("POST", "/debugger/projects"),
)


@pytest.mark.parametrize("key", [False, True], ids=["without a key", "with a key"])
@pytest.mark.parametrize(("method", "path"), WRONG)
def test_errors_give_nothing_away(
    anybody: httpx2.Client, somebody: httpx2.Client, method: str, path: str, key: bool
) -> None:
    body = None if method in ("GET", "TRACE") else f'{{"{SCRIPT}": NaN'.encode()
    answer = (somebody if key else anybody).request(method, path, content=body)
    assert 400 <= answer.status_code < 500 or answer.status_code == 501
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert not INTERNALS.search(answer.content), answer.text
    assert {"server", "x-powered-by", "via"}.isdisjoint(answer.headers)


@pytest.mark.parametrize("name", ["", *BEHIND])
@pytest.mark.parametrize("folder", ["static/", "docs/assets/", "assets/", ""])
@pytest.mark.parametrize("way", ["../main.py", "..%2fmain.py", "%2e%2e/main.py", "%2e%2e%2fmain.py", "..%5cmain.py",
                                 "..%252fmain.py", "....//main.py", "%00.css", "/etc/passwd", ""])  # fmt: skip
def test_no_file_but_those_meant_is_served(
    closed_fleet: RunningFleet, keys: Mapping[str, str], name: str, folder: str, way: str
) -> None:
    prefix = f"/{name}/" if name else "/"
    status, body = raw(closed_fleet, f"GET {prefix}{folder}{way} HTTP/1.1", f"X-API-Key: {keys['everything']}")
    assert b"root:" not in body
    assert b"import" not in body
    assert b"Index of" not in body
    if folder or way:
        assert status in (400, 404), body


def raw(fleet: RunningFleet, *lines: str) -> tuple[int, bytes]:
    """Send a request as it stands, which a client would put right; return the status and all of the answer."""
    head = "\r\n".join([*lines, "Host: 127.0.0.1", "Connection: close", "", ""])
    with socket.create_connection(("127.0.0.1", fleet.ports[GATEWAY.name]), timeout=30) as connection:
        connection.sendall(head.encode("latin-1"))
        answer = b""
        while part := connection.recv(65536):
            answer += part
    return int(answer.split(b" ", 2)[1]), answer


ELSEWHERE: Final = (
    "//evil.example",
    "https://evil.example",
    "/\\evil.example",
    "\t//evil.example",
    "javascript:alert(1)",
)


@pytest.mark.parametrize("target", ELSEWHERE)
def test_signing_in_leads_nowhere_else(anybody: httpx2.Client, keys: Mapping[str, str], target: str) -> None:
    page = anybody.get("/signin", params={"next": target})
    assert target not in page.text
    answer = anybody.post("/signin", data={"key": keys["reader"], "next": target}, headers=FROM_ITS_PAGE)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    cookie = answer.headers["set-cookie"]
    assert "; HttpOnly" in cookie
    assert "; SameSite=Lax" in cookie
    anybody.cookies.clear()


def test_a_wrong_key_is_not_shown_again(anybody: httpx2.Client) -> None:
    wrong = f"flt_{SCRIPT}"
    answer = anybody.post("/signin", data={"key": wrong}, headers=FROM_ITS_PAGE)
    assert answer.status_code == 401
    assert "alert(1)" not in answer.text
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("path", ["/", "/signin", "/health", "/openapi.json", *(f"/{name}/livez" for name in BEHIND)])
def test_no_other_website_may_read(anybody: httpx2.Client, somebody: httpx2.Client, path: str) -> None:
    asked = {"Origin": "https://evil.example", "Access-Control-Request-Method": "GET"}
    for client in (anybody, somebody):
        for method in ("GET", "OPTIONS"):
            answer = client.request(method, path, headers=asked)
            assert not [name for name in answer.headers if name.startswith("access-control-")]


@pytest.mark.parametrize("name", BEHIND)
def test_nobody_is_who_they_say(closed_fleet: RunningFleet, name: str) -> None:
    forged = (
        "X-Consumer: everything",
        "X_Consumer: everything",
        "X-Forwarded-For: 127.0.0.1",
        "X-Forwarded-Prefix: /livez",
        "X-Original-URL: /livez",
        "X-HTTP-Method-Override: OPTIONS",
    )
    assert raw(closed_fleet, f"GET /{name}/metrics HTTP/1.1", *forged)[0] == 401
    assert raw(closed_fleet, f"GET /{name}/metrics HTTP/1.1", "Cookie: flotilla_session=everything")[0] == 401
    assert raw(closed_fleet, f"GET /{name}/metrics HTTP/1.1", "Authorization: Basic ZXZlcnl0aGluZzo=")[0] == 401
    none = "eyJhbGciOiJub25lIiwia2lkIjoib25lIn0.eyJzdWIiOiJhZGEiLCJzY29wZSI6Iio6KiJ9."
    assert raw(closed_fleet, f"GET /{name}/metrics HTTP/1.1", f"Authorization: Bearer {none}")[0] in (401, 429)


@pytest.mark.parametrize("name", ["", *BEHIND])
def test_what_is_too_large_is_refused_and_the_next_is_served(
    closed_fleet: RunningFleet, somebody: httpx2.Client, keys: Mapping[str, str], name: str
) -> None:
    path = f"/{name}/livez" if name else "/health"
    key = f"X-API-Key: {keys['everything']}"
    assert raw(closed_fleet, f"GET {path} HTTP/1.1", key, f"X-Filler: {'x' * 70_000}")[0] == 431
    assert raw(closed_fleet, f"GET {path} HTTP/1.1", key, *(f"X-{n}: 1" for n in range(20_000)))[0] == 431
    assert raw(closed_fleet, f"GET {path}/{'x' * 20_000} HTTP/1.1", key)[0] == 414
    assert raw(closed_fleet, f"GET {path} HTTP/1.1", key, "Content-Length: 1", "Transfer-Encoding: chunked")[0] == 400
    assert somebody.get(path).status_code == 200


@pytest.mark.parametrize("name", [service.name for service in SERVICES])
def test_no_service_listens_beyond_this_machine(closed_fleet: RunningFleet, name: str) -> None:
    port = f"{closed_fleet.ports[name]:04X}"
    tables = [Path("/proc/net", table).read_text("ascii").splitlines()[1:] for table in ("tcp", "tcp6")]
    listening = [fields[1] for table in tables for line in table if (fields := line.split())[3] == "0A"]
    assert [place.partition(":")[0] for place in listening if place.endswith(f":{port}")] == ["0100007F"]
