"""A request asks this server, and for a path."""

import pytest

from shared.errors import ProblemError
from shared.request_line import MAX_PATH_BYTES, origin_form

HOST = [(b"host", b"Example.org:80")]


@pytest.mark.parametrize(
    ("target", "path"),
    [
        (b"/a//b/../c?d=/?", b"/a//b/../c?d=/?"),
        (b"http://example.org:80/a?b", b"/a?b"),
        (b"HTTPS://EXAMPLE.ORG:80", b"/"),
        (b"http://example.org:80?a", b"/?a"),
        (b"/" + b"a" * (MAX_PATH_BYTES - 1), b"/" + b"a" * (MAX_PATH_BYTES - 1)),
        (b"/?" + b"a" * MAX_PATH_BYTES, b"/?" + b"a" * MAX_PATH_BYTES),
    ],
)
def test_a_target_becomes_a_path(target: bytes, path: bytes) -> None:
    assert origin_form(target, "GET", HOST) == path


def test_an_asterisk_is_for_options_alone() -> None:
    assert origin_form(b"*", "OPTIONS", HOST) == b"*"
    with pytest.raises(ProblemError, match="begins with a slash"):
        origin_form(b"*", "GET", HOST)


@pytest.mark.parametrize(
    ("target", "method", "status"),
    [
        (b"http://evil/a", "GET", 400),
        (b"http://example.org/a", "GET", 400),
        (b"http://user@example.org:80/a", "GET", 400),
        (b"ftp://example.org:80/a", "GET", 400),
        (b"http:///a", "GET", 400),
        (b"*a", "OPTIONS", 400),
        (b"example.org:80", "GET", 400),
        (b"/a#b", "GET", 400),
        (b"example.org:80", "CONNECT", 405),
        (b"/" + b"a" * MAX_PATH_BYTES, "GET", 414),
    ],
)
def test_other_targets_are_refused(target: bytes, method: str, status: int) -> None:
    with pytest.raises(ProblemError) as refused:
        origin_form(target, method, HOST)
    assert refused.value.status == status
