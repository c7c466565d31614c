"""`inside("…")` in filters: a polygon on the map."""

import pytest

from debugger.filters.syntax import MAX_CORNERS, MAX_LENGTH, And, BrokenFilterError, Comparison, Inside, Search, parse

TRIANGLE = 'inside("0 0 0.5 0 0.5 -1e-2")'


def test_a_polygon_is_read() -> None:
    corners = ((0.0, 0.0), (0.5, 0.0), (0.5, -0.01))
    assert parse(TRIANGLE) == Inside(corners)
    assert parse(f"split = testing AND {TRIANGLE}") == And((Comparison("split", "=", "testing"), Inside(corners)))
    assert parse('inside ("0 0 0.5 0 0.5 -0.01")') == Inside(corners)


def test_the_word_can_still_be_searched() -> None:
    assert parse("inside") == Search("inside")
    assert parse('text : inside AND "inside(1)"') == And((Comparison("text", ":", "inside"), Search("inside(1)")))
    assert parse("insides") == Search("insides")


@pytest.mark.parametrize(
    "corners",
    ["", "0 0 1 1", "0 0 1 1 0", "0 0 1 1 x 1", "0 0 1 1 nan 1", "0 0 1 1 1e999 1", "0 " * 2 * (MAX_CORNERS + 1)],
)
def test_what_is_no_polygon_is_refused(corners: str) -> None:
    with pytest.raises(BrokenFilterError, match=f"3 to {MAX_CORNERS} corners"):
        parse(f'inside("{corners}")')


def test_as_many_corners_as_there_may_be_fit_into_a_filter() -> None:
    text = 'inside("' + "-0.1234 " * 2 * MAX_CORNERS + '")'
    assert len(text) < MAX_LENGTH
    assert isinstance(parse(text), Inside)
