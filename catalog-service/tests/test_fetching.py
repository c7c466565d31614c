"""Nothing is fetched but what an operator listed, from where it was listed, and no server can make it cost much."""

import asyncio
import gzip
import io
import socket
import tracemalloc
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, closing, suppress
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult
from hypothesis import given, settings
from hypothesis import strategies as st
from yarl import URL

from catalog.addresses import HostPattern, is_permitted, parse_host
from catalog.fetching import (
    MAX_URL_CHARS,
    USER_AGENT,
    Fetcher,
    FetchError,
    FetchFailedError,
    FetchLimits,
    FetchPolicy,
    FetchRefusedError,
)

Answer = Callable[[asyncio.StreamWriter], Awaitable[None]]
Serve = Callable[[web.Request], Awaitable[web.StreamResponse]]

MIB = 1 << 20
LOOPBACK = ip_network("127.0.0.1/32")
QUICK = FetchLimits(max_bytes=100_000, total_seconds=1, connect_seconds=0.5)
PATIENT = FetchLimits(max_bytes=100_000, total_seconds=20)
HOSTS = ["Images.Example.org", "*.bücher.example", "files.example.org:8443", "9.9.9.9", "10.0.0.1", "[2620:fe::9]"]


class ToldResolver(AbstractResolver):
    """The DNS of somebody else: one list of addresses after the other, and the last one forever."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers = list(answers)
        self.asked = 0

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        addresses = self.answers[min(self.asked, len(self.answers) - 1)]
        self.asked += 1
        if not addresses:
            raise socket.gaierror(socket.EAI_NONAME, "no such name in 10.20.30.40's zone")
        return [
            ResolveResult(hostname=host, host=address, port=port, family=family, proto=0, flags=0)
            for address in addresses
        ]

    async def close(self) -> None: ...


class SilentResolver(ToldResolver):
    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        await asyncio.sleep(60)
        return await super().resolve(host, port, family)


@asynccontextmanager
async def website(serve: Serve, address: str = "127.0.0.1", port: int = 0) -> AsyncIterator[str]:
    """Yield the URL, without a path, of a server that answers every request with `serve`."""
    app = web.Application()
    app.router.add_get("/{path:.*}", serve)
    runner = web.AppRunner(app, shutdown_timeout=0)
    await runner.setup()
    try:
        await web.TCPSite(runner, address, port).start()
        host, port = runner.addresses[0][:2]
        yield f"http://{host}:{port}"
    finally:
        await runner.cleanup()


@asynccontextmanager
async def rude_server(answer: Answer) -> AsyncIterator[str]:
    """Yield the URL of a server that takes one request, whatever it says, and lets `answer` write what it likes."""

    async def on_connection(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with closing(writer):
            await reader.read(65536)
            try:
                await answer(writer)
                await writer.drain()
            except ConnectionError:
                pass

    server = await asyncio.start_server(on_connection, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


def says(head: str, body: bytes = b"") -> Answer:
    async def answer(writer: asyncio.StreamWriter) -> None:
        writer.write(f"HTTP/1.1 {head}\r\n\r\n".encode() + body)

    return answer


def fetcher(url: str, limits: FetchLimits = PATIENT, resolver: AbstractResolver | None = None) -> Fetcher:
    """Return a fetcher for the server at `url` alone, as `127.0.0.1` and as `images.example.org`."""
    port = URL(url).port
    return Fetcher(FetchPolicy([f"127.0.0.1:{port}", f"images.example.org:{port}"], [LOOPBACK]), limits, resolver)


async def failure(url: str, limits: FetchLimits = PATIENT, resolver: AbstractResolver | None = None) -> str:
    """Fetch `url`, which has to fail; return what is told, which has to give no address away."""
    async with fetcher(url, limits, resolver) as fetching:
        with pytest.raises(FetchFailedError) as caught:
            await fetching.fetch(url, io.BytesIO())
    assert "127.0" not in str(caught.value)
    assert "10.20" not in str(caught.value)
    return str(caught.value)


def check(url: str, hosts: list[str] = HOSTS) -> URL:
    return FetchPolicy(hosts).check(url)


# What is fetched


async def test_a_file_arrives_as_it_was_and_the_request_tells_nothing() -> None:
    requests: list[web.Request] = []

    async def serve(request: web.Request) -> web.Response:
        requests.append(request)
        answer = web.Response(body=bytes(range(256)), content_type="image/png", charset="latin-1")
        answer.set_cookie("seen", "before")
        return answer

    async with website(serve) as url, fetcher(url) as fetching:
        for _ in range(2):
            fetched = await fetching.fetch(f"{url}/a%2Fb?c=%20", received := io.BytesIO())
            assert (fetched.size, fetched.content_type, received.getvalue()) == (256, "image/png", bytes(range(256)))
    assert requests[1].raw_path == "/a%2Fb?c=%20"
    told = {name.lower(): value for name, value in requests[1].headers.items()}
    assert told.pop("host") == URL(url).authority
    assert told == {"user-agent": USER_AGENT, "accept-encoding": "identity", "accept": "*/*"}


async def test_a_large_file_takes_little_memory(tmp_path: Path) -> None:
    async def answer(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % (64 * MIB))
        for _ in range(64):
            writer.write(bytes(MIB))
            await writer.drain()

    limits = FetchLimits(max_bytes=64 * MIB)
    async with rude_server(answer) as url, fetcher(url, limits) as fetching:
        tracemalloc.start()
        try:
            with (tmp_path / "file").open("wb") as destination:
                fetched = await fetching.fetch(url, destination)
            assert tracemalloc.get_traced_memory()[1] < 8 * MIB  # the server's own buffers are among them
        finally:
            tracemalloc.stop()
    assert fetched.size == (tmp_path / "file").stat().st_size == 64 * MIB


async def test_the_environments_proxy_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    async with rude_server(says("200 OK\r\nContent-Length: 2", b"ok")) as url, fetcher(url) as fetching:
        assert (await fetching.fetch(url, io.BytesIO())).size == 2


@pytest.mark.parametrize("said", ["text/html\xff", "image", "a/b" * 9, "\xe9/b"])
async def test_a_content_type_that_is_none_is_dropped(said: str) -> None:
    async with (
        rude_server(says(f"200 OK\r\nContent-Type: {said}\r\nContent-Length: 0")) as url,
        fetcher(url) as fetching,
    ):
        assert (await fetching.fetch(url, io.BytesIO())).content_type is None


# Servers that misbehave


async def test_a_slow_drip_ends_in_time() -> None:
    async def answer(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        while not writer.is_closing():
            writer.write(b".")
            await asyncio.sleep(0.05)

    async with rude_server(answer) as url:
        async with asyncio.timeout(5):
            assert await failure(url, QUICK) == "The file took longer than 1 seconds."


@pytest.mark.parametrize("framing", ["Transfer-Encoding: chunked", "Connection: close"])
async def test_an_endless_file_is_left_at_the_limit(framing: str) -> None:
    written = 0

    async def answer(writer: asyncio.StreamWriter) -> None:
        nonlocal written
        writer.write(f"HTTP/1.1 200 OK\r\n{framing}\r\n\r\n".encode())
        while True:
            writer.write(b"%x\r\n%b\r\n" % (MIB, bytes(MIB)))
            await writer.drain()
            written += MIB

    async with rude_server(answer) as url:
        assert await failure(url) == "The file is larger than 100,000 bytes."
    assert written < 32 * MIB


async def test_a_declared_length_over_the_limit_is_not_waited_for() -> None:
    async with rude_server(says("200 OK\r\nContent-Length: 100001")) as url:
        assert await failure(url) == "The file is larger than 100,000 bytes."


async def test_what_follows_the_declared_length_is_not_of_the_file() -> None:
    async with rude_server(says("200 OK\r\nContent-Length: 3", b"abc" * MIB)) as url, fetcher(url) as fetching:
        with suppress(FetchFailedError):  # as it is when both come at once
            await fetching.fetch(url, received := io.BytesIO())
    assert received.getvalue() in (b"", b"abc")


@pytest.mark.parametrize(
    ("head", "body"),
    [
        ("200 OK\r\nContent-Length: 1000", b"cut"),
        ("200 OK\r\nTransfer-Encoding: chunked", b"5\r\ncut"),
        ("200 OK\r\nTransfer-Encoding: chunked", b"3\r\ncut\r\n"),
    ],
)
async def test_a_file_that_is_cut_off_is_no_file(head: str, body: bytes) -> None:
    async with rude_server(says(head, body)) as url:
        assert await failure(url) == "The server broke off its answer."


async def test_compression_is_refused() -> None:
    bomb = gzip.compress(bytes(20 * MIB))
    assert len(bomb) < PATIENT.max_bytes
    async with rude_server(says(f"200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {len(bomb)}", bomb)) as url:
        assert "compressed" in await failure(url)


@pytest.mark.parametrize("status", [101, 204, 206, 304, 302, 404, 500])
async def test_only_a_200_is_a_file(status: int) -> None:
    async with rude_server(says(f"{status} Whatever\r\nContent-Length: 0")) as url:
        assert f"status {status}" in await failure(url)


async def test_what_cannot_be_reached_is_told_without_its_address() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        port = listener.getsockname()[1]
    assert await failure(f"http://127.0.0.1:{port}/") == "The server cannot be reached."
    named = f"http://images.example.org:{port}/"
    assert await failure(named, resolver=ToldResolver(["127.0.0.1"])) == "The server cannot be reached."
    assert await failure(named, resolver=ToldResolver([])) == "The host cannot be found."
    assert await failure(named, QUICK, SilentResolver([])) == "The server cannot be reached in time."


async def test_https_to_a_server_without_it_fails() -> None:
    async with rude_server(says("200 OK")) as url:
        secure = str(URL(url).with_scheme("https").with_port(URL(url).port))
        assert "encrypted" in await failure(secure, QUICK)


statuses = st.sampled_from([b"200 OK", b"302 Found", b"100 Continue", b"0"]) | st.binary(max_size=5)
header_names = st.sampled_from(
    [b"Location", b"Content-Length", b"Content-Encoding", b"Content-Type", b"Transfer-Encoding", b"X"]
)
header_values = st.sampled_from([b"chunked", b"3", b"//[", b""]) | st.binary(max_size=20)
headers = st.lists(st.tuples(header_names, header_values).map(b": ".join), max_size=4).map(b"\r\n".join)
answers = st.builds(b"HTTP/1.1 %b\r\n%b\r\n\r\n%b".__mod__, st.tuples(statuses, headers, st.binary(max_size=20)))


@given(answers | st.binary(max_size=60))
@settings(deadline=None, max_examples=60)
async def test_whatever_a_server_says_it_is_a_file_or_an_error(said: bytes) -> None:
    async def write(writer: asyncio.StreamWriter) -> None:
        writer.write(said)

    async with rude_server(write) as url, fetcher(url, QUICK) as fetching:
        with suppress(FetchError):
            assert (await fetching.fetch(url, received := io.BytesIO())).size == len(received.getvalue())


# Redirects


async def redirecting(request: web.Request) -> web.StreamResponse:
    """`/3` is three redirects away from `/0`, the file."""
    left = int(request.path.strip("/"))
    return web.Response(body=b"file") if not left else web.Response(status=302, headers={"Location": f"{left - 1}"})


async def test_three_redirects_are_followed_and_no_more() -> None:
    async with website(redirecting) as url:
        async with fetcher(url) as fetching:
            assert (await fetching.fetch(f"{url}/3", io.BytesIO())).size == 4
        assert await failure(f"{url}/4") == "The server redirects more than 3 times."
    async with rude_server(says("307 Again\r\nLocation: /\r\nContent-Length: 0")) as url:
        assert await failure(url) == "The server redirects more than 3 times."


@pytest.mark.parametrize(
    "target",
    [
        "http://127.0.0.1:{port}/",
        "//127.0.0.1:{port}/",
        "http://10.20.30.40/",
        "http://169.254.169.254/latest/meta-data/",
        "http://[::ffff:7f00:1]:{port}/",
        "https://elsewhere.example.org/",
        "file:///etc/passwd",
        "http://me:secret@127.0.0.1:{port}/",
        "http://[",
        "//" + "a" * MAX_URL_CHARS,
    ],
)
async def test_a_redirect_to_elsewhere_is_not_followed(target: str) -> None:
    asked: list[str] = []

    async def inner(request: web.Request) -> web.Response:
        asked.append(request.path)
        return web.Response()

    async with website(inner) as private:
        location = target.format(port=URL(private).port)
        async with rude_server(says(f"302 Found\r\nLocation: {location}")) as url, fetcher(url) as fetching:
            with pytest.raises(FetchRefusedError, match="CATALOG_FETCH_HOSTS") as caught:
                await fetching.fetch(url, io.BytesIO())
    assert not asked
    assert not {"127", "169", "10.", "elsewhere", "passwd", "secret"} & set(str(caught.value).split())


# Names whose addresses change


async def test_a_name_that_leads_elsewhere_later_is_not_followed_there() -> None:
    asked: list[str] = []

    def site(name: str) -> Serve:
        async def serve(request: web.Request) -> web.Response:
            asked.append(name + request.path)
            return web.Response(status=302, headers={"Location": "/again", "Connection": "close"})

        return serve

    async with website(site("permitted")) as url:
        port = URL(url).port
        assert port
        async with website(site("private"), "127.0.0.2", port):
            resolver = ToldResolver(["127.0.0.1"], ["127.0.0.2"])
            async with fetcher(url, resolver=resolver) as fetching:
                with pytest.raises(FetchRefusedError, match="CATALOG_FETCH_PRIVATE_NETWORKS") as caught:
                    await fetching.fetch(f"http://images.example.org:{port}/first", io.BytesIO())
    assert asked == ["permitted/first"]
    assert resolver.asked == 2
    assert "127.0" not in str(caught.value)


async def test_of_a_names_addresses_only_the_permitted_are_connected_to() -> None:
    async with rude_server(says("200 OK\r\nContent-Length: 0")) as url:
        resolver = ToldResolver(["127.0.0.2", "::1", "::ffff:127.0.0.3", "169.254.169.254", "127.0.0.1"])
        async with fetcher(url, QUICK, resolver) as fetching:
            named = f"http://images.example.org:{URL(url).port}/"
            assert (await fetching.fetch(named, io.BytesIO())).size == 0


@pytest.mark.parametrize("name", ["localhost", "localhost.", "LOCALHOST"])
async def test_the_systems_resolver_is_checked_as_well(name: str) -> None:
    async with Fetcher(FetchPolicy(["localhost"])) as fetching:
        with pytest.raises(FetchRefusedError, match="no address"):
            await fetching.fetch(f"http://{name}/", io.BytesIO())


# Hosts


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("http://images.example.org/a", "images.example.org"),
        ("HTTPS://IMAGES.example.ORG.:443/a", "images.example.org"),
        ("http://images。example｡org/", "images.example.org"),
        ("http://covers.BÜCHER.example/", "covers.xn--bcher-kva.example"),
        ("http://a.b.xn--bcher-kva.example/", "a.b.xn--bcher-kva.example"),
        ("https://files.example.org:8443/", "files.example.org"),
        ("http://9.9.9.9/", "9.9.9.9"),
        ("http://[2620:FE:0::9]/", "2620:fe::9"),
    ],
)
def test_listed_hosts_are_known_in_every_spelling(url: str, host: str) -> None:
    assert check(url).raw_host == host


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://example.org/", "does not fetch from"),
        ("http://images.example.org.evil.example/", "does not fetch from"),
        ("http://evilimages.example.org/", "does not fetch from"),
        ("http://bücher.example/", "does not fetch from"),
        ("http://evilbücher.example/", "does not fetch from"),
        ("http://images.example.org:8080/", "port 8080"),
        ("http://files.example.org/", "port 80"),
        ("https://files.example.org/", "port 443"),
        ("http://images.example.org@evil.example/", "user name"),
        ("http://user@images.example.org/", "user name"),
        ("http://:secret@images.example.org/", "password"),
        ("http://evil.example#@images.example.org/", "does not fetch from"),
        ("ftp://images.example.org/", "http and https"),
        ("file:///etc/passwd", "http and https"),
        ("//images.example.org/", "http and https"),
        ("images.example.org/a.png", "http and https"),
        ("http:///a.png", "neither a name nor"),
        ("http://images..example.org/", "neither a name nor"),
        ("http://images.example.org../", "neither a name nor"),
        ("http://images%2eexample.org/", "neither a name nor"),
        ("http://" + "a" * 64 + ".xn--bcher-kva.example/", "neither a name nor"),
        ("http://" + "a." * 120 + "xn--bcher-kva.example/", "neither a name nor"),
        ("http://8.8.8.8/", "does not fetch from"),
        ("http://10.0.0.1/", "no address"),
        ("http://[::ffff:9.9.9.9]/", "does not fetch from"),
        ("http://[2620:fe::9%25eth0]/", "does not fetch from"),
        ("http://9.9.2313/", "neither a name nor"),
        ("http://151587081/", "neither a name nor"),
        ("http://0x09090909/", "neither a name nor"),
        ("http://011.011.011.011/", "neither a name nor"),
        ("http://%39.9.9.9/", "neither a name nor"),
    ],
)
def test_everything_else_is_refused(url: str, why: str) -> None:
    with pytest.raises(FetchRefusedError, match=why):
        check(url)


@pytest.mark.parametrize(
    "url",
    [
        "http://[::1",
        "http://[::1]@/",
        "http://a:b/",
        "http://\udc80/",
        "http://x\\@y/",
        "http://" + "a" * MAX_URL_CHARS,
    ],
)
def test_what_is_no_url_is_refused(url: str) -> None:
    with pytest.raises(FetchRefusedError, match=r"The URL (cannot be read|is longer)"):
        check(url)


def test_without_a_list_nothing_is_fetched() -> None:
    with pytest.raises(FetchRefusedError, match="CATALOG_FETCH_HOSTS"):
        check("https://images.example.org/", [])


@pytest.mark.parametrize(
    "pattern",
    [
        "",
        "*",
        "*.",
        "*.*.org",
        "a.*.org",
        "*.1.2.3",
        "*.[::1]",
        "::1",
        "0x7f.1",
        "https://a.org",
        "a.org/b",
        "b@a.org",
        "a:x",
    ],
)
def test_a_pattern_that_means_nothing_is_told(pattern: str) -> None:
    with pytest.raises(ValueError, match="is not a host like"):
        FetchPolicy([pattern])


labels = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,6}[a-z0-9])?", fullmatch=True)
names = st.builds(
    lambda rest, last: ".".join([*rest, last]),
    st.lists(labels, max_size=3),
    st.from_regex(r"[a-z]{2,6}", fullmatch=True),
)


@given(names, names, st.sampled_from([".", "。", "｡"]), st.booleans(), st.sampled_from(["", "."]))
@settings(deadline=None)
def test_a_pattern_matches_however_the_host_is_spelled(name: str, other: str, dot: str, upper: bool, end: str) -> None:
    url = URL(f"http://{(name.upper() if upper else name).replace('.', dot)}{end}/")
    host = parse_host(url.raw_host or "")
    assert host == name
    assert HostPattern.parse(name).matches(host)
    assert not HostPattern.parse(f"*.{name}").matches(host)
    assert HostPattern.parse(f"*.{name}").matches(f"{other}.{name}")
    assert HostPattern.parse(other).matches(host) == (name == other)
    assert HostPattern.parse(f"*.{other}").matches(host) == name.endswith(f".{other}")


starts = st.sampled_from(["http://", "HTTPS:", "//", "", "http://example.org", "http://9.9.9.9", "http://[::"])
middles = st.text(st.sampled_from("/:@[]%?#.\\ \t\n012f9xéß。\udc80\u200b*-_example.org"), max_size=25) | st.text(
    max_size=20
)
ends = st.sampled_from(["", ".example.org", "/", ":80", "@example.org"])


@given(st.tuples(starts, middles, ends).map("".join), st.sampled_from([None, URL("https://a.example.org/b")]))
@settings(deadline=None, max_examples=300)
def test_no_spelling_leaves_the_listed_hosts(text: str, base: URL | None) -> None:
    with suppress(FetchRefusedError):
        url = FetchPolicy(["*.example.org", "9.9.9.9"]).check(text, base)
        assert url.raw_host == "9.9.9.9" or (url.raw_host or "").endswith(".example.org")
        assert (url.scheme in ("http", "https"), url.port in (80, 443)) == (True, True)


# Addresses

octets = st.integers(0, 255)
numbers = st.integers(0, 2**32).flatmap(lambda number: st.sampled_from([f"{number}", f"0{number:o}", hex(number)]))


@given(
    st.lists(numbers | octets.map(str) | octets.map(hex) | octets.map("0{:o}".format), min_size=1, max_size=4).map(
        ".".join
    )
)
@settings(deadline=None)
def test_what_the_system_reads_as_an_address_is_never_a_name(spelling: str) -> None:
    try:
        meant: IPv4Address | None = IPv4Address(socket.inet_aton(spelling))
    except OSError:
        meant = None
    try:
        assert parse_host(spelling) == meant
    except ValueError:
        assert str(meant) != spelling


SPECIAL_IPV4 = (
    "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
    "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
    "224.0.0.0/4", "240.0.0.0/4", "168.63.129.16/32",
)  # fmt: skip
SPECIAL_IPV6 = (
    "::/128", "::1/128", "::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16", "3ffe::/16",
    "3fff::/20", "4000::/3", "5f00::/16", "fc00::/7", "fd00:ec2::254/128", "fe80::/10", "fec0::/10", "ff00::/8",
)  # fmt: skip


@given(st.sampled_from(SPECIAL_IPV4 + SPECIAL_IPV6).flatmap(lambda network: st.ip_addresses(network=network)))
@settings(deadline=None, max_examples=500)
def test_special_addresses_are_not_connected_to(address: IPv4Address | IPv6Address) -> None:
    assert not is_permitted(address)


@pytest.mark.parametrize("text", ["9.9.9.9", "100.128.0.1", "172.32.0.1", "2620:fe::9", "2a00:1450:4001::1"])
def test_public_addresses_are(text: str) -> None:
    assert is_permitted(ip_address(text))


@given(st.ip_addresses(v=4) | st.sampled_from(SPECIAL_IPV4).flatmap(lambda network: st.ip_addresses(network=network)))
@settings(deadline=None)
def test_an_address_inside_of_another_counts_as_itself(inner: IPv4Address) -> None:
    number = int(inner)
    assert is_permitted(IPv6Address(0xFFFF << 32 | number)) == is_permitted(inner)
    assert is_permitted(IPv6Address(0x64FF9B << 96 | number)) == is_permitted(inner)
    everything = [ip_network("0.0.0.0/0"), ip_network("::/0")]
    assert not is_permitted(IPv6Address(0x2002 << 112 | number << 80 | 1), everything)
    assert not is_permitted(IPv6Address(0x20010000 << 96 | (number ^ 0xFFFFFFFF)), everything)


@given(st.ip_addresses(network="10.0.0.0/8"))
@settings(deadline=None)
def test_a_private_network_opens_itself_alone(address: IPv4Address) -> None:
    network = ip_network("10.20.0.0/16")
    assert is_permitted(address, [network]) == (address in network)


@pytest.mark.parametrize("text", ["169.254.169.254", "::ffff:a9fe:a9fe", "fd00:ec2::254", "100.100.100.200", "0.0.0.1"])
def test_no_setting_opens_the_clouds_metadata(text: str) -> None:
    assert not is_permitted(ip_address(text), [ip_network("0.0.0.0/0"), ip_network("::/0")])


def test_an_address_with_a_zone_is_not_connected_to() -> None:
    assert not is_permitted(ip_address("2620:fe::9%eth0"), [ip_network("::/0")])
