"""The session's cookie in headers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.sessions.cookies import NAME, SECURE_NAME, find_cookie, set_cookie, without_session

PARTS = [b"flotilla_session", b"__Host-", b"=", b";", b" ", b"\t", b"x"]
COOKIES = st.binary(max_size=200) | st.lists(st.sampled_from(PARTS)).map(b"".join)


@pytest.mark.parametrize(
    ("header", "found"),
    [
        (b"", None),
        (b"a=1; b=2", None),
        (b"flotilla_session=x.y_z-1", (NAME, b"x.y_z-1")),
        (b"a=1;flotilla_session=x;b=2", (NAME, b"x")),
        (b"a=1; \tflotilla_session=x ; b=2", (NAME, b"x")),
        (b"__Host-flotilla_session=x", None),
        (b"flotilla_session=x; __Host-flotilla_session=y", (NAME, b"x")),
        (b"__Host-flotilla_session=x; flotilla_session=y", (NAME, b"y")),
        (b"flotilla_session=; flotilla_session=x", None),
        (b"flotilla_session=x; flotilla_session=y", (NAME, b"x")),
        (b"my_flotilla_session=x", None),
        (b"__host-flotilla_session=x", None),
        (b"__Secure-flotilla_session=x", None),
        (b"a=flotilla_session=x", None),
        (b"flotilla_session=", None),
        (b"__Host-flotilla_session=; flotilla_session=x", (NAME, b"x")),
        (b"flotilla_session=\xff=", (NAME, b"\xff=")),
        (b"flotilla_session=" + b"x" * 1025, None),
    ],
)
def test_the_cookie_is_found_among_others(header: bytes, found: tuple[str, bytes] | None) -> None:
    assert find_cookie(header, https=False) == found


@pytest.mark.parametrize(
    ("header", "found"),
    [
        (b"flotilla_session=x", None),
        (b"__Host-flotilla_session=x", (SECURE_NAME, b"x")),
        (b"flotilla_session=x; a=1; __Host-flotilla_session=y", (SECURE_NAME, b"y")),
        (b"__host-flotilla_session=x; __Secure-flotilla_session=x", None),
        (b"__Host-flotilla_session=; flotilla_session=x", None),
    ],
)
def test_over_https_only_the_one_counts_that_browsers_keep_to_the_host(
    header: bytes, found: tuple[str, bytes] | None
) -> None:
    assert find_cookie(header, https=True) == found


@given(COOKIES, st.booleans())
def test_any_header_is_read(header: bytes, https: bool) -> None:
    found = find_cookie(header, https=https)
    assert found is None or found[0].encode() + b"=" + found[1] in header


@pytest.mark.parametrize(
    ("header", "kept"),
    [
        (b"", b""),
        (b"a=1; b=2", b"a=1; b=2"),
        (b"flotilla_session=x", b""),
        (b"a=1; flotilla_session=x; b=2", b"a=1; b=2"),
        (b"flotilla_session=x; a=1;__Host-flotilla_session = y;flotilla_session", b"a=1"),
        (b"my_flotilla_session=x; a=flotilla_session", b"my_flotilla_session=x; a=flotilla_session"),
    ],
)
def test_services_do_not_see_the_cookie(header: bytes, kept: bytes) -> None:
    assert without_session(header) == kept


@given(COOKIES, st.booleans())
def test_no_session_is_left(header: bytes, https: bool) -> None:
    assert find_cookie(without_session(header), https=https) is None


def test_a_cookie_is_for_the_browser_alone() -> None:
    plain = "flotilla_session=x; HttpOnly; SameSite=Lax; Path=/; Max-Age=60"
    assert set_cookie("x", seconds=60, https=False) == plain
    assert set_cookie("x", seconds=60, https=True) == f"__Host-{plain}; Secure"
