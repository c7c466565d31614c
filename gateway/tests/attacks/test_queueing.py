"""Requests sent ahead of their answers: each answer is to its own request, and there is an end to them."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

GET = b"GET /up/a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
POST = b"POST /up/a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
CHUNKED = POST + b"Transfer-Encoding: chunked\r\n\r\n"
HIDDEN = b"GET /up/hidden HTTP/1.1\r\nHost: x\r\n\r\n"

Say = Callable[..., bytes]


def answers(said: bytes) -> list[tuple[int, str]]:
    """Return each answer's status with its body, or with a problem's title."""
    found = []
    while said:
        head, _, said = said.partition(b"\r\n\r\n")
        length = int(re.findall(rb"content-length: (\d+)", head)[0])
        body, said = said[:length].decode(), said[length:]
        found.append((int(head.split()[1]), json.loads(body)["title"] if body.startswith("{") else body))
    return found


@pytest.mark.parametrize("last", [b"GET / HTTP/9\r\n\r\n", b"\0", GET + b"A\0\r\n\r\n", CHUNKED + b"z\r\n"])
def test_every_answer_is_to_its_own_request(attacked: Any, last: bytes, say: Say) -> None:
    ask = b"GET /up/%b HTTP/1.1\r\nHost: x\r\n\r\n"
    post = b"POST /nowhere HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % len(HIDDEN) + HIDDEN
    said = say(attacked, ask % b"slow" + post + ask % b"b" + last)
    assert answers(said) == [(200, "/slow"), (404, "Not Found"), (200, "/b"), (400, "Bad Request")]


def test_garbage_in_mid_answer_does_not_get_into_the_answer(attacked: Any, say: Say) -> None:
    said = say(attacked, b"GET /up/slow HTTP/1.1\r\nHost: x\r\n\r\n", b"\0\0\0")
    assert answers(said) == [(200, "/slow"), (400, "Bad Request")]


@pytest.mark.parametrize("wish", [b"", b"Connection: upgrade\r\nUpgrade: h2c\r\n"])
def test_thousands_of_requests_ahead_of_the_answers_are_too_many(
    attacked: Any, recorder: Any, wish: bytes, say: Say
) -> None:
    before = len(recorder.heads)
    said = answers(say(attacked, (b"GET /up/a HTTP/1.1\r\nHost: x\r\n" + wish + b"\r\n") * 2000))
    assert said[-1] == (429, "Too Many Requests")
    assert said[:-1] == [(200, "/a")] * (len(said) - 1)
    assert len(recorder.heads) - before == len(said) - 1 <= 101
