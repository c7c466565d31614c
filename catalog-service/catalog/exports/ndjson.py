"""NDJSON: one image a line, byte for byte the same for the same rows, so that its SHA-256 names a snapshot.

Keys are sorted, times are UTC with microseconds (RFC 3339), and unknown fields are left out; `labeling` is null for an
image that was never labeled. `present` and `absent` are always there; a tag in neither is unknown.
"""

from collections.abc import AsyncGenerator, AsyncIterator, Sequence

from catalog.exports.chunks import gathered
from catalog.exports.records import canonical
from catalog.exports.rows import Category, Content, Row


@gathered
async def export(
    rows: AsyncIterator[Row], _categories: Sequence[Category], _content: Content
) -> AsyncGenerator[bytes, None]:
    """Yield a line of canonical JSON for every row."""
    async for row in rows:
        yield canonical(row)
