"""An upstream that swallows a body of any size and says how long it was: `python -m benchmarks.gateway.sink PORT`.

It reads sockets directly, since a server of HTTP in Python would be slower than the proxies in front of it.
"""

import re
import socket
import sys
import threading
from typing import Final

BLOCK: Final = 1 << 20
_LENGTH: Final = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


def main() -> None:
    """Serve until killed."""
    with socket.create_server(("127.0.0.1", int(sys.argv[1])), backlog=128) as listener:
        while True:
            connection, _ = listener.accept()
            threading.Thread(target=_serve, args=(connection,), daemon=True).start()


def _serve(connection: socket.socket) -> None:
    with connection:
        buffer = bytearray(BLOCK)
        while head := _head(connection):
            head, _, rest = head.partition(b"\r\n\r\n")
            found = _LENGTH.search(head)
            length = int(found[1]) if found else 0
            left = length - len(rest)
            while left > 0 and (size := connection.recv_into(buffer, min(left, BLOCK))):
                left -= size
            body = b"%d" % (length - left)
            connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n%b" % (len(body), body))


def _head(connection: socket.socket) -> bytes:
    """Return a head with what came of the body behind it, nothing at the end of the connection."""
    head = b""
    while b"\r\n\r\n" not in head:
        part = connection.recv(65536)
        if not part:
            return b""
        head += part
    return head


if __name__ == "__main__":
    main()
