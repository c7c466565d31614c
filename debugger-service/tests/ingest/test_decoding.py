"""Text is read in the encodings that people save it in, and nothing is guessed."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from debugger.ingest.decoding import decoded
from debugger.ingest.refusals import BrokenFileError


def pieces(data: bytes, size: int) -> Iterator[bytes]:
    return (data[start : start + size] for start in range(0, len(data), size))


@given(st.text(st.characters(exclude_categories=["Cs"])), st.sampled_from(["utf-8-sig", "utf-16"]), st.integers(1, 9))
def test_a_byte_order_mark_tells_the_encoding(text: str, encoding: str, size: int) -> None:
    assert "".join(decoded(pieces(text.encode(encoding), size))) == text


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1), st.integers(1, 9))
def test_without_one_it_is_utf_8(text: str, size: int) -> None:
    assert "".join(decoded(pieces(text.encode(), size))) == text.removeprefix("\ufeff")


@pytest.mark.parametrize("size", [1, 3, 100])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_what_came_before_a_wrong_byte_is_read_and_its_place_told(size: int, mark: bytes) -> None:
    found = []
    with pytest.raises(BrokenFileError, match=f"not UTF-8 at byte {len(mark) + 6}: save it as UTF-8"):
        found += list(decoded(pieces(mark + "grün, ".encode()[:6] + b"\xe9tude", size)))
    text = decoded(pieces(mark + b"gruen " + b"\xe9tude", size))
    for _ in range(6):
        found.append(next(text))
        if "".join(found) == "gruen ":
            break
    assert "".join(found) == "gruen "


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ("a".encode("utf-32"), "UTF-32"),
        ("aé".encode("utf-16")[:-1], "not UTF-16 at byte 4: save it again whole"),
        (b"\xff\xfe\x00\xd8a\x00", "not UTF-16"),
        ("é".encode()[:1], "not UTF-8 at byte 0"),
    ],
)
def test_other_encodings_are_refused(data: bytes, reason: str) -> None:
    with pytest.raises(BrokenFileError, match=reason):
        list(decoded(iter([data])))
