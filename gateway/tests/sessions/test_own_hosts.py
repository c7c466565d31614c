"""Under which names a gateway that asks nobody answers."""

import pytest

from gateway.sessions.own_hosts import OwnHosts
from shared.errors import ProblemError


@pytest.fixture
def own() -> OwnHosts:
    return OwnHosts(["fleet.Example", "x"])


@pytest.mark.parametrize(
    "host",
    [
        *(b"localhost", b"localhost:8000", b"LOCALHOST", b"localhost.", b"a.b.localhost:1", b"127.0.0.1:8000"),
        *(b"127.0.0.1", b"192.0.2.1", b"[::1]", b"[::1]:8000", b"FLEET.example:8000", b"fleet.example.", b"x"),
    ],
)
def test_addresses_and_local_and_listed_names_are_its_own(own: OwnHosts, host: bytes) -> None:
    own.check([host])


def test_a_program_may_leave_it_out(own: OwnHosts) -> None:
    own.check([])


@pytest.mark.parametrize(
    "host",
    [
        *(b"evil.example", b"evil.example:8000", b"localhost.evil.example", b"evillocalhost", b"127.0.0.1.example"),
        *(b"a.fleet.example", b"fleet.example.evil", b"y", b"", b":8000", b"localhost.."),
    ],
)
def test_a_name_that_anybody_can_point_here_is_not(own: OwnHosts, host: bytes) -> None:
    with pytest.raises(ProblemError, match="GATEWAY_HOSTS") as caught:
        own.check([host])
    assert caught.value.status == 421
