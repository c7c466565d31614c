"""The text in a file's bytes: UTF-8, or UTF-16 with a byte order mark."""

import codecs
from collections.abc import Iterator
from typing import Final

from debugger.ingest.peeking import peeked
from debugger.ingest.refusals import BrokenFileError

_UTF32: Final = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)
_UTF16: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def decoded(chunks: Iterator[bytes]) -> Iterator[str]:
    """Yield the text without its byte order mark; raises BrokenFileError after what could be decoded."""
    head, chunks = peeked(chunks, b"", 4)
    if head.startswith(_UTF32):
        raise BrokenFileError("The file is written in UTF-32: save it as UTF-8.")
    encoding = "UTF-16" if head.startswith(_UTF16) else "UTF-8"
    decoder = codecs.getincrementaldecoder("utf-16" if encoding == "UTF-16" else "utf-8-sig")()
    passed = 0
    for chunk, is_last in _with_end(chunks):
        passed += len(chunk)
        try:
            text = decoder.decode(chunk, is_last)
        except UnicodeDecodeError as error:
            yield error.object[: error.start].decode(error.encoding)
            raise BrokenFileError(_refusal(encoding, passed - len(error.object) + error.start)) from error
        if text:
            yield text


def _with_end(chunks: Iterator[bytes]) -> Iterator[tuple[bytes, bool]]:
    for chunk in chunks:
        yield chunk, False
    yield b"", True


def _refusal(encoding: str, position: int) -> str:
    remedy = "save it again whole" if encoding == "UTF-16" else "save it as UTF-8, or as UTF-16 with a byte order mark"
    return f"The file is not {encoding} at byte {position:,}: {remedy}."
