"""Text is found in bytes, whatever wrote them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intent.training.data.decoding import decode
from intent.training.data.refusals import DataError


@given(st.text(), st.sampled_from(["utf-8", "utf-8-sig"]))
def test_utf8_is_decoded_with_and_without_a_mark(text: str, encoding: str) -> None:
    text = text.lstrip("\ufeff")
    assert decode(text.encode(encoding), "a.csv") == text


@pytest.mark.parametrize(("data", "text"), [(b"d\xe9j\xe0 vu", "déjà vu"), (b"5 \x80", "5 €"), (b"\x81\xe9", "\x81é")])
def test_what_is_not_utf8_is_latin_1(data: bytes, text: str) -> None:
    assert decode(data, "a.csv") == text


def test_a_broken_line_does_not_make_utf8_latin_1() -> None:
    assert decode("é\nü\n".encode() + b"\xff\n", "a.csv") == "é\nü\n\udcff\n"
    assert decode(b"\xef\xbb\xbf\xe9", "a.csv") == "\udce9"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be"])
def test_utf16_is_refused_by_name(encoding: str) -> None:
    with pytest.raises(DataError, match=r"a\.csv is written in UTF-16"):
        decode(("\ufeff" if encoding == "utf-16-be" else "").encode(encoding) + "ID".encode(encoding), "a.csv")
