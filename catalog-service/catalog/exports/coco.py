"""COCO's JSON with the image lists of LVIS, which tell what is absent from what is unknown.

COCO's format (https://cocodataset.org/#format-data) has no word for a category that was looked for and is not there.
LVIS (Gupta, Dollár and Girshick, "LVIS: A Dataset for Large Vocabulary Instance Segmentation", CVPR 2019,
https://www.lvisdataset.org) adds two lists to an image: `neg_category_ids`, the categories verified to be absent, and
`not_exhaustive_category_ids`, those that are present but whose instances are not all annotated. Its evaluation
(`LVISEval._prepare` of the package `lvis`) takes a category for present when it has an annotation, leaves one that is
neither present nor negative out of account, and does not punish a detection of a not exhaustive category that matches
no annotation. A label of a whole image says that a tag is there, and never how often or where. Therefore:

- present: one annotation, and the id in `not_exhaustive_category_ids`, always;
- absent: the id in `neg_category_ids`;
- unknown: in none of them, as in LVIS. To list it as not exhaustive would claim that it is present.

An annotation is a label and has no `bbox`, `area` or `segmentation`: a box as large as the image would be an invented
one that detectors would learn. `iscrowd` is there because pycocotools filters by it. pycocotools and lvis load the
document and find labels by image, and pycocotools by category; what needs boxes or areas fails for want of the key.

Image and category ids count from 1, images in the order of the rows and categories in that of their names. The
catalog's own ids are in `uuid`, `file_name` is the image's name in the archives, and `coco_url` is its URL.
"""

import struct
from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Mapping, Sequence
from contextlib import aclosing
from typing import Any, Final

import orjson

from catalog.exports.chunks import gathered
from catalog.exports.file_names import file_name
from catalog.exports.records import known
from catalog.exports.rows import Category, Content, Row
from catalog.exports.spool import Spool
from shared.refusals import RefusalError

INFO: Final = {"description": "Images and their labels: whole images are labeled, not objects in them.", "version": "1"}

_ELSEWHERE = frozenset({"id", "url", "present", "absent"})

_LABEL = struct.Struct("<II")
"""A present tag while it waits in the spool: the image's and the category's id."""


class UnlistedTagError(RefusalError):
    """A row has a tag that is not among the categories; the export must not be taken for whole."""


@gathered
async def export(
    rows: AsyncIterator[Row], categories: Sequence[Category], _content: Content
) -> AsyncGenerator[bytes, None]:
    """Yield one document: the categories, the images and then the annotations, which wait on disk meanwhile.

    Raises UnlistedTagError.
    """
    ids = {category.name: number for number, category in enumerate(categories, 1)}
    yield _head(categories)
    with Spool() as labels:
        image_id = 0
        async for row in rows:
            image_id += 1
            image = _image(image_id, row, ids)
            yield _item(image_id, image)
            await labels.write(_packed(image_id, image["not_exhaustive_category_ids"]))
        yield b'],"annotations":['
        annotation_id = 0
        async with aclosing(labels.read()) as chunks:
            async for chunk in chunks:
                for label in _LABEL.iter_unpack(chunk):
                    annotation_id += 1
                    yield _item(annotation_id, _annotation(annotation_id, *label))
    yield b"]}\n"


def _head(categories: Sequence[Category]) -> bytes:
    """Return the beginning of the document up to the first image."""
    entries = [
        {"id": number, "name": category.name, "uuid": str(category.id)} for number, category in enumerate(categories, 1)
    ]
    head = orjson.dumps({"info": INFO, "licenses": [], "categories": entries})
    return head.removesuffix(b"}") + b',"images":['


def _image(image_id: int, row: Row, ids: Mapping[str, int]) -> dict[str, Any]:
    return {
        "id": image_id,
        "file_name": file_name(row),
        "uuid": str(row.id),
        **({} if row.url is None else {"coco_url": row.url}),
        **{name: value for name, value in known(row).items() if name not in _ELSEWHERE},
        "neg_category_ids": _numbers(row.absent, ids),
        "not_exhaustive_category_ids": _numbers(row.present, ids),
    }


def _numbers(tags: Iterable[str], ids: Mapping[str, int]) -> list[int]:
    try:
        return [ids[tag] for tag in tags]
    except KeyError as error:
        raise UnlistedTagError(f"The tag {error} is not among the export's categories; export again.") from error


def _packed(image_id: int, category_ids: Iterable[int]) -> bytes:
    return b"".join(_LABEL.pack(image_id, category_id) for category_id in category_ids)


def _annotation(annotation_id: int, image_id: int, category_id: int) -> dict[str, int]:
    return {"id": annotation_id, "image_id": image_id, "category_id": category_id, "iscrowd": 0}


def _item(number: int, item: Mapping[str, Any]) -> bytes:
    """Return `item` as the array's `number`th, counted from 1."""
    return (b"" if number == 1 else b",\n") + orjson.dumps(item)
