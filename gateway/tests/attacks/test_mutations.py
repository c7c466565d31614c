"""A service sees no request that the gateway has not itself admitted, however requests are cut up and mixed."""

import re
import select
import socket
import time
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

HIDDEN = b"GET /up/hidden HTTP/1.1\r\nHost: x\r\n\r\n"
PAIR = (
    b"POST /up/one HTTP/1.1\r\nHost: x\r\nContent-Length: 36\r\nX-Consumer: root\r\n\r\n" + HIDDEN,
    b"POST /up/two HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n24\r\n" + HIDDEN + b"\r\n0\r\n\r\n",
    b"GET /up/three HTTP/1.1\r\nHost: x\r\nX_Consumer: root\r\n\r\n",
)
LINES = [b"Transfer-Encoding: chunked\r\n", b"Content-Length: 3\r\n", b"X-Consumer: root\r\n", b"Upgrade: h2c\r\n"]
MARKS = [b"", *(b"%c" % mark for mark in b"\r\n \t\0:,_01;\x0b\xff"), b"\r\n", b"\r\n\r\n"]


@settings(max_examples=150, deadline=None)
@given(
    st.permutations(PAIR),
    st.lists(
        st.tuples(st.integers(0, 300), st.integers(0, 3), st.sampled_from([*MARKS, *LINES, HIDDEN])),
        min_size=1,
        max_size=4,
    ),
)
@example(list(PAIR), [(0, 0, b"")])
def test_no_mutation_brings_a_request_past_the_gateway(
    attacked: Any, recorder: Any, order: list[bytes], cuts: list[tuple[int, int, bytes]]
) -> None:
    sent = b"".join(order)
    for at, dropped, added in cuts:
        sent = sent[:at] + added + sent[at + dropped :]
    recorder.heads.clear()
    with socket.create_connection(attacked.address, timeout=5) as connection:
        connection.sendall(sent)
        select.select([connection], [], [], 0.2)
        time.sleep(0.005)
    ids = [re.findall(rb"\r\nx-request-id: ([^\r]+)", head) for head in recorder.heads]
    assert all(len(found) == 1 for found in ids)
    assert len({found[0] for found in ids}) == len(ids)
    for head in recorder.heads:
        assert re.findall(rb"\r\nx.consumer: ([^\r]*)", head) == [b"anonymous"]
        assert head.count(b"\r\nx-forwarded-for: 127.0.0.1\r\n") == 1
