"""What goes through the gateway arrives as it was, both ways, and failures are told as problems."""

import hashlib
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

MIB = 1 << 20


def chunks(count: int, size: int = 65536) -> Iterator[bytes]:
    yield from (bytes([i % 251]) * size for i in range(count))


def resident_bytes(pid: int) -> int:
    fields = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in fields if line.startswith("VmRSS")) * 1024


def test_method_path_query_and_body_pass_untouched(client: httpx2.Client) -> None:
    target = "/a%2Fb/..%2e/%C3%A9//c;d?x=1&x=%20+&y"
    told = client.request("PROPFIND", httpx2.URL(client.base_url.join("/echo" + target)), content=b"\x00\xff").json()
    assert told["method"] == "PROPFIND"
    assert told["target"] == target
    assert told["sha256"] == hashlib.sha256(b"\x00\xff").hexdigest()


def test_answer_keeps_status_and_repeated_headers(client: httpx2.Client) -> None:
    answer = client.get("/echo/")
    assert answer.status_code == 418
    assert answer.headers.get_list("set-cookie") == ["a=1", "b=2"]
    assert answer.headers["content-type"] == "application/x-told"
    assert answer.headers.get_list("date") == ["Thu, 01 Jan 1970 00:00:00 GMT"]


def test_hop_by_hop_headers_end_at_the_gateway(client: httpx2.Client) -> None:
    sent = {"Connection": "keep-alive, X-Secret", "X-Secret": "1", "TE": "trailers", "Upgrade": "h2c", "X-Kept": "1"}
    answer = client.get("/echo/", headers=sent)
    told = dict(answer.json()["headers"])
    assert told["x-kept"] == "1"
    assert not {"x-secret", "te", "upgrade"} & set(told)
    assert "x-hop" not in answer.headers


def test_only_what_the_client_sent_and_where_it_came_from_is_added(client: httpx2.Client) -> None:
    trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    client.headers.clear()
    sent = {"Host": "example.org", "X-Forwarded-For": "192.0.2.7", "X-Request-ID": "order-17", "traceparent": trace}
    answer = client.get("/echo/", headers=sent)
    told = dict(answer.json()["headers"])
    assert told.pop("host").startswith("127.0.0.1:")
    assert told.pop("x-forwarded-for") == "192.0.2.7, 127.0.0.1"
    assert told == {
        "traceparent": trace,
        "x-consumer": "anonymous",
        "x-forwarded-host": "example.org",
        "x-forwarded-prefix": "/echo",
        "x-forwarded-proto": "http",
        "x-request-id": "order-17",
    }
    assert answer.headers["x-request-id"] == "order-17"


def test_compressed_answers_pass_as_they_are(raw: Callable[..., Any]) -> None:
    body = b"\x1f\x8b not really gzip"
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(body)
    with raw(lambda connection: connection.sendall(head + body)) as gateway, httpx2.Client() as client:
        answer = client.send(client.build_request("GET", f"{gateway.url}/up/"), stream=True)
        assert b"".join(answer.iter_raw()) == body
        assert answer.headers["content-encoding"] == "gzip"


def test_a_head_request_and_an_empty_answer(client: httpx2.Client) -> None:
    answer = client.head("/echo/")
    assert answer.status_code == 418
    assert answer.content == b""


@pytest.mark.parametrize("declared", [True, False])
def test_uploads_stream_at_constant_memory(client: httpx2.Client, gateway: Any, declared: bool) -> None:
    count = 16 * 64  # 64 MiB; benchmarks/gateway sends a whole GiB
    headers = {"Content-Length": str(count * 65536)} if declared else {}
    client.post("/echo/", content=chunks(16))
    before = resident_bytes(gateway.process.pid)
    told = client.post("/echo/", content=chunks(count), headers=headers).json()
    assert told["length"] == count * 65536
    assert resident_bytes(gateway.process.pid) - before < 16 * MIB


def test_downloads_stream_at_constant_memory(client: httpx2.Client, gateway: Any) -> None:
    client.get("/echo/bytes/16")
    before = resident_bytes(gateway.process.pid)
    with client.stream("GET", "/echo/bytes/1024") as answer:
        assert sum(len(chunk) for chunk in answer.iter_raw()) == 64 * MIB
    assert resident_bytes(gateway.process.pid) - before < 16 * MIB


def test_an_early_answer_to_a_long_upload_is_not_lost(client: httpx2.Client) -> None:
    assert client.post("/echo/early", content=chunks(4)).status_code == 418


def test_unknown_prefix_names_the_services(client: httpx2.Client) -> None:
    answer = client.get("/nope/x")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"] == "Nothing is at /nope/x; the services are down, echo."


def test_a_service_without_a_slash_leads_to_its_folder(client: httpx2.Client) -> None:
    answer = client.get("/echo")
    assert (answer.status_code, answer.headers["location"]) == (307, "echo/")


def test_upstream_that_is_down_is_503(client: httpx2.Client) -> None:
    answer = client.post("/down/x", content=b"x")
    assert answer.status_code == 503
    assert answer.json()["detail"].startswith("No instance of the down service can answer now; try again in ")
    assert int(answer.headers["retry-after"]) >= 1


@pytest.mark.parametrize(
    "said", [b"", b"HTTP/1.1 200", b"no http at all\r\n\r\n", b"HTTP/1.1 200 OK\r\nA\x00: 1\r\n\r\n"]
)
def test_upstream_that_talks_rubbish_is_502(raw: Callable[..., Any], said: bytes) -> None:
    with raw(lambda connection: connection.sendall(said)) as gateway:
        answer = httpx2.get(f"{gateway.url}/up/")
    assert answer.status_code == 502
    assert answer.json()["detail"] == "The up service broke off the exchange."


def test_upstream_that_is_silent_is_504(raw: Callable[..., Any]) -> None:
    with raw(lambda _: time.sleep(2), read_seconds="0.3") as gateway:
        answer = httpx2.get(f"{gateway.url}/up/")
    assert (answer.status_code, answer.json()["detail"]) == (504, "The up service did not answer in time.")


def test_a_long_upload_is_not_a_silent_upstream(echo_url: str, make_gateway: Callable[..., Any]) -> None:
    def slowly() -> Iterator[bytes]:
        for _ in range(4):
            time.sleep(0.4)
            yield b"x"

    with make_gateway({"echo": echo_url}, read_seconds="0.8") as gateway:
        assert httpx2.post(f"{gateway.url}/echo/", content=slowly()).json()["length"] == 4


@pytest.mark.parametrize("rest", [b"Content-Length: 9\r\n\r\nhalf", b"Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n"])
def test_an_answer_cut_off_is_not_taken_for_a_whole_one(raw: Callable[..., Any], rest: bytes) -> None:
    said = b"HTTP/1.1 200 OK\r\n" + rest
    with raw(lambda up: up.sendall(said)) as gateway, pytest.raises(httpx2.RemoteProtocolError):
        httpx2.get(f"{gateway.url}/up/")


def test_upstream_killed_in_mid_answer(make_gateway: Callable[..., Any]) -> None:
    script = (
        "import socket, time\n"
        "s = socket.create_server(('127.0.0.1', 0)); print(s.getsockname()[1], flush=True)\n"
        "c, _ = s.accept(); c.recv(9999)\n"
        "c.sendall(b'HTTP/1.1 200 OK\\r\\nContent-Length: 9\\r\\n\\r\\nhalf'); time.sleep(60)\n"
    )
    upstream = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert upstream.stdout
    port = upstream.stdout.readline().strip()
    with make_gateway({"up": f"http://127.0.0.1:{port}"}, check_seconds="0") as gateway:
        with httpx2.stream("GET", f"{gateway.url}/up/") as answer:
            upstream.kill()
            with pytest.raises(httpx2.RemoteProtocolError):
                answer.read()
        assert httpx2.get(f"{gateway.url}/up/").status_code == 503
    upstream.communicate()


def test_a_client_that_leaves_frees_the_upstream(raw: Callable[..., Any]) -> None:
    freed: list[bytes] = []

    def wait_for_hangup(connection: socket.socket) -> None:
        connection.settimeout(10)
        freed.append(connection.recv(1))

    with raw(wait_for_hangup) as gateway, socket.create_connection(gateway.address) as client:
        client.sendall(b"GET /up/ HTTP/1.1\r\nHost: x\r\n\r\n")
        time.sleep(0.3)
        client.close()
        deadline = time.monotonic() + 5
        while not freed and time.monotonic() < deadline:
            time.sleep(0.02)
    assert freed == [b""]


def test_beyond_the_bound_it_is_503_at_once(raw: Callable[..., Any]) -> None:
    with raw(lambda _: time.sleep(3), max_requests="1") as gateway, socket.create_connection(gateway.address) as first:
        first.sendall(b"GET /up/ HTTP/1.1\r\nHost: x\r\n\r\n")
        time.sleep(0.3)
        answer = httpx2.get(f"{gateway.url}/up/")
        assert answer.status_code == 503
        assert answer.headers["retry-after"] == "1"


def test_a_request_in_flight_survives_sigterm(raw: Callable[..., Any]) -> None:
    def answer_late(connection: socket.socket) -> None:
        time.sleep(1)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ndone")

    with raw(answer_late) as gateway, socket.create_connection(gateway.address) as client:
        client.sendall(b"GET /up/ HTTP/1.1\r\nHost: x\r\n\r\n")
        time.sleep(0.3)
        gateway.process.terminate()
        client.settimeout(10)
        assert client.recv(65536).startswith(b"HTTP/1.1 200")
        assert gateway.process.wait(10) == 0


def test_proxied_requests_are_counted(client: httpx2.Client) -> None:
    client.get("/echo/counted")
    metrics = client.get("/metrics").text
    labels = 'method="GET",route="/echo/",status="418",upstream="echo"'
    assert f"gateway_request_duration_seconds_count{{{labels}}}" in metrics
    assert 'gateway_consumer_requests_total{consumer="anonymous",status="418",upstream="echo"}' in metrics
    assert re.search(r'gateway_connections\{instance="http://[^"]+",state="idle",upstream="echo"\} [1-9]', metrics)


def test_another_website_cannot_use_a_browser_to_change_something(client: httpx2.Client) -> None:
    from_elsewhere = {"Sec-Fetch-Site": "cross-site"}
    assert client.get("/echo/", headers=from_elsewhere).status_code == 418
    assert client.post("/echo/", headers={"Sec-Fetch-Site": "same-origin"}).status_code == 418
    answer = client.post("/echo/", headers=from_elsewhere)
    assert (answer.status_code, answer.headers["content-type"]) == (403, "application/problem+json")
    for origin in ("http://evil.example", "null"):
        assert client.post("/echo/", headers={"Origin": origin}).status_code == 403
    assert client.post("/echo/", headers={"Origin": str(client.base_url).rstrip("/")}).status_code == 418


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_another_name_for_this_machine_opens_nothing_where_nobody_is_asked(client: httpx2.Client, method: str) -> None:
    answer = client.request(method, "/echo/", headers={"Host": "evil.example", "Sec-Fetch-Site": "same-origin"})
    assert answer.status_code == 421
    assert "GATEWAY_HOSTS" in answer.json()["detail"]
    port = client.base_url.port
    for host in (f"localhost:{port}", f"fleet.localhost:{port}", f"[::1]:{port}", "example.org"):
        assert client.request(method, "/echo/", headers={"Host": host}).status_code == 418


@pytest.mark.parametrize("path", ["/", "/health", "/metrics", "/openapi.json", "/docs"])
def test_under_another_name_the_gateway_tells_nothing_of_itself_but_that_it_lives(
    client: httpx2.Client, path: str
) -> None:
    evil = {"Host": "evil.example"}
    assert client.get(path, headers=evil).status_code == 421
    assert client.get(path).status_code == 200
    assert client.get("/livez", headers=evil).status_code == 200


def test_a_gateway_that_is_open_on_purpose_goes_by_any_name_unless_they_are_listed(
    echo_url: str, make_gateway: Callable[..., Any]
) -> None:
    everywhere = {"host": "0.0.0.0", "open": "true"}  # noqa: S104 it is what containers do
    for hosts, status in (("", 418), ("fleet.example", 421)):
        with make_gateway({"echo": echo_url}, hosts=hosts, **everywhere) as gateway:
            assert httpx2.get(f"{gateway.url}/echo/", headers={"Host": "any.example"}).status_code == status


def talk(gateway: Any, sent: bytes) -> bytes:
    """Send bytes as they are; return all that comes back until the connection ends or rests for a second."""
    with socket.create_connection(gateway.address, timeout=5) as connection:
        connection.sendall(sent)
        connection.settimeout(1)
        received = b""
        try:
            while part := connection.recv(65536):
                received += part
        except TimeoutError:
            pass
        return received


@pytest.mark.parametrize(
    "path", ["/echo%2f@127.0.0.1:9/x", "/echo%2F.evil/x", "/%65cho/x", "/echo@127.0.0.1:9/x", "//echo/x", "/echo%00/x"]
)
def test_no_path_leads_to_another_host(gateway: Any, path: str) -> None:
    answer = talk(gateway, f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
    assert answer.startswith(b"HTTP/1.1 404")
    assert b"application/problem+json" in answer


def test_headers_pass_byte_for_byte(gateway: Any) -> None:
    request = b"GET /echo/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-A: caf\xc3\xa9\xff\r\n\r\n"
    assert b'["x-a", "caf\\u00c3\\u00a9\\u00ff"]' in talk(gateway, request)  # the echo shows bytes as Latin-1


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (b"CONNECT /echo/ HTTP/1.1\r\nHost: x\r\n\r\n", 400),
        (b"POST /echo/ HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501),
    ],
)
def test_what_cannot_pass_is_refused(gateway: Any, head: bytes, status: int) -> None:
    assert int(talk(gateway, head).split()[1]) in (status, 405)


def test_the_upstreams_address_does_not_leak_in_redirects(raw: Callable[..., Any]) -> None:
    def redirect(connection: socket.socket) -> None:
        host, port = connection.getsockname()
        location = f"http://{host}:{port}/there?x=1"
        connection.sendall(f"HTTP/1.1 302 Found\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n".encode())

    with raw(redirect) as gateway:
        assert httpx2.get(f"{gateway.url}/up/").headers["location"] == "/up/there?x=1"


def test_not_modified_with_a_length_keeps_the_connection(raw: Callable[..., Any]) -> None:
    said = b"HTTP/1.1 304 Not Modified\r\nContent-Length: 100\r\nETag: x\r\n\r\n"
    request = b"GET /up/ HTTP/1.1\r\nHost: x\r\n\r\n"
    with raw(lambda connection: connection.sendall(said)) as gateway:
        assert talk(gateway, request + request).count(b"HTTP/1.1 304") == 2


@pytest.mark.parametrize("status", [99, 600, 999])
def test_an_odd_status_is_502(raw: Callable[..., Any], status: int) -> None:
    said = b"HTTP/1.1 %d Odd\r\nContent-Length: 0\r\n\r\n" % status
    with raw(lambda connection: connection.sendall(said)) as gateway:
        assert httpx2.get(f"{gateway.url}/up/").status_code == 502


def test_a_client_that_stops_sending_loses_its_place(echo_url: str, make_gateway: Callable[..., Any]) -> None:
    with make_gateway({"echo": echo_url}, client_seconds="0.4", max_requests="1") as gateway:
        for head in (b"Content-Length: 10\r\n\r\n", b"Content-Length: 10\r\n\r\nx"):
            answer = talk(gateway, b"POST /echo/ HTTP/1.1\r\nHost: x\r\n" + head)
            assert answer.startswith(b"HTTP/1.1 408"), answer
        assert httpx2.get(f"{gateway.url}/echo/").status_code == 418


def test_an_upload_that_is_yet_to_come_takes_nobodys_place(echo_url: str, make_gateway: Callable[..., Any]) -> None:
    with (
        make_gateway({"echo": echo_url}, max_requests="1") as gateway,
        socket.create_connection(gateway.address, timeout=10) as slow,
    ):
        slow.sendall(b"POST /echo/ HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nx")
        time.sleep(0.3)
        assert httpx2.get(f"{gateway.url}/echo/").status_code == 418
        slow.sendall(b"x" * 9)
        assert slow.recv(65536).startswith(b"HTTP/1.1 418")


def test_http_1_0_gets_an_answer_of_unknown_length_without_chunks(gateway: Any) -> None:
    head, _, body = talk(gateway, b"GET /echo/bytes/8 HTTP/1.0\r\n\r\n").partition(b"\r\n\r\n")
    assert (b"transfer-encoding" in head.lower(), len(body)) == (False, 8 * 65536)
