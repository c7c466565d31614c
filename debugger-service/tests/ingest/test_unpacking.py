"""Packed files give their bytes however they arrive, and those made to do harm are given up in time."""

import gzip
import io
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from debugger.ingest.refusals import BrokenFileError
from debugger.ingest.unpacking import FREE_BYTES, MAX_DIRECTORY_BYTES, PIECE, unpacked

TEXT = b'{"text": "where is my card"}\n' * 5000


def cut(data: bytes, cuts: Sequence[int] = ()) -> Iterator[bytes]:
    for begin, end in pairwise([0, *sorted(cuts), len(data)]):
        yield data[begin:end]


def zipped(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return packed.getvalue()


def unpack_in_part(chunks: Iterable[bytes]) -> tuple[int, str]:
    size = 0
    try:
        for piece in unpacked(iter(chunks)):
            assert len(piece) <= PIECE
            size += len(piece)
    except BrokenFileError as error:
        return size, str(error)
    return size, ""


PACKED = {
    "plain": TEXT,
    "gzip": gzip.compress(TEXT),
    "gzip of two members": gzip.compress(TEXT[:70_000]) + gzip.compress(TEXT[70_000:]),
    "gzip with padding": gzip.compress(TEXT) + bytes(512),
    "deflated": zipped({"rows.jsonl": TEXT}),
    "stored": zipped({"rows.jsonl": TEXT}, zipfile.ZIP_STORED),
    "beside a system's own files": zipped({"a/": b"", "a/rows.jsonl": TEXT, "__MACOSX/a/._rows.jsonl": b"x"}),
}


@pytest.mark.parametrize("data", PACKED.values(), ids=PACKED.keys())
@settings(max_examples=20, deadline=None)
@given(cuts=st.lists(st.integers(0, 3000), max_size=8))
def test_any_packing_gives_the_same_bytes(data: bytes, cuts: list[int]) -> None:
    assert b"".join(unpacked(cut(data, [each for each in cuts if each < len(data)]))) == TEXT


@pytest.mark.parametrize("size", [0, 1, 3, PIECE, PIECE + 1, 3 * PIECE])
def test_gzip_of_any_size_is_unpacked_to_its_end(size: int) -> None:
    assert b"".join(unpacked(cut(gzip.compress(bytes(size))))) == bytes(size)


def test_a_small_file_may_be_repetitive() -> None:
    assert unpack_in_part([gzip.compress(bytes(FREE_BYTES))]) == (FREE_BYTES, "")


@pytest.mark.parametrize("pack", [gzip.compress, lambda data: zipped({"rows": data})], ids=["gzip", "zip"])
def test_a_bomb_is_given_up(pack: object) -> None:
    assert callable(pack)
    size, reason = unpack_in_part([pack(bytes(3 * FREE_BYTES))])
    assert FREE_BYTES <= size <= FREE_BYTES + PIECE
    assert "200 times" in reason


def test_what_unpacks_to_too_much_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("debugger.ingest.unpacking.MAX_UNPACKED_BYTES", 100_000)
    assert "100,000 bytes" in unpack_in_part([PACKED["gzip"]])[1]


def test_a_zip_archive_that_lies_of_its_size_is_no_way_out() -> None:
    packed = bytearray(zipped({"rows": bytes(3 * FREE_BYTES)}))
    for signature, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        struct.pack_into("<I", packed, packed.index(signature) + offset, 10)
    size, _ = unpack_in_part([bytes(packed)])
    assert size <= FREE_BYTES + PIECE


@pytest.mark.parametrize("name", ["gzip", "deflated", "stored"])
@pytest.mark.parametrize("kept", [5, 100, -20])
def test_a_file_that_was_cut_off_says_so(name: str, kept: int) -> None:
    assert "cut off" in unpack_in_part([PACKED[name][:kept]])[1]


def test_what_came_before_the_damage_is_there() -> None:
    packed = bytearray(gzip.compress(zlib.compress(bytes(range(256)) * 2000) + TEXT * 20, 1))
    packed[-4000:-3000] = bytes(1000)
    size, reason = unpack_in_part([bytes(packed)])
    assert size
    assert "damaged" in reason


def encrypted() -> bytes:
    packed = bytearray(zipped({"rows": TEXT}))
    packed[packed.index(b"PK\x01\x02") + 8] |= 1
    return bytes(packed)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (zipped({}), "holds 0 files"),
        (zipped({"a.csv": b"text", "b.csv": b"text"}), "holds 2 files"),
        (zipped({"a.csv": b"text"}, zipfile.ZIP_LZMA), "rare way"),
        (encrypted(), "encrypted"),
        (zipped({f"{number:0200}": b"" for number in range(MAX_DIRECTORY_BYTES // 240)}), "too many files"),
        (b"PK\x03\x04" + bytes(100), "damaged"),
        (b"\x1f\x8b" + b"x" * 100, "damaged"),
        (gzip.compress(TEXT) + b"x" * 100, "damaged"),
    ],
)
def test_what_cannot_be_unpacked_says_why(data: bytes, reason: str) -> None:
    assert reason in unpack_in_part([data])[1]


def test_gzip_of_endless_members_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("debugger.ingest.unpacking.MAX_MEMBERS", 10)
    assert "10 members" in unpack_in_part([gzip.compress(b"") * 11])[1]


@settings(max_examples=200, deadline=None)
@given(st.sampled_from([b"\x1f\x8b\x08\x00", b"PK\x03\x04", b"PK\x05\x06", b""]), st.binary(max_size=200))
def test_rubbish_is_refused_or_read(head: bytes, rest: bytes) -> None:
    unpack_in_part([head + rest])


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(["gzip", "deflated", "stored"]), st.integers(0, 700), st.integers(0, 255), st.integers(0, 2**20))
def test_a_damaged_file_is_refused_or_read(name: str, place: int, value: int, end: int) -> None:
    damaged = bytearray(PACKED[name])
    damaged[place % len(damaged)] = value
    unpack_in_part([bytes(damaged[:end])])
