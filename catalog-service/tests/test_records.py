"""A file's records against the standard library's readers, however its bytes arrive."""

import csv
import io
import json
from collections.abc import AsyncIterator, Sequence
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.imports.records import MAX_RECORD_BYTES, EndlessRecordError, Record, records
from catalog.imports.rows import parse_csv, parse_json

PROPERTY = settings(deadline=None)
CUTS = st.lists(st.integers(0, 400), max_size=12)
CELLS = st.text(st.sampled_from('ab;"," \r\nä\ufeff'), max_size=8)
TABLES = st.lists(st.tuples(CELLS, CELLS).filter(lambda row: "".join(row).strip()), max_size=8)


async def read(data: bytes, cuts: Sequence[int] = (), start: int = 0, *, quoted: bool = True) -> list[Record]:
    async def chunks() -> AsyncIterator[bytes]:
        for begin, end in pairwise([start, *sorted(start + cut for cut in cuts), len(data)]):
            yield data[begin:end]

    return [record async for found in records(chunks(), start, quoted=quoted) for record in found]


def written(rows: Sequence[Sequence[str]]) -> bytes:
    file = io.StringIO(newline="")
    csv.writer(file, quoting=csv.QUOTE_ALL).writerows(rows)
    return file.getvalue().encode()


@PROPERTY
@given(TABLES, CUTS)
async def test_csv_is_split_as_the_standard_library_splits_it(rows: list[tuple[str, str]], cuts: list[int]) -> None:
    found = await read(written(rows), cuts)
    assert [tuple(next(csv.reader(io.StringIO(each.data.decode(), newline="")))) for each in found] == rows


@PROPERTY
@given(st.lists(st.dictionaries(CELLS, CELLS), max_size=8), CUTS, st.sampled_from([b"\n", b"\r\n", b"\n\n", b"\n \n"]))
async def test_ndjson_is_split_at_its_line_ends_alone(rows: list[dict[str, str]], cuts: list[int], end: bytes) -> None:
    data = end.join(json.dumps(row, ensure_ascii=False).encode() for row in rows)
    assert [json.loads(each.data) for each in await read(data, cuts, quoted=False)] == rows


@PROPERTY
@given(st.binary(max_size=60).map(lambda data: data.translate(bytes(b'ab"\n\r '[i % 6] for i in range(256)))), CUTS)
async def test_reading_on_from_any_record_finds_the_rest(data: bytes, cuts: list[int]) -> None:
    for quoted in (False, True):
        whole = await read(data, quoted=quoted)
        assert await read(data, cuts, quoted=quoted) == whole
        for number, record in enumerate(whole, 1):
            assert await read(data, start=record.end, quoted=quoted) == whole[number:]


@pytest.mark.parametrize("quoted", [False, True])
@pytest.mark.parametrize("cuts", [(), range(0, 3 << 20, 100_000)])
async def test_a_row_that_is_too_long_spoils_no_other(cuts: Sequence[int], quoted: bool) -> None:
    fits, too_long = b"x" * MAX_RECORD_BYTES, b"x" * (MAX_RECORD_BYTES + 1)
    found = await read(b"\n".join([b"a", fits + b"\r", too_long, b" " * len(too_long), b"b"]), cuts, quoted=quoted)
    assert [each.is_too_long for each in found] == [False, False, True, True, False]
    assert found[1].data == fits
    assert found[-1].data == b"b"


@pytest.mark.parametrize("cuts", [(), range(0, 2 << 20, 100_000)])
async def test_a_quote_that_is_never_closed_is_found_out(cuts: Sequence[int]) -> None:
    with pytest.raises(EndlessRecordError, match="is a quote not closed"):
        await read(b'a\n"' + b"x\n" * MAX_RECORD_BYTES, cuts)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"a.jpg,https://a.example/\r1.jpg,https://b.example/", "CR alone"),
        (b"a.jpg", "1 cells, the first line 2"),
        (b'"a.jpg"x,https://a.example/', "not CSV"),
        (b'"a.jpg,https://a.example/', "not CSV"),
        (b"\xff,https://a.example/", "not UTF-8"),
        (b"a\0.jpg,https://a.example/", "control characters"),
        (b"x" * 200_000 + b",https://a.example/", "not CSV"),
    ],
)
def test_a_broken_csv_row_says_why(data: bytes, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        parse_csv(data, ["name", "url"])


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"[]", "should be an object"),
        (b'{"name": "\\ud800\\u0041"}', "lone leading surrogate"),
        (b'{"id": ' + b"[" * 100_000, "recursion limit"),
        (b'{"id": "1"}', "id: "),
        (b'{"url": "https://a.example/", "name": "a"}', "or `name`, `url` and `type`"),
        (b'{"sha256": "' + b"a" * 63 + b'"}', "sha256: "),
        (b'{"id": "019aa1b2-7c3d-7e4f-8a5b-6c7d8e9fa0b1", "tags": ["a\\u0000"]}', "control characters"),
        (b'{"id": "019aa1b2-7c3d-7e4f-8a5b-6c7d8e9fa0b1", "comment": "\\u0000"}', "comment: "),
        (b'{"id": "019aa1b2-7c3d-7e4f-8a5b-6c7d8e9fa0b1", "tags": ["a"], "absent": ["a "]}', "at the same time"),
        (b'{"id": "019aa1b2-7c3d-7e4f-8a5b-6c7d8e9fa0b1", "labeling": NaN}', "a finite number"),
        (b'{"id": "019aa1b2-7c3d-7e4f-8a5b-6c7d8e9fa0b1", "tags": ["' + b" " * 300 + b'a"]}', "at most 255"),
    ],
)
def test_a_broken_json_row_says_why(data: bytes, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        parse_json(data)


def test_numbers_have_no_limit_of_their_own() -> None:
    row = parse_json(b'{"id": "019aa1b2-7c3d-7e4f-8a5b-6c7d8e9fa0b1", "tags": [], "labeling": 1%b}' % (b"0" * 30))
    assert row.is_labeled


def test_tags_of_a_cell_are_a_json_array_or_stand_between_semicolons() -> None:
    columns = ["id", "tags", "absent"]
    image = b"019aa1b2-7c3d-7e4f-8a5b-6c7d8e9fa0b1"
    assert parse_csv(image + b',"[""Cat;1"",""Dog""]",', columns).tags == ["Cat;1", "Dog"]
    row = parse_csv(image + b",Cat; Dog;,'=Bird", columns)
    assert (row.tags, row.absent) == (["Cat", "Dog"], ["=Bird"])
