"""Values are found where the standard library's parser finds them, however the text arrives."""

import json
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from debugger.ingest.json_text import JsonText
from debugger.ingest.pieces import MAX_PIECE_CHARACTERS
from debugger.ingest.refusals import BrokenFileError

STRINGS = st.text(st.sampled_from('ab"\\{}[],:\n é\ud83d'), max_size=8)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | STRINGS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(STRINGS, inner, max_size=4),
    max_leaves=12,
)


def pieces(text: str, size: int) -> Iterator[str]:
    return (text[start : start + size] for start in range(0, len(text), size))


def elements(text: str, size: int = 1 << 16) -> list[str]:
    document = JsonText(pieces(text, size))
    found = [piece.text for piece in document.elements()]
    document.end()
    return found


@settings(deadline=None)
@given(st.lists(VALUES, max_size=6), st.integers(1, 20), st.sampled_from([None, 0, 1]), st.booleans())
def test_a_list_is_split_at_its_own_commas(values: list[object], size: int, indent: int | None, escaped: bool) -> None:
    text = json.dumps(values, indent=indent, ensure_ascii=escaped)
    assert [json.loads(each) for each in elements(text, size)] == values


@settings(deadline=None)
@given(st.dictionaries(STRINGS, st.lists(VALUES, max_size=4), max_size=4), st.integers(1, 20))
def test_an_object_of_lists_is_read_list_by_list(lists: dict[str, list[object]], size: int) -> None:
    document = JsonText(pieces(json.dumps(lists, ensure_ascii=False), size))
    found = {
        json.loads(name.text): [json.loads(each.text) for each in document.elements()] for name in document.members()
    }
    document.end()
    assert found == lists


@settings(max_examples=300, deadline=None)
@given(st.text(st.sampled_from('a1"\\{}[],: \n'), max_size=30), st.integers(1, 9))
def test_rubbish_is_refused_or_found_where_all_else_is_right(text: str, size: int) -> None:
    try:
        expected = json.loads(text)
    except ValueError:
        expected = None
    try:
        found = elements(text, size)
    except BrokenFileError:
        assert not isinstance(expected, list)
    else:
        assert not isinstance(expected, list) or [json.loads(each) for each in found] == expected


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "cut off"),
        ("[", "cut off"),
        ("[1", "cut off"),
        ("[1,", "cut off"),
        ('["a', "cut off"),
        ('["a\\', "cut off"),
        ('[{"a": [', "cut off"),
        ("{}", "character 1 is '{', not `\\[`"),
        ("[1,]", "character 4 is '\\]', not a value"),
        ("[,1]", "character 2 is ',', not a value"),
        ("[1 2]", "character 4 is '2', not `,`"),
        ("[1] x", "character 5 is 'x', not the document's end"),
    ],
)
@pytest.mark.parametrize("size", [1, 100])
def test_a_broken_document_says_where(text: str, reason: str, size: int) -> None:
    with pytest.raises(BrokenFileError, match=reason):
        elements(text, size)


@pytest.mark.parametrize("value", ['"' + "x" * 3_000_000 + '"', "[" * 2_000_000 + "]" * 2_000_000, "1" * 2_000_000])
def test_a_value_that_is_too_long_is_cut_and_spoils_no_other(value: str) -> None:
    document = JsonText(pieces(f"[1, {value}, 2]", 1 << 16))
    found = list(document.elements())
    assert [each.is_cut for each in found] == [False, True, False]
    assert len(found[1].text) == MAX_PIECE_CHARACTERS
    assert found[2].text == "2"
