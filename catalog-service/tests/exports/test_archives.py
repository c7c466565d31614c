"""The two archives hold the images and their labels, and one that is not whole never looks as if it were."""

import io
import json
import tarfile
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from catalog.exports import FORMATS
from catalog.exports.chunks import CHUNK
from catalog.exports.imagefolder import FEATURES
from catalog.exports.rows import Row
from catalog.exports.tar import END, BrokenContentError

ARCHIVES = pytest.mark.parametrize("name", ["imagefolder", "webdataset"])


def unpack(data: bytes) -> dict[str, bytes]:
    """Return the files of an archive in its order, read as a stream."""
    with tarfile.open(fileobj=io.BytesIO(data), mode="r|") as archive:
        return {entry.name: read(archive, entry) for entry in archive}


def read(archive: tarfile.TarFile, entry: tarfile.TarInfo) -> bytes:
    file = archive.extractfile(entry)
    assert file is not None
    return file.read()


def lines(data: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in data.splitlines()]


async def test_imagefolder_describes_the_images_that_it_has(
    rows: list[Row], image: bytes, export_to: Callable[..., Any]
) -> None:
    files = unpack(await export_to("imagefolder", rows))
    labeled, unlabeled = lines(files["metadata.jsonl"])
    assert files[labeled["file_name"]] == files[unlabeled["file_name"]] == image
    assert next(iter(labeled)) == "file_name"
    assert (labeled["present"], labeled["absent"], labeled["labeling"]) == (["cat", "dog"], ["bird"], 3)
    assert (unlabeled["present"], unlabeled["absent"], unlabeled["labeling"]) == ([], [], None)


async def test_imagefolder_lists_what_it_leaves_out(rows: list[Row], export_to: Callable[..., Any]) -> None:
    files = unpack(await export_to("imagefolder", rows))
    assert len(files) == 5
    (linked,) = lines(files["skipped.jsonl"])
    assert (linked["url"], linked["absent"]) == ("https://example.org/3.jpg", ["fish"])
    assert "file_name" not in linked


async def test_imagefolder_tells_the_type_of_every_column(rows: list[Row], export_to: Callable[..., Any]) -> None:
    files = unpack(await export_to("imagefolder", rows))
    assert json.loads(files["features.json"]) == FEATURES
    for line in lines(files["metadata.jsonl"]):
        assert ["image" if field == "file_name" else field for field in line] == list(FEATURES)


async def test_webdataset_keeps_the_files_of_a_sample_together(
    rows: list[Row], image: bytes, export_to: Callable[..., Any]
) -> None:
    files = unpack(await export_to("webdataset", rows))
    first, second, third = (row.id for row in rows)
    assert list(files) == [f"{first}.jpg", f"{first}.json", f"{second}.png", f"{second}.json", f"{third}.json"]
    assert files[f"{first}.jpg"] == files[f"{second}.png"] == image
    labels = [json.loads(files[f"{key}.json"]) for key in (first, second, third)]
    states = [(label["present"], label["absent"], label["labeling"]) for label in labels]
    assert states == [(["cat", "dog"], ["bird"], 3), ([], [], None), ([], ["fish"], 3)]


@ARCHIVES
async def test_entries_tell_nothing_of_the_machine(name: str, rows: list[Row], export_to: Callable[..., Any]) -> None:
    with tarfile.open(fileobj=io.BytesIO(await export_to(name, rows))) as archive:
        entries = archive.getmembers()
    assert {(entry.uid, entry.gid, entry.uname, entry.mode) for entry in entries} == {(0, 0, "", 0o644)}
    assert entries[0].mtime == rows[0].created_at.timestamp()
    assert entries[-1].mtime == rows[-1].created_at.timestamp()


@ARCHIVES
async def test_a_users_name_is_never_a_path(
    name: str, make_row: Callable[..., Row], export_to: Callable[..., Any]
) -> None:
    row = make_row(name="../../etc/passwd", type="image/../../x")
    files = unpack(await export_to(name, [row]))
    assert f"{row.id}.bin" in files
    assert not [file for file in files if "/" in file]


@ARCHIVES
@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"size": 1281}, "ends after 1,280 of 1,281 bytes"),
        ({"size": 1279}, "more than its 1,279 bytes"),
        ({"sha256": "0" * 64}, "SHA-256"),
        ({"size": None}, "size"),
    ],
)
async def test_bytes_that_are_not_the_images_end_in_an_error(
    name: str, changes: dict[str, Any], reason: str, make_row: Callable[..., Row], export_to: Callable[..., Any]
) -> None:
    with pytest.raises(BrokenContentError, match=reason):
        await export_to(name, [make_row(**changes)])


@ARCHIVES
async def test_a_store_that_fails_ends_in_an_error(
    name: str, make_row: Callable[..., Row], export_to: Callable[..., Any]
) -> None:
    async def failing(_: Row) -> AsyncIterator[bytes]:
        yield b"half"
        raise ConnectionError("the store is gone")

    with pytest.raises(BrokenContentError, match="the store is gone"):
        await export_to(name, [make_row()], content=failing)


@ARCHIVES
async def test_only_a_whole_archive_has_an_end(
    name: str, make_row: Callable[..., Row], export_to: Callable[..., Any]
) -> None:
    async def rows() -> AsyncIterator[Row]:
        yield make_row(1, size=4 * CHUNK)

    async def short(_: Row) -> AsyncIterator[bytes]:
        for letter in (b"a", b"b", b"c"):
            yield letter * CHUNK

    async def send() -> None:
        async for chunk in FORMATS[name].export(rows(), [], short):
            sent.extend(chunk)

    sent = bytearray()
    with pytest.raises(BrokenContentError):
        await send()
    assert len(sent) > CHUNK
    assert not sent.endswith(END)
    assert (await export_to(name, [make_row()])).endswith(END)
