"""One document of COCO's with the lists of LVIS, whose ids agree."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from catalog.exports.coco import UnlistedTagError
from catalog.exports.rows import Row


async def test_the_three_states(rows: list[Row], export_to: Callable[..., Any]) -> None:
    document = json.loads(await export_to("coco", rows))
    names = {category["id"]: category["name"] for category in document["categories"]}
    annotated = [(label["image_id"], names[label["category_id"]]) for label in document["annotations"]]
    assert annotated == [(1, "cat"), (1, "dog")]
    states = [
        tuple([names[number] for number in image[key]] for key in ("not_exhaustive_category_ids", "neg_category_ids"))
        for image in document["images"]
    ]
    assert states == [(["cat", "dog"], ["bird"]), ([], []), ([], ["fish"])]


async def test_what_readers_of_the_format_rely_on(rows: list[Row], export_to: Callable[..., Any]) -> None:
    document = json.loads(await export_to("coco", rows))
    assert {"info", "licenses", "images", "annotations", "categories"} == document.keys()
    assert [category["id"] for category in document["categories"]] == [1, 2, 3, 4]
    assert [image["id"] for image in document["images"]] == [1, 2, 3]
    assert [image["file_name"] for image in document["images"]] == [
        f"{rows[0].id}.jpg",
        f"{rows[1].id}.png",
        f"{rows[2].id}.jpg",
    ]
    assert document["images"][2]["coco_url"] == "https://example.org/3.jpg"
    assert document["annotations"][1] == {"id": 2, "image_id": 1, "category_id": 3, "iscrowd": 0}


async def test_a_label_is_no_box(rows: list[Row], export_to: Callable[..., Any]) -> None:
    document = json.loads(await export_to("coco", rows))
    assert {key for label in document["annotations"] for key in label}.isdisjoint({"bbox", "area", "segmentation"})


async def test_an_empty_export_is_a_document(export_to: Callable[..., Any]) -> None:
    document = json.loads(await export_to("coco", [], []))
    assert (document["images"], document["annotations"], document["categories"]) == ([], [], [])


async def test_a_tag_without_a_category_is_an_error(rows: list[Row], export_to: Callable[..., Any]) -> None:
    with pytest.raises(UnlistedTagError, match="'dog'"):
        await export_to("coco", rows, ["bird", "cat"])


async def test_more_annotations_than_memory_keeps(make_row: Callable[..., Row], export_to: Callable[..., Any]) -> None:
    tags = [f"{number:04}" for number in range(1000)]
    rows = [make_row(number, present=tuple(tags)) for number in range(200)]
    labels = json.loads(await export_to("coco", rows, tags))["annotations"]
    assert [label["id"] for label in labels] == list(range(1, 200_001))
    assert labels[-1] == {"id": 200_000, "image_id": 200, "category_id": 1000, "iscrowd": 0}
