"""JSON pointers in references."""

from hypothesis import given
from hypothesis import strategies as st

from gateway.documents.pointers import parse_pointer, write_pointer


def test_slashes_and_tildes_are_escaped_and_braces_are_encoded() -> None:
    assert write_pointer(("paths", "/a~b/{id}", "get")) == "#/paths/~1a~0b~1%7Bid%7D/get"


def test_a_pointer_is_read_with_and_without_percent_encoding() -> None:
    assert parse_pointer("/schemas/Page%5BA%5D") == parse_pointer("/schemas/Page[A]") == ("schemas", "Page[A]")
    assert parse_pointer("/a~01") == ("a~1",)


@given(st.lists(st.text(st.characters(codec="utf-8")), min_size=1))
def test_what_was_written_is_read_again(tokens: list[str]) -> None:
    assert parse_pointer(write_pointer(tokens).removeprefix("#")) == tuple(tokens)
