"""Whatever bytes a client sends, a service gets whole requests only, which the gateway let in and wrote anew."""

import json
import time
from collections.abc import Callable
from typing import Any

import pytest

GET = b"GET /up/a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
POST = b"POST /up/a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
CHUNKED = POST + b"Transfer-Encoding: chunked\r\n\r\n"
HIDDEN = b"GET /up/hidden HTTP/1.1\r\nHost: x\r\n\r\n"

Say = Callable[..., bytes]


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (POST + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
        (POST + b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n", 400),
        *((POST + b"Content-Length: 2\r\nContent-Length: %b\r\n\r\nhi" % other, 400) for other in (b"2", b"3")),
        *(
            (POST + b"Content-Length: %b\r\n\r\nhello" % length, 400)
            for length in (b"+5", b"-5", b"5, 5", b"5,", b"", b"0x5", b"5 5", b"1_0", b"\x0b5", b"9" * 30, b"5\xa0")
        ),
        (POST + b"Content-Length: 9223372036854775807\r\n\r\nhello", 413),
        *(
            (POST + b"Transfer-Encoding: %b\r\n\r\n0\r\n\r\n" % coding, 400)
            for coding in (
                b"xchunked",
                b"chunked, identity",
                b"identity",
                b"",
                b"\x0bchunked",
                b'"chunked"',
                b"chunked;a",
            )
        ),
        (POST + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n", 400),
        (POST + b"Transfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 501),
        (POST + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501),
        (POST + b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n", 400),
        (POST + b"Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n", 400),
        (POST.replace(b"1.1", b"1.0") + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
        *(
            (CHUNKED + size + b"\r\nhi\r\n0\r\n\r\n", 400)
            for size in (b"10000000000000002", b"0x2", b"+2", b"-2", b" 2", b"2 ", b"", b";a", b"2;a\rb", b"2;a\0b")
        ),
        *((CHUNKED + rest, 400) for rest in (b"2;\nxx\r\n0\r\n\r\n", b"2\nhi\r\n0\r\n\r\n", b"2\rhi\r\n0\r\n\r\n")),
        *((GET + line + b"\r\n\r\n", 400) for line in (b"A : b", b"A\t: b", b"A", b": b", b"A(: b", b"A\xc3: b")),
        *((GET + b"A: b%bX-Consumer: root\r\n\r\n" % end, 400) for end in (b"\n", b"\r", b"\r\n ", b"\0", b"\x7f")),
        (GET.replace(b"\r\n", b"\n") + b"\n", 400),
        (b" " + GET + b"\r\n", 400),
        (b"GET /up/a\r\n\r\n", 505),
        *((b"GET /up/a HTTP/%b\r\nHost: x\r\n\r\n" % version, 505) for version in (b"0.9", b"2.0")),
        *((b"GET /up/a HTTP/%b\r\nHost: x\r\n\r\n" % version, 400) for version in (b"1.2", b"1.10", b"3")),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400),
        *((b"%b /up/a HTTP/1.1\r\nHost: x\r\n\r\n" % method, 400) for method in (b"get", b"FOO", b"G\tT")),
        *((b"%b /up/a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n" % m, 501) for m in (b"TRACE", b"SOURCE")),
        *(
            (b"GET %b HTTP/1.1\r\nHost: x\r\n\r\n" % target, 400)
            for target in (b"http://y/up/a", b"http://u@x/up/a", b"ftp://x/up/a", b"x:80", b"*", b"*up/a", b"/up/a#b")
        ),
        (b"CONNECT x:80 HTTP/1.1\r\nHost: x\r\n\r\n", 405),
        (b"GET /up/a HTTP/1.1\r\nConnection: close\r\n\r\n", 400),
        (GET + b"Host: x\r\n\r\n", 400),
        *(
            (b"GET /up/a HTTP/1.1\r\nConnection: close\r\nHost: %b\r\n\r\n" % host, 400)
            for host in (b"a b", b"a, b", b"a@b", b"a/b", b"a:b", b"a:999999", b"<a>", b"\xff", b"[a", b"a\\b")
        ),
        (b"GET /up/" + b"a" * 20_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", 414),
        (GET + b"A: b\r\n" * 300 + b"\r\n", 431),
        (GET + b"A: " + b"b" * 70_000 + b"\r\n\r\n", 431),
        *(
            (b"GET %b HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n" % path, 400)
            for path in (
                *(b"/deep/../a", b"/deep/%2e%2e/a", b"/deep/..\\a", b"/deep/..%5ca", b"/deep/b%2f../../a"),
                *(b"/deep/b/..%2f..%2fa", b"/deep/b%2fc/../../a", b"/deep/..;/a", b"/deep/b//../../a", b"/deep/.."),
            )
        ),
    ],
)
def test_what_can_be_misread_is_refused(attacked: Any, recorder: Any, sent: bytes, status: int, say: Say) -> None:
    before = len(recorder.heads)
    head, _, body = say(attacked, sent + HIDDEN).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 %d " % status)
    assert b"content-type: application/problem+json" in head
    assert json.loads(body)["status"] == status
    assert len(recorder.heads) == before


@pytest.mark.parametrize(
    "rest", [b"2\r\nhiXX0\r\n\r\n", b"2\r\nhi\n0\r\n\r\n", b"2\r\nhi\r\n0\r\nContent-Length: 9\r\n\r\n"]
)
def test_a_body_that_breaks_off_in_its_middle_never_looks_whole(
    attacked: Any, recorder: Any, rest: bytes, say: Say
) -> None:
    whole = len(recorder.bodies)
    assert say(attacked, CHUNKED + rest + HIDDEN).startswith(b"HTTP/1.1 400")
    time.sleep(0.1)
    assert len(recorder.bodies) == whole


@pytest.mark.parametrize(
    ("sent", "body"),
    [
        (POST + b"Content-Length: \t 02 \r\n\r\nhi", b"hi"),
        (GET + b"Content-Length: 2\r\n\r\nhi", b"hi"),
        (CHUNKED + b"2;a=b\r\nhi\r\n0;z\r\n\r\n", b"hi"),
        (CHUNKED + b"0" * 50 + b"2\r\nhi\r\n0\r\nX-Consumer: root\r\nAuthorization: a\r\nHost: y\r\n\r\n", b"hi"),
        (CHUNKED + b"0\r\n\r\n", b""),
        (
            POST.replace(b"close", b"upgrade") + b"Upgrade: h2c\r\nContent-Length: %d\r\n\r\n" % len(HIDDEN) + HIDDEN,
            HIDDEN,
        ),
    ],
)
def test_a_body_arrives_framed_anew(attacked: Any, recorder: Any, sent: bytes, body: bytes, say: Say) -> None:
    say(attacked, sent, until=b"/a")
    assert recorder.bodies[-1] == body
    head = recorder.heads[-1]
    assert b"\r\ncontent-length: %d\r\n" % len(body) in head
    assert head.count(b"\r\nx-consumer: anonymous\r\n") == head.count(b"x-consumer") == 1
    assert b"authorization" not in head


def test_an_absolute_url_of_this_host_is_a_path(attacked: Any, recorder: Any, say: Say) -> None:
    say(attacked, b"GET HTTP://X/up/b?c HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    assert recorder.heads[-1].startswith(b"GET /b?c HTTP/1.1\r\n")
