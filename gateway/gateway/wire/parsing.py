"""Answers of HTTP/1.1 as they come in, one after the other on a connection (RFC 9112), with llhttp at its strictest."""

import re
from typing import Final

from httptools import HttpParserError, HttpParserUpgrade, HttpResponseParser

from gateway.wire.errors import BrokenError
from gateway.wire.heads import Header

MAX_HEAD_BYTES: Final = 64 << 10
"""Of what comes without a byte of a body: heads, trailers, sizes of chunks; one read of the socket may bring more."""
_NOTED: Final = frozenset({b"connection", b"content-length", b"keep-alive", b"transfer-encoding"})
_TIMEOUT: Final = re.compile(rb"timeout=(\d{1,6})\b", re.IGNORECASE)
_END_OF_HEAD: Final = b"\r\n\r\n"


class AnswerParser:
    """What is known of the answer so far; `parts` is for the reader to take and to replace.

    llhttp itself refuses folded lines, control characters, Content-Length twice or beside Transfer-Encoding, line
    ends other than CR LF, and sizes that are no numbers.
    """

    def __init__(self) -> None:
        self._parser = HttpResponseParser(self)
        self.patience: int | None = None
        self.begin(bodiless=False, upgrade=False)

    def begin(self, *, bodiless: bool, upgrade: bool) -> None:
        """Expect an answer: without a body whatever it says, if `bodiless` (HEAD); a 101 perhaps, if `upgrade`."""
        self.status = 0
        self.headers: list[Header] = []
        self.parts: list[bytes] = []
        self.complete = False
        self.reusable = False
        self.heard = False
        self.early = b""
        self._bodiless = bodiless
        self._upgrade = upgrade
        self._framed = False
        self._tokens = b""
        self._barren = 0
        self._heads = b""

    def feed(self, data: bytes) -> None:
        """Parse `data`; raises BrokenError for what is no answer."""
        self.heard = True
        try:
            if self._bodiless:
                self._feed_heads(data)
            else:
                self._parser.feed_data(data)
        except HttpParserUpgrade as pause:
            self.early = data[pause.args[0] :]
        except HttpParserError as error:
            self.reusable = False
            if not self.complete:
                raise BrokenError(f"This is no answer in HTTP/1.1: {error.__context__ or error}.") from None
        if self.parts:
            self._barren = 0
        elif not self.complete:
            self._barren += len(data)
            if self._barren > MAX_HEAD_BYTES:
                raise BrokenError(f"The head or a trailer of the answer has more than {MAX_HEAD_BYTES:,} bytes.")

    def ends_with_connection(self) -> bool:
        """Take the end of the connection for the end of an answer that says nothing of its length, if it is one."""
        if self.status and not self._framed and not self.complete:
            self.complete = True
        return self.complete

    def on_message_begin(self) -> None:
        """Begin a head, of the answer or of a 1xx before it."""
        if self.complete:
            raise BrokenError("there are bytes after the answer")
        self.headers = []
        self._framed = False
        self._tokens = b""

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header; those in a trailer are dropped."""
        if self.status:
            return
        name = name.lower()
        if name in _NOTED:
            self._note(name, value)
        self.headers.append((name, value))

    def on_headers_complete(self) -> None:
        """Take the status."""
        status = self._parser.get_status_code()
        if status < 100 or status > 599 or (status == 101 and not self._upgrade):
            raise BrokenError(f"the status {status} does not answer this request")
        if status < 200 and self._framed:
            raise BrokenError(f"an answer with the status {status} has no body")
        if status >= 200 or status == 101:
            self.status = status

    def on_body(self, body: bytes) -> None:
        """Take a part of the body."""
        self.parts.append(body)

    def on_message_complete(self) -> None:
        """Take the end of the answer, or of a 1xx before it."""
        if self.status:
            self.complete = True
            self.reusable = self._parser.should_keep_alive()

    def _note(self, name: bytes, value: bytes) -> None:
        if name == b"connection":
            self._tokens += b"," + value.lower()
        elif name == b"keep-alive":
            timeout = _TIMEOUT.search(value)
            self.patience = int(timeout[1]) if timeout else None
        elif name == b"transfer-encoding" and (self._framed or value.strip().lower() != b"chunked"):
            raise BrokenError("of transfer encodings only chunked is known")
        else:
            self._framed = True

    def _feed_heads(self, data: bytes) -> None:
        """Parse nothing but heads: after one with a Content-Length llhttp would wait for a body, also with HEAD."""
        self._heads += data
        while not self.status and (end := self._heads.find(_END_OF_HEAD)) >= 0:
            end += len(_END_OF_HEAD)
            head, self._heads = self._heads[:end], self._heads[end:]
            self._parser.feed_data(head)
        if self.status and not self.complete:
            self.complete = True
            self.reusable = self._parser.get_http_version() == "1.1" and b"close" not in self._tokens
            self._parser = HttpResponseParser(self)
        self.reusable = self.reusable and not self._heads
