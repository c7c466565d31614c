"""Hugging Face's `imagefolder` (https://huggingface.co/docs/datasets/image_dataset) in a tar archive.

The images, then `metadata.jsonl` with a line for each of them: `file_name`, `present`, `absent` (a tag in neither is
unknown) and the other fields, null when not known. The loader takes a `metadata.jsonl` for what it says and fails when
a file is missing, so images whose bytes are not held are in `skipped.jsonl` instead, with the same fields but
`file_name`; the loader passes such a file over. `features.json` has the columns' types.

To load it, unpack the archive (the loader itself opens only zip archives, whose directory cannot be written at constant
memory) and call

    features = datasets.Features.from_dict(json.loads(Path("folder/features.json").read_text()))
    datasets.load_dataset("imagefolder", data_dir="folder", features=features)

Without `features` the loader guesses the types from the first 10 MB of `metadata.jsonl`, and fails when a column that
is empty there, such as that of tags while nothing is labeled, is not empty further on.
"""

from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import aclosing
from datetime import UTC, datetime
from typing import Any, Final

import orjson

from catalog.exports import tar
from catalog.exports.chunks import gathered
from catalog.exports.file_names import file_name
from catalog.exports.records import record
from catalog.exports.rows import Category, Content, Row
from catalog.exports.spool import Spool

_TEXT: Final = {"dtype": "string", "_type": "Value"}
_NUMBER: Final = {"dtype": "int64", "_type": "Value"}
_TEXTS: Final = {"feature": _TEXT, "_type": "Sequence"}

FEATURES: Final[Mapping[str, Any]] = {
    "image": {"_type": "Image"},
    "present": _TEXTS,
    "absent": _TEXTS,
    "id": _TEXT,
    "name": _TEXT,
    "url": _TEXT,
    "type": _TEXT,
    "sha256": _TEXT,
    "size": _NUMBER,
    "width": _NUMBER,
    "height": _NUMBER,
    "created_at": _TEXT,
    "labeling": _NUMBER,
    "author": _TEXT,
    "source": _TEXT,
    "labeled_at": _TEXT,
    "schema": _TEXT,
    "schema_version": _NUMBER,
}
"""The columns that the loader makes of `metadata.jsonl`, as `datasets.Features.to_dict` writes them."""


@gathered
async def export(
    rows: AsyncIterator[Row], _categories: Sequence[Category], content: Content
) -> AsyncGenerator[bytes, None]:
    """Yield a tar archive; raises BrokenContentError."""
    newest = datetime.fromtimestamp(0, UTC)
    with Spool() as metadata, Spool() as skipped:
        async for row in rows:
            newest = max(newest, row.created_at)
            if not tar.is_held(row):
                await skipped.write(_line(_fields(row)))
                continue
            await metadata.write(_line({"file_name": file_name(row)} | _fields(row)))
            async with aclosing(tar.image(row, content)) as pieces:
                async for piece in pieces:
                    yield piece
        yield tar.file("features.json", _line(FEATURES), newest)
        for name, spool in {"metadata.jsonl": metadata, "skipped.jsonl": skipped}.items():
            async with aclosing(tar.spooled(name, spool, newest)) as pieces:
                async for piece in pieces:
                    yield piece
    yield tar.END


def _fields(row: Row) -> dict[str, Any]:
    return {"present": row.present, "absent": row.absent} | record(row)


def _line(item: Mapping[str, Any]) -> bytes:
    return orjson.dumps(item, option=orjson.OPT_APPEND_NEWLINE)
