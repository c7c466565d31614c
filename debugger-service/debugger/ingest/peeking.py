"""The beginning of a stream, looked at before the stream is read."""

from collections.abc import Iterator
from typing import AnyStr

from debugger.ingest.refusals import BrokenFileError


def peeked(chunks: Iterator[AnyStr], nothing: AnyStr, size: int) -> tuple[AnyStr, Iterator[AnyStr]]:
    """Return at least the first `size` bytes or characters, fewer where there are no more, and the whole stream.

    Where the stream breaks off within them, the one that is returned raises BrokenFileError after them.
    """
    parts: list[AnyStr] = []
    length = 0
    failure: BrokenFileError | None = None
    try:
        while length < size:
            parts.append(next(chunks))
            length += len(parts[-1])
    except StopIteration:
        pass
    except BrokenFileError as error:
        failure = error
    head = nothing.join(parts)
    return head, _whole(head, chunks, failure)


def _whole(head: AnyStr, chunks: Iterator[AnyStr], failure: BrokenFileError | None) -> Iterator[AnyStr]:
    if head:
        yield head
    if failure:
        raise failure
    yield from chunks
