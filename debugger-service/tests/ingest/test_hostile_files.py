"""Whatever the bytes are: rows are taken, rows are not taken, or the file is refused; and memory stays bounded."""

import gzip
import io
import json
import tracemalloc
import zipfile
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from itertools import chain, repeat
from typing import Final, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from debugger.ingest import BrokenFileError, BrokenRecord, Format, Record, open_records
from debugger.ingest.pieces import MAX_SUBJECT_CHARACTERS

ENTRY = {"id": 1, "complete": True, "usage": "test", "score": 0.5, "data": json.dumps({"text": 'é "a"', "intent": "b"})}
CHATBOT = json.dumps([ENTRY] * 3, indent=1).encode()
CLINC = b'{"train": [["a", "b"], ["c", "d"]], "oos_test": [["e", "oos"]]}'
JSONL = b'{"text": "a", "label": "b", "id": 3}\n{"text": "c", "more": {"x": [1, 2.5, null]}}\n'
CSV = 'id,text,label,score\r\n1,"a, ""b""\nc",d,0.5\r\n2,é,,\r\n'.encode()
ALPHABET = b"{}[]\",:;\\\n\r\t\0 '=ae1-.\xc3\xa9\xff\xfe\xef\xbb\xbf\x1f\x8bPK"
MIB = 1 << 20


def zipped(data: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("rows", data)
    return packed.getvalue()


FILES = [pack(data) for data in (CHATBOT, CLINC, JSONL, CSV) for pack in (bytes, gzip.compress, zipped)]
FILES += [CSV.decode().encode("utf-16"), b"\xef\xbb\xbf" + JSONL]
FORMATS = st.sampled_from([None, *get_args(Format)])


def check(chunks: Iterable[bytes], file_format: Format | None) -> None:
    try:
        for found in open_records(iter(chunks), file_format):
            if isinstance(found, BrokenRecord):
                assert len(found.subject) <= MAX_SUBJECT_CHARACTERS
                assert found.message[0].islower() or found.message[0] == "`"
                assert "\0" not in found.subject + found.message
            else:
                check_record(found)
    except BrokenFileError:
        return


def check_record(record: Record) -> None:
    said = [record.text, record.label, record.external_id, record.score, record.fields]
    whole = json.dumps(said, ensure_ascii=False, allow_nan=False)
    assert whole.encode().decode() == whole
    assert "\\u0000" not in whole.replace("\\\\", "")
    assert record.text.strip()
    assert record.label is None or not record.out_of_scope


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=300), FORMATS)
def test_any_bytes(data: bytes, file_format: Format | None) -> None:
    check([data], file_format)


@settings(max_examples=500, deadline=None)
@given(st.lists(st.sampled_from([bytes([each]) for each in ALPHABET]), max_size=80), FORMATS)
def test_signs_that_mean_something(signs: list[bytes], file_format: Format | None) -> None:
    check([b"text,id\n" * (file_format == "csv"), *signs], file_format)


@settings(max_examples=500, deadline=None)
@given(
    file=st.sampled_from(FILES),
    place=st.integers(0, 2000),
    length=st.integers(0, 20),
    inserted=st.binary(max_size=4) | st.lists(st.sampled_from(list(ALPHABET)), max_size=4).map(bytes),
    end=st.integers(0, 2000),
    size=st.integers(1, 100),
    file_format=FORMATS,
)
def test_a_file_that_was_tampered_with(
    file: bytes, place: int, length: int, inserted: bytes, end: int, size: int, file_format: Format | None
) -> None:
    place %= len(file)
    data = (file[:place] + inserted + file[place + length :])[:end]
    check((data[start : start + size] for start in range(0, len(data), size)), file_format)


def repeated(head: bytes, part: bytes, size: int, tail: bytes) -> Iterator[bytes]:
    """Yield a file of so many MiB."""
    block = part * (MIB // len(part))
    return chain([head], repeat(block, size), [tail])


def packed(pack: Callable[[bytes], bytes], chunks: Iterable[bytes]) -> list[bytes]:
    return [pack(b"".join(chunks))]


ENTRIES = (json.dumps(ENTRY) + ",").encode()
LONG: Final[Mapping[str, Callable[[], Iterable[bytes]]]] = {
    "rows of a chatbot": lambda: repeated(b"[", ENTRIES, 3, json.dumps(ENTRY).encode() + b"]"),
    "lines": lambda: repeated(b"", JSONL, 3, b""),
    "a table": lambda: repeated(b"text,label\n", b'"' + b'where is ""my"" card ' * 8 + b'",lost\n', 3, b""),
    "pairs": lambda: repeated(b'{"train": [', b'["' + b"where is my card " * 8 + b'", "lost"],', 3, b'["a", "b"]]}'),
    "one string": lambda: repeated(b'[{"data": "', b"a", 40, b'"}]'),
    "one escaped string": lambda: repeated(b'[{"data": "', b'\\"', 40, b'"}]'),
    "one nest": lambda: repeated(b"[", b"[", 10, b""),
    "one line": lambda: repeated(b'{"text": "', b"a", 40, b'"}\n'),
    "one cell": lambda: repeated(b'text\n"', b'a""\n', 20, b'"\n'),
    "one cell that stays open": lambda: repeated(b'text\n"', b"a\n", 50, b""),
    "line ends": lambda: repeated(b"text\na", b"\n", 100, b""),
    "blanks": lambda: repeated(b"[", b" ", 100, b"]"),
    "a zip archive": lambda: packed(zipped, repeated(b"", JSONL, 3, b"")),
}
PEAK: Final = 4 * MIB


@pytest.mark.parametrize("name", LONG)
def test_memory_stays_bounded(name: str) -> None:
    chunks = LONG[name]()
    tracemalloc.start()
    try:
        with suppress(BrokenFileError):
            deque(open_records(iter(chunks), None), maxlen=0)
        assert tracemalloc.get_traced_memory()[1] < PEAK
    finally:
        tracemalloc.stop()
