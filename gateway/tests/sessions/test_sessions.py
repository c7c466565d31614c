"""Sessions begin with a key and end with it, or in time."""

from collections.abc import Callable
from typing import Any

import pytest

from gateway.sessions.sessions import Sessions
from shared.errors import ProblemError


def header_of(set_cookie: str) -> bytes:
    """Return what the browser sends for it."""
    return set_cookie.partition(";")[0].encode()


def sign_in(sessions: Sessions, ring: Any, *, https: bool = False) -> bytes:
    return header_of(sessions.begin(ring.text, https=https)[1])


@pytest.mark.parametrize("https", [False, True])
def test_whoever_signs_in_is_known_afterwards(sessions: Sessions, ring: Any, clock: Any, https: bool) -> None:
    session, cookie = sessions.begin(ring.text, https=https)
    assert session.consumer == ring.consumer
    assert session.expires_at == int(clock()) + 12 * 3600
    assert "Max-Age=43200" in cookie
    assert cookie.startswith("__Host-") == https
    assert ring.text not in cookie
    for _ in range(2):
        assert sessions.find(b"theme=dark; " + header_of(cookie), https=https) == session
        assert sessions.consumer(header_of(cookie), https=https) == ring.consumer
        assert sessions.consumer(header_of(cookie), https=not https) is None


def test_a_wrong_key_begins_nothing(sessions: Sessions) -> None:
    with pytest.raises(ProblemError, match="not known"):
        sessions.begin("flt_wrong", https=False)


def test_a_revoked_key_ends_its_sessions_at_once(sessions: Sessions, ring: Any) -> None:
    cookie = sign_in(sessions, ring)
    assert sessions.consumer(cookie, https=False)
    ring.revoked = True
    assert sessions.consumer(cookie, https=False) is None


def test_a_session_ends_in_time(make_sessions: Callable[..., Sessions], ring: Any, clock: Any) -> None:
    cookie = sign_in(make_sessions(), ring)
    known, other = make_sessions(), make_sessions()
    clock.seconds += 12 * 3600 - 1
    assert known.consumer(cookie, https=False)
    clock.seconds += 1
    assert known.consumer(cookie, https=False) is None
    assert other.consumer(cookie, https=False) is None


def test_a_session_says_that_it_ends_with_its_key_where_that_is_sooner(
    sessions: Sessions, ring: Any, clock: Any
) -> None:
    ring.ends = clock.seconds + 3600
    session, cookie = sessions.begin(ring.text, https=False)
    assert session.expires_at == ring.ends
    assert sessions.find(header_of(cookie), https=False) == session
    ring.ends = clock.seconds + 13 * 3600
    session, cookie = sessions.begin(ring.text, https=False)
    assert session.expires_at == int(clock()) + 12 * 3600


def test_gateways_with_the_same_secret_share_sessions(
    make_sessions: Callable[..., Sessions], ring: Any, clock: Any
) -> None:
    cookie = sign_in(make_sessions(), ring)
    clock.seconds -= 59
    assert make_sessions().consumer(cookie, https=False), "clocks differ a little"
    assert make_sessions(secret=b"another secret, as long as a digest").consumer(cookie, https=False) is None


def test_a_cookie_from_the_future_is_not_accepted(sessions: Sessions, ring: Any, clock: Any) -> None:
    cookie = sign_in(sessions, ring)
    clock.seconds -= 3600
    assert sessions.consumer(cookie, https=False) is None


def test_a_cookie_counts_under_its_own_name_only(sessions: Sessions, ring: Any) -> None:
    plain, secure = sign_in(sessions, ring), sign_in(sessions, ring, https=True)
    for https in (False, True):
        assert sessions.consumer(b"__Host-" + plain, https=https) is None
        assert sessions.consumer(secure.removeprefix(b"__Host-"), https=https) is None


def test_any_bit_that_is_changed_ends_the_session(sessions: Sessions, ring: Any) -> None:
    cookie = sign_in(sessions, ring)
    for position in range(len(cookie)):
        for bit in range(8):
            changed = bytearray(cookie)
            changed[position] ^= 1 << bit
            assert sessions.consumer(bytes(changed), https=False) is None, (position, bit)


@pytest.mark.parametrize(
    "value", [b"", b".", b"..", b"a.b.c", b"azdmcTJt", b"A.AAAA.A", b"-", b"x" * 1024, b"\xff.\xff.\xff", b'"a"']
)
def test_what_was_never_signed_is_nobodys(sessions: Sessions, value: bytes) -> None:
    for name, https in ((b"flotilla_session=", False), (b"__Host-flotilla_session=", True)):
        assert sessions.consumer(name + value, https=https) is None


def test_whatever_id_a_credential_has_it_comes_back(sessions: Sessions, ring: Any) -> None:
    ring.consumer = type(ring.consumer)("ada", "jwt:ada@example.org; Path=/ü", ring.consumer.scopes)
    assert sessions.consumer(sign_in(sessions, ring), https=False) == ring.consumer


@pytest.mark.parametrize("hours", [0, -1, 721, float("nan"), float("inf")])
def test_a_session_has_a_life(make_sessions: Callable[..., Sessions], hours: float) -> None:
    with pytest.raises(ValueError, match="cannot last"):
        make_sessions(hours=hours)


def test_a_short_secret_is_refused(make_sessions: Callable[..., Sessions]) -> None:
    with pytest.raises(ValueError, match="has 31 bytes; 32 are the least"):
        make_sessions(secret=bytes(31))
