"""CLINC150's JSON, as it is imported: lists of pairs of a text and an intent, each list a split.

The format has no place for ids, scores and fields. The lists come in the order in which the rows need them, and each
waits on disk until all rows are known.
"""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import ExitStack, aclosing
from types import MappingProxyType
from typing import Final

from debugger.exports.chunks import gathered
from debugger.exports.json_text import dumped
from debugger.exports.rows import ExportRow
from debugger.exports.spool import Spool
from debugger.ingest.clinc import OUT_OF_SCOPE, UNSPLIT
from debugger.ingest.record import Record

WORDS: Final = MappingProxyType({"training": "train", "validation": "val", "testing": "test", None: UNSPLIT})
"""What the format calls the splits."""


def export(rows: AsyncIterator[ExportRow]) -> AsyncGenerator[bytes, None]:
    """Yield the document of the rows that are not dropped."""
    return gathered(_pieces(rows))


async def _pieces(rows: AsyncIterator[ExportRow]) -> AsyncGenerator[bytes, None]:
    with ExitStack() as stack:
        spools: dict[str, Spool] = {}
        async for row in rows:
            if row.is_kept:
                record = row.current
                name = _list(record)
                if name not in spools:
                    spools[name] = stack.enter_context(Spool())
                await spools[name].write(dumped([record.text, OUT_OF_SCOPE if record.out_of_scope else record.label]))
        between = "{"
        for name, spool in spools.items():
            async with aclosing(_items(spool)) as items:
                yield f"{between}{dumped(name)}: [".encode()
                async for item in items:
                    yield item
                yield b"]"
            between = ",\n"
        yield b"}\n" if spools else b'{"train": []}\n'


def _list(record: Record) -> str:
    word = WORDS[record.split]
    return f"{OUT_OF_SCOPE}_{word}" if record.out_of_scope else word


async def _items(spool: Spool) -> AsyncGenerator[bytes, None]:
    between = ""
    async with aclosing(spool.read()) as batches:
        async for lines in batches:
            yield (between + ",\n".join(lines)).encode()
            between = ",\n"
