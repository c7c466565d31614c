"""WebDataset (https://github.com/webdataset/webdataset): a tar archive whose entries of one image are neighbours.

`<id>.<extension>` is the image and `<id>.json` its line of the NDJSON export: `present`, `absent` (a tag in neither is
unknown) and the other fields. An image whose bytes are not held has its JSON alone, so that no label is lost: readers
that want pixels leave it out with `.select(lambda sample: set(sample) & {"jpg", "png"})`. The `webdataset` loader of
Hugging Face's `datasets` asks for the same extensions in every sample: it opens only an export of one type, all held.
"""

from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing

from catalog.exports import tar
from catalog.exports.chunks import gathered
from catalog.exports.records import canonical
from catalog.exports.rows import Category, Content, Row


@gathered
async def export(
    rows: AsyncIterator[Row], _categories: Sequence[Category], content: Content
) -> AsyncGenerator[bytes, None]:
    """Yield a tar archive; raises BrokenContentError."""
    async for row in rows:
        if tar.is_held(row):
            async with aclosing(tar.image(row, content)) as pieces:
                async for piece in pieces:
                    yield piece
        yield tar.file(f"{row.id}.json", canonical(row), row.created_at)
    yield tar.END
