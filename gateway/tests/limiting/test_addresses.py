"""Addresses that one client has all of are one."""

from ipaddress import IPv6Address, IPv6Network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.limiting.addresses import network_of


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::1", "::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("::ffff:c000:201", "192.0.2.1"),
        (None, "unknown"),
        ("", "unknown"),
        ("a:b", "unknown"),
        ("2001:db8::\x00", "unknown"),
        ("2001:db8::\ud800", "unknown"),
    ],
)
def test_network_of_an_address(address: str | None, network: str) -> None:
    assert network_of(address) == network


@given(st.ip_addresses(v=6).filter(lambda address: isinstance(address, IPv6Address) and not address.ipv4_mapped))
def test_an_ipv6_address_is_its_64_network(address: IPv6Address) -> None:
    assert IPv6Network(network_of(str(address))) == IPv6Network((address, 64), strict=False)
