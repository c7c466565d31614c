"""An answer is the same however it is cut into segments, and what is no answer is refused."""

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.wire.errors import BrokenError
from gateway.wire.parsing import MAX_HEAD_BYTES, AnswerParser

OK = b"HTTP/1.1 200 OK\r\n"


def consume(parser: AnswerParser, said: bytes) -> None:
    """Feed it in small segments."""
    for start in range(0, len(said), 1000):
        parser.feed(said[start : start + 1000])


def parsed(*segments: bytes, bodiless: bool = False, upgrade: bool = False) -> AnswerParser:
    parser = AnswerParser()
    parser.begin(bodiless=bodiless, upgrade=upgrade)
    for segment in segments:
        parser.feed(segment)
    return parser


token = st.text("abcdefghijklmnopqrstuvwxyzABC0123456789!#$%&'*+-.^_`|~", min_size=1, max_size=12).map(str.encode)
value = st.binary(max_size=20).map(lambda raw: bytes(byte for byte in raw if byte > 0x1F and byte != 0x7F).strip())
fields = st.lists(st.tuples(token.map(lambda name: b"x-" + name), value), max_size=6)


@dataclass(frozen=True)
class Said:
    """An answer as bytes, head (with what comes before it) and rest, and what it means."""

    head: bytes
    rest: bytes
    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes


@st.composite
def answers(draw: st.DrawFn) -> Said:
    status = draw(st.sampled_from([200, 201, 299, 304, 404, 418, 503, 204]))
    headers, parts = draw(fields), draw(st.lists(st.binary(min_size=1, max_size=300), max_size=4))
    body = b"".join(parts)
    if status in (204, 304):
        framing, rest, body = [], b"", b""
    elif draw(st.booleans()):
        framing, rest = [(b"Content-Length", b"%d" % len(body))], body
    else:
        framing = [(b"Transfer-Encoding", b"chunked")]
        rest = b"".join(b"%x;ext=1\r\n%b\r\n" % (len(part), part) for part in parts)
        rest += b"0\r\n" + b"".join(b"%b: %b\r\n" % trailer for trailer in draw(fields)) + b"\r\n"
    interim = b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" * draw(st.integers(0, 2))
    head = b"HTTP/1.1 %d Any\r\n" % status + b"".join(b"%b: %b\r\n" % field for field in headers + framing)
    return Said(interim + head + b"\r\n", rest, status, headers + framing, body)


def in_lower_case(headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    return [(name.lower(), value) for name, value in headers]


@given(answers(), st.data())
def test_any_cut_gives_the_same_answer(answer: Said, data: st.DataObject) -> None:
    said = answer.head + answer.rest
    cuts = sorted(data.draw(st.lists(st.integers(0, len(said)), max_size=8)))
    parser = parsed(*(said[start:end] for start, end in zip([0, *cuts], [*cuts, len(said)], strict=True)))
    assert (parser.complete, parser.reusable) == (True, True)
    assert (parser.status, b"".join(parser.parts)) == (answer.status, answer.body)
    assert parser.headers == in_lower_case(answer.headers)


@given(answers(), st.data())
def test_an_answer_to_head_has_no_body(answer: Said, data: st.DataObject) -> None:
    cut = data.draw(st.integers(0, len(answer.head)))
    parser = parsed(answer.head[:cut], answer.head[cut:], bodiless=True)
    assert (parser.complete, parser.reusable) == (True, True)
    assert (parser.status, parser.parts) == (answer.status, [])
    assert parser.headers == in_lower_case(answer.headers)
    assert not parsed(answer.head[:cut], answer.head[cut:] + b"x", bodiless=True).reusable


@pytest.mark.parametrize(
    "said",
    [
        b"SSH-2.0-OpenSSH\r\n",
        b"HTTP/1.1 20 OK\r\n\r\n",
        b"HTTP/1.1 999 OK\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 099 OK\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\nContent-Length: 0\r\n\r\n",
        OK + b"A: 1\r\n folded\r\nContent-Length: 0\r\n\r\n",
        OK + b"A : 1\r\nContent-Length: 0\r\n\r\n",
        OK + b"A\0: 1\r\nContent-Length: 0\r\n\r\n",
        OK + b"A: a\0b\r\nContent-Length: 0\r\n\r\n",
        OK + b"A: a\x1fb\r\nContent-Length: 0\r\n\r\n",
        OK + b"A: a\rb\r\nContent-Length: 0\r\n\r\n",
        OK + b"A: a\nB: b\r\nContent-Length: 0\r\n\r\n",
        OK + b"Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        OK + b"Transfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n0\r\n\r\n",
        OK + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nxx",
        OK + b"Content-Length: 1, 2\r\n\r\nxx",
        OK + b"Content-Length: -1\r\n\r\nxx",
        OK + b"Content-Length: 99999999999999999999999\r\n\r\nxx",
        OK + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        OK + b"Transfer-Encoding: gzip\r\n\r\nxx",
        OK + b"Transfer-Encoding: xchunked\r\n\r\nxx",
        OK + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        OK + b"Transfer-Encoding: chunked\r\n\r\n0x1\r\na\r\n0\r\n\r\n",
        OK + b"Transfer-Encoding: chunked\r\n\r\n1\r\nab\r\n0\r\n\r\n",
        OK + b"Transfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n",
        b"HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n",
        b"HTTP/1.1 104 Any\r\nContent-Length: 3\r\n\r\nabc" + OK,
    ],
)
@pytest.mark.parametrize("cut", [1, 10, 1000])
def test_what_is_no_answer_is_refused(said: bytes, cut: int) -> None:
    with pytest.raises(BrokenError):
        parsed(said[:cut], said[cut:])


@pytest.mark.parametrize("said", [b"A: 1\r\n", b"A: " + b"a" * 100])
def test_a_head_without_end_is_refused(said: bytes) -> None:
    with pytest.raises(BrokenError, match="65,536"):
        parsed(OK, *[said] * MAX_HEAD_BYTES)


def test_interim_answers_without_end_are_refused() -> None:
    with pytest.raises(BrokenError, match="65,536"):
        parsed(*[b"HTTP/1.1 100 Continue\r\n\r\n"] * MAX_HEAD_BYTES)


def test_a_trailer_without_end_is_refused() -> None:
    parser = parsed(OK + b"Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n")
    parser.parts = []
    with pytest.raises(BrokenError, match="65,536"):
        consume(parser, b"A: 1\r\n" * MAX_HEAD_BYTES)


@pytest.mark.parametrize(
    "rest", [b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfake", b"x", b"H", b"\0", b"\r\n\r\nHTTP/1.1 200 OK\r\n\r\n"]
)
@pytest.mark.parametrize(
    "framing", [b"Content-Length: 2\r\n\r\nok", b"Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"]
)
def test_bytes_after_the_answer_spend_the_connection(rest: bytes, framing: bytes) -> None:
    parser = parsed(OK + framing + rest)
    assert (parser.status, b"".join(parser.parts)) == (200, b"ok")
    assert (parser.complete, parser.reusable) == (True, False)


@pytest.mark.parametrize(
    ("said", "reusable"),
    [
        (OK + b"Content-Length: 0\r\n\r\n", True),
        (OK + b"Content-Length: 0\r\nConnection: Close\r\n\r\n", False),
        (OK + b"Content-Length: 0\r\nConnection: x, close\r\n\r\n", False),
        (b"HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n", False),
        (b"HTTP/1.0 200 OK\r\nContent-Length: 0\r\nConnection: keep-alive\r\n\r\n", True),
        (b"HTTP/1.1 204 No Content\r\n\r\n", True),
        (b"HTTP/1.1 304 Not Modified\r\nContent-Length: 999\r\n\r\n", True),
        (b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n" + OK + b"Content-Length: 0\r\n\r\n", True),
    ],
)
def test_whether_the_connection_is_kept(said: bytes, reusable: bool) -> None:
    parser = parsed(said)
    assert (parser.complete, parser.reusable) == (True, reusable)


@pytest.mark.parametrize(
    ("said", "reusable"), [(b"", True), (b"Connection: close\r\n", False), (b"Content-Length: 5\r\n", True)]
)
def test_whether_the_connection_is_kept_after_head(said: bytes, reusable: bool) -> None:
    parser = parsed(OK + said + b"\r\n", bodiless=True)
    assert (parser.complete, parser.reusable) == (True, reusable)
    parser.begin(bodiless=False, upgrade=False)
    parser.feed(OK + b"Content-Length: 1\r\n\r\nx")
    assert (parser.complete, parser.parts) == (True, [b"x"])


def test_an_answer_without_a_length_goes_on_until_the_connection_ends() -> None:
    parser = parsed(OK + b"\r\nso", b"me")
    assert (parser.complete, b"".join(parser.parts)) == (False, b"some")
    assert parser.ends_with_connection()
    assert not parser.reusable


@pytest.mark.parametrize("framing", [b"Content-Length: 9", b"Transfer-Encoding: chunked"])
def test_an_answer_with_a_length_does_not_end_with_the_connection(framing: bytes) -> None:
    assert not parsed(OK + framing + b"\r\n\r\n5\r\nab").ends_with_connection()
    assert not parsed(OK + framing).ends_with_connection()
    assert not parsed(b"HTTP/1.1 100 Continue\r\n\r\n").ends_with_connection()


@given(st.integers(0, 59))
def test_what_follows_a_101_is_kept_for_the_tunnel(cut: int) -> None:
    said = b"HTTP/1.1 101 Go\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n\x81\x05early"
    parser = parsed(said[:cut], said[cut:], upgrade=True)
    assert (parser.complete, parser.status, parser.early) == (True, 101, b"\x81\x05early")


def test_patience_of_the_instance_is_noted() -> None:
    assert parsed(OK + b"Keep-Alive: max=9, timeout=5\r\nContent-Length: 0\r\n\r\n").patience == 5
    assert parsed(OK + b"Keep-Alive: whatever\r\nContent-Length: 0\r\n\r\n").patience is None
