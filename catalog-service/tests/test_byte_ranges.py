"""What a `Range` header asks for, against a model that counts bytes one by one."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.byte_ranges import ByteRange, UnsatisfiableRangeError, parse_range

positions = st.none() | st.integers(0, 40)


def bytes_asked_for(first: int | None, last: int | None, size: int) -> list[int]:
    """RFC 9110, section 14.1.2, by the letter."""
    if first is None:
        return list(range(size))[-last:] if last else []
    return [position for position in range(size) if first <= position and (last is None or position <= last)]


@settings(deadline=None)
@given(first=positions, last=positions, size=st.integers(0, 30), space=st.sampled_from(["", " "]))
def test_a_range_has_the_bytes_that_the_rfc_says(first: int | None, last: int | None, size: int, space: str) -> None:
    header = f"bytes={space}{'' if first is None else first}-{'' if last is None else last}{space}"
    if (first is None and last is None) or (first is not None and last is not None and last < first):
        assert parse_range(header, size) is None
        return
    expected = bytes_asked_for(first, last, size)
    if expected:
        assert parse_range(header, size) == ByteRange(expected[0], expected[-1] + 1)
    else:
        with pytest.raises(UnsatisfiableRangeError):
            parse_range(header, size)


@settings(deadline=None)
@given(header=st.text() | st.from_regex(r"bytes=[0-9, -]*"), size=st.integers(1, 30))
def test_any_header_is_a_range_within_the_file_or_ignored(header: str, size: int) -> None:
    try:
        found = parse_range(header, size)
    except UnsatisfiableRangeError:
        return
    assert found is None or 0 <= found.start < found.end <= size


@pytest.mark.parametrize("header", ["bytes=0-1,3-4", "items=0-1", "bytes=a-b", "bytes=1_0-", "bytes=٣-", "bytes=-"])
def test_what_is_not_one_range_of_bytes_is_ignored(header: str) -> None:
    assert parse_range(header, 100) is None
