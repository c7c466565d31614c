"""Images from other people's servers: only from hosts that an operator listed, and never from inside of the network.

FetchError
├── FetchRefusedError   the policy says no
└── FetchFailedError    the other side is down, slow, wrong or too large

Their texts are for whoever gave the URL, so they hold neither addresses nor where a redirect led.
"""

import asyncio
import re
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import ip_address
from typing import BinaryIO, Final, Self

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from catalog.addresses import Address, HostPattern, Network, is_permitted, parse_host

HOSTS_SETTING: Final = "CATALOG_FETCH_HOSTS"
NETWORKS_SETTING: Final = "CATALOG_FETCH_PRIVATE_NETWORKS"
USER_AGENT: Final = "flotilla-catalog"
MAX_URL_CHARS: Final = 4096
MAX_REDIRECTS: Final = 3
PORTS: Final = (80, 443)
"""For hosts that are listed without a port."""

_MEDIA_TYPE: Final = re.compile(r"[a-z]{1,20}/[a-z0-9.+_-]{1,100}")
_REDIRECTS: Final = (301, 302, 303, 307, 308)

_FAILURES: Final[tuple[tuple[type[Exception], str], ...]] = (
    (aiohttp.ClientConnectorDNSError, "The host cannot be found."),
    (aiohttp.ClientConnectorCertificateError, "The server's TLS certificate is not valid."),
    (aiohttp.ClientSSLError, "The server offers no encrypted connection that can be trusted."),
    (aiohttp.ClientConnectorError, "The server cannot be reached."),
    (aiohttp.ConnectionTimeoutError, "The server cannot be reached in time."),
    (aiohttp.ClientConnectionError, "The server broke off the connection."),
    (aiohttp.ClientPayloadError, "The server broke off its answer."),
    (aiohttp.ClientError, "The server's answer is not valid HTTP."),
)


class FetchError(Exception):
    """A file was not fetched."""


class FetchRefusedError(FetchError):
    """The URL is one that the server does not fetch."""


class FetchFailedError(FetchError):
    """The URL may be fetched, but its server gave no file, or none within the limits."""


@dataclass(frozen=True)
class FetchLimits:
    """What one fetch may take; `total_seconds` is for everything together, `connect_seconds` for each connection."""

    max_bytes: int = 50 << 20
    total_seconds: float = 30
    connect_seconds: float = 5


@dataclass(frozen=True)
class FetchedFile:
    """What was fetched: its size in bytes and, only as a hint, the type that its server said, like `image/png`."""

    size: int
    content_type: str | None


class FetchPolicy:
    """Which URLs are fetched: http and https, from `allowed_hosts`, at public addresses or in `private_networks`.

    `allowed_hosts` are patterns as `HostPattern.parse` takes them (it raises ValueError); without any, nothing is
    fetched. An IP address is only fetched from if it is listed itself.
    """

    def __init__(self, allowed_hosts: Iterable[str], private_networks: Iterable[Network] = ()) -> None:
        self._patterns = tuple(HostPattern.parse(text) for text in allowed_hosts)
        self._private_networks = tuple(private_networks)

    def check(self, text: str, base: URL | None = None) -> URL:
        """Return the URL, which may be relative to `base`, with its host in the one form that was checked.

        Raises FetchRefusedError.
        """
        if not self._patterns:
            raise FetchRefusedError(f"The server fetches nothing by URL; an operator sets {HOSTS_SETTING} for that.")
        url = _parse(text, base)
        if url.scheme not in ("http", "https"):
            raise FetchRefusedError("Only http and https URLs are fetched.")
        if url.raw_user is not None or url.raw_password is not None:
            raise FetchRefusedError("URLs with a user name or password are not fetched.")
        try:
            host = parse_host(url.raw_host or "")
        except ValueError as error:
            raise FetchRefusedError("The URL's host is neither a name nor an IP address in its usual form.") from error
        self._check_host(host, url.port)
        return url.with_host(str(host))

    def permits(self, address: Address) -> bool:
        """Tell whether the server may connect to `address`, whatever name led there."""
        return is_permitted(address, self._private_networks)

    def _check_host(self, host: Address | str, port: int | None) -> None:
        ports = [pattern.port for pattern in self._patterns if pattern.matches(host)]
        if port not in ports and (None not in ports or port not in PORTS):
            raise FetchRefusedError(
                f"The server does not fetch from {host}, port {port}; an operator lists hosts in {HOSTS_SETTING}."
            )
        if not isinstance(host, str) and not self.permits(host):
            raise _not_permitted()


class Fetcher:
    """Downloads files over connections of its own; made while an event loop runs, and to be closed.

    How many run at the same time is up to the caller. Each needs the same little memory, however large its file.
    """

    def __init__(
        self, policy: FetchPolicy, limits: FetchLimits | None = None, resolver: AbstractResolver | None = None
    ) -> None:
        """Ask `resolver` (by default the system's) for the addresses of names; what it says is checked each time."""
        self._policy = policy
        self._limits = limits or FetchLimits()
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                resolver=_PermittedAddresses(policy, resolver or aiohttp.ThreadedResolver()),
                use_dns_cache=False,
                limit=0,
            ),
            timeout=aiohttp.ClientTimeout(connect=self._limits.connect_seconds),
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"User-Agent": USER_AGENT, "Accept-Encoding": "identity"},
            auto_decompress=False,
            trust_env=False,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Close all connections."""
        await self._session.close()

    async def fetch(self, url: str, destination: BinaryIO) -> FetchedFile:
        """Write what is at `url` to `destination`, a local file, as it arrives.

        Raises FetchRefusedError before anything is sent to a host that is not permitted, and FetchFailedError; what
        is in `destination` by then is of no use.
        """
        target = self._policy.check(url)
        try:
            async with asyncio.timeout(self._limits.total_seconds):
                return await self._follow(target, destination)
        except aiohttp.ClientError as error:
            raise FetchFailedError(next(text for kind, text in _FAILURES if isinstance(error, kind))) from error
        except TimeoutError as error:
            raise FetchFailedError(f"The file took longer than {self._limits.total_seconds:g} seconds.") from error

    async def _follow(self, url: URL, destination: BinaryIO) -> FetchedFile:
        for _ in range(MAX_REDIRECTS + 1):
            async with self._session.get(url, allow_redirects=False) as response:
                location = response.headers.get("Location")
                if response.status not in _REDIRECTS or location is None:
                    return await self._save(response, destination)
                url = self._redirected(response.url, location)
        raise FetchFailedError(f"The server redirects more than {MAX_REDIRECTS} times.")

    def _redirected(self, url: URL, location: str) -> URL:
        try:
            return self._policy.check(location, url)
        except FetchRefusedError as error:
            raise FetchRefusedError(
                f"The server redirects to where nothing is fetched from; an operator lists hosts in {HOSTS_SETTING}."
            ) from error

    async def _save(self, response: aiohttp.ClientResponse, destination: BinaryIO) -> FetchedFile:
        if response.status != 200:
            raise FetchFailedError(f"The server answered with status {response.status} instead of a file.")
        if response.headers.get("Content-Encoding", "identity").strip().lower() != "identity":
            raise FetchFailedError("The server sends the file compressed, though asked not to.")
        self._check_size(response.content_length or 0)
        size = 0
        async for chunk in response.content.iter_any():
            size += len(chunk)
            self._check_size(size)
            destination.write(chunk)
        return FetchedFile(size, _media_type(response))

    def _check_size(self, size: int) -> None:
        if size > self._limits.max_bytes:
            raise FetchFailedError(f"The file is larger than {self._limits.max_bytes:,} bytes.")


class _PermittedAddresses(AbstractResolver):
    """Passes on only those of another resolver's addresses that may be connected to.

    The connector connects to exactly what this returns, so a name cannot lead elsewhere once it was checked. It does
    not ask for IP addresses in URLs: these are the policy's to check.
    """

    def __init__(self, policy: FetchPolicy, resolver: AbstractResolver) -> None:
        self._policy = policy
        self._resolver = resolver

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Return the permitted ones of the addresses of `host`; raises FetchRefusedError when there are none."""
        results = await self._resolver.resolve(host, port, family)
        permitted = [result for result in results if self._policy.permits(ip_address(result["host"]))]
        if not permitted:
            raise _not_permitted()
        return permitted

    async def close(self) -> None:
        """Close the other resolver."""
        await self._resolver.close()


def _parse(text: str, base: URL | None) -> URL:
    if len(text) > MAX_URL_CHARS:
        raise FetchRefusedError(f"The URL is longer than {MAX_URL_CHARS:,} characters.")
    try:
        return base.join(URL(text)) if base else URL(text)
    except Exception as error:  # for some, yarl's is an IndexError
        raise FetchRefusedError("The URL cannot be read; it has to be like https://example.org/cat.jpg.") from error


def _media_type(response: aiohttp.ClientResponse) -> str | None:
    # Not aiohttp's own parser: it is the standard library's for mail, and fails for some of what a server may say.
    said = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    return said if _MEDIA_TYPE.fullmatch(said) else None


def _not_permitted() -> FetchRefusedError:
    return FetchRefusedError(
        "The host is at no address that the server may connect to; an operator permits private networks in "
        f"{NETWORKS_SETTING}."
    )
