"""Which hosts and IP addresses the server may connect to, however a URL or the DNS spells them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final, Self, TypeAlias

from yarl import URL

Address: TypeAlias = IPv4Address | IPv6Address
Network: TypeAlias = IPv4Network | IPv6Network

MAX_NAME_CHARS: Final = 253
"""Of a DNS name without its last dot, as RFC 1035 limits it."""

_NAME: Final = re.compile(r"[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*")
_NOT_IN_A_PATTERN: Final = frozenset("/?#@")
_LAST_LABEL_IS_A_NUMBER: Final = re.compile(r"(.*\.)?([0-9]+|0x[0-9a-f]*)")


def _networks(*texts: str) -> tuple[Network, ...]:
    return tuple(ip_network(text) for text in texts)


_NEVER: Final = _networks(
    "0.0.0.0/8", "::/128",  # this machine, by another name
    "169.254.0.0/16", "fe80::/10",  # link-local, with most clouds' metadata
    "192.0.0.0/24", "100.100.100.200/32", "168.63.129.16/32",  # metadata of Oracle, Alibaba and Azure
    "fd00:ec2::/32", "fd20:ce::254/128", "fd00:42::42/128",  # metadata of Amazon, Google and Scaleway
    "224.0.0.0/4", "ff00::/8",  # multicast
    "2002::/16", "2001::/32",  # 6to4 and Teredo: tunnels to whatever IPv4 address is inside of them
)  # fmt: skip
"""Not even an operator's list of private networks opens these."""

_TAKEN_FOR_PUBLIC: Final = _networks("192.88.99.0/24", "2001::/23", "2001:db8::/32", "3ffe::/16", "3fff::/20")
"""What `ipaddress` of one Python version or another calls global; see IANA's special-purpose address registries."""

_GLOBAL_UNICAST: Final = IPv6Network("2000::/3")
_NAT64: Final = IPv6Network("64:ff9b::/96")
_IPV4_MASK: Final = 0xFFFFFFFF


def is_permitted(address: Address, private_networks: Iterable[Network] = ()) -> bool:
    """Tell whether the server may connect to `address`: a public one, or one in `private_networks`.

    An IPv4 address inside of an IPv6 one (mapped, or for RFC 6052's well-known NAT64 prefix) counts as itself. A NAT64
    prefix of the network's own (RFC 6052, 2.2) cannot be told from other addresses.
    """
    if isinstance(address, IPv6Address) and address.scope_id:
        return False
    address = _without_wrapping(address)
    if _is_in(address, _NEVER):
        return False
    return _is_public(address) or _is_in(address, private_networks)


def parse_host(host: str) -> Address | str:
    """Return the IP address that `host` is, or the DNS name: lower case, IDNA-encoded, without a dot at its end.

    `host` is as yarl's `raw_host` gives it. Raises ValueError for what is neither, and for IPv4 addresses in any other
    form than four decimal numbers: what `0x7f.1` or `017700000001` mean depends on who reads them.
    """
    name = host.removesuffix(".")
    if ":" in name or _LAST_LABEL_IS_A_NUMBER.fullmatch(name):
        return ip_address(name)
    if len(name) > MAX_NAME_CHARS or not _NAME.fullmatch(name):
        raise ValueError(f"{host!r} is not the name of a host")
    return name


@dataclass(frozen=True)
class HostPattern:
    """An entry of the allow-list: a host or, with `subdomains`, all names below it but not itself."""

    host: Address | str
    subdomains: bool
    port: int | None

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the pattern that `text` is: `images.example.org`, `*.example.org`, `[2606:4700::1]`, each with
        `:port` or without. Raises ValueError for anything else."""
        rest = text.strip().removeprefix("*.")
        subdomains = rest != text.strip()
        if not _NOT_IN_A_PATTERN.isdisjoint(rest):
            raise _not_a_pattern(text)
        try:
            url = URL(f"//{rest}")
            host = parse_host(url.raw_host or "")
        except ValueError as error:
            raise _not_a_pattern(text) from error
        if subdomains and not isinstance(host, str):
            raise _not_a_pattern(text)
        return cls(host, subdomains, url.explicit_port)

    def matches(self, host: Address | str) -> bool:
        """Tell whether `host`, as `parse_host` returns it, is meant; the port is not looked at."""
        if self.subdomains:
            return isinstance(host, str) and host.endswith(f".{self.host}")
        return host == self.host


def _without_wrapping(address: Address) -> Address:
    if isinstance(address, IPv6Address) and address in _NAT64:
        return IPv4Address(int(address) & _IPV4_MASK)
    return (isinstance(address, IPv6Address) and address.ipv4_mapped) or address


def _is_public(address: Address) -> bool:
    if isinstance(address, IPv6Address) and address not in _GLOBAL_UNICAST:
        return False
    return address.is_global and not address.is_reserved and not _is_in(address, _TAKEN_FOR_PUBLIC)


def _is_in(address: Address, networks: Iterable[Network]) -> bool:
    return any(address in network for network in networks)


def _not_a_pattern(text: str) -> ValueError:
    return ValueError(f"{text!r} is not a host like images.example.org, *.example.org or images.example.org:8443")
