"""A request's head says what is meant, once."""

import re
from collections.abc import AsyncIterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.wire.errors import UnsendableError
from gateway.wire.heads import Header, RequestBody, request_head

HOST = (b"host", b"x")


async def stream() -> AsyncIterator[bytes]:
    yield b"part"


def test_a_head_without_a_body_is_not_framed() -> None:
    head, length = request_head(b"GET", b"/a?b", [HOST, (b"x-a", b"1")], None)
    assert head == b"GET /a?b HTTP/1.1\r\nhost: x\r\nx-a: 1\r\n\r\n"
    assert length == 0


def test_a_head_without_headers_is_a_line() -> None:
    assert request_head(b"GET", b"/", [], None) == (b"GET / HTTP/1.1\r\n\r\n", 0)


def test_the_length_of_bytes_is_added() -> None:
    assert request_head(b"PUT", b"/", [HOST], b"12345")[0].endswith(b"\r\ncontent-length: 5\r\n\r\n")
    assert request_head(b"PUT", b"/", [HOST], b"")[0].endswith(b"\r\ncontent-length: 0\r\n\r\n")


@pytest.mark.parametrize(("name", "value"), [(b"content-length", b"5"), (b"Content-Length", b"5 \t")])
def test_a_length_that_is_given_holds(name: bytes, value: bytes) -> None:
    head, length = request_head(b"PUT", b"/", [HOST, (name, value)], b"12345")
    assert head.lower().count(b"content-length") == 1
    assert length == 5


def test_an_iterator_goes_in_chunks_unless_its_length_is_given() -> None:
    head, length = request_head(b"PUT", b"/", [HOST], stream())
    assert head.endswith(b"\r\ntransfer-encoding: chunked\r\n\r\n")
    assert length is None
    head, length = request_head(b"PUT", b"/", [HOST, (b"content-length", b"7")], stream())
    assert b"transfer-encoding" not in head
    assert length == 7


@pytest.mark.parametrize(
    ("method", "target", "headers", "body"),
    [
        (b"GET", b"/ HTTP/1.1\r\nx: y", [HOST], None),
        (b"GET", b"/a b", [HOST], None),
        (b"GET /", b"/", [HOST], None),
        (b"GET", b"/", [(b"a", b"1\r\nb: 2")], None),
        (b"GET", b"/", [(b"a", b"1\nb: 2")], None),
        (b"GET", b"/", [(b"a", b"1\r")], None),
        (b"GET", b"/", [(b"a\r\nb", b"1")], None),
        (b"GET", b"/", [(b"a", b"\0")], None),
        (b"PUT", b"/", [(b"transfer-encoding", b"chunked")], None),
        (b"PUT", b"/", [(b"Transfer-Encoding", b"gzip")], b"12"),
        (b"PUT", b"/", [(b"content-length", b"3")], b"12"),
        (b"PUT", b"/", [(b"content-length", b"3")], None),
        (b"PUT", b"/", [(b"content-length", b"2, 2")], b"12"),
        (b"PUT", b"/", [(b"content-length", b"+2")], b"12"),
        (b"PUT", b"/", [(b"content-length", b"2"), (b"content-length", b"2")], b"12"),
    ],
)
def test_what_would_be_read_as_another_request_is_not_sent(
    method: bytes, target: bytes, headers: list[Header], body: RequestBody
) -> None:
    with pytest.raises(UnsendableError):
        request_head(method, target, headers, body)


@given(st.lists(st.tuples(st.binary(max_size=4), st.binary(max_size=4)), max_size=4), st.binary(max_size=3))
def test_a_head_has_a_line_for_each_header_or_is_not_sent(headers: list[Header], target: bytes) -> None:
    try:
        head, _ = request_head(b"GET", b"/" + target, headers, None)
    except UnsendableError:
        assert re.search(rb"[\r\n\0 ]", b"".join(map(b"".join, headers)) + target)
    else:
        lines = head.split(b"\r\n")
        assert lines[1:-2] == [b"%b: %b" % header for header in headers]
        assert not re.search(rb"[\r\n\0]", b"".join(lines))
