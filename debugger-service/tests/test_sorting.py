"""Rows sorted by how similar they are: what may be asked for, and the pages of it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from debugger.rows import Direction, Key, Order, page_by_value
from shared.refusals import InvalidRequestError


@pytest.mark.parametrize(
    ("text", "direction", "to"),
    [
        ("similar(17)", "asc", 17),
        (' similar("where is my card")  desc ', "desc", "where is my card"),
        (r'similar("a \"b\") > 1 desc") asc', "asc", 'a "b") > 1 desc'),
    ],
)
def test_an_order_by_similarity_is_read(text: str, direction: Direction, to: str | int) -> None:
    assert Order.parse(text) == Order("similar(", direction, to)


@pytest.mark.parametrize(
    "text",
    ["similar()", "similar(17", "similar(17) down", 'similar("a) desc', "similar(1) OR similar(2)", "similar(1)x"],
)
def test_what_is_no_order_is_refused(text: str) -> None:
    with pytest.raises(InvalidRequestError, match=r"Rows are sorted as in `similar\(17\) desc`"):
        Order.parse(text)


@given(
    st.lists(st.sampled_from([-1, -0.5, 0, 0.25, 0.2500001, 1]), max_size=40),
    st.sampled_from(["asc", "desc"]),
    st.integers(1, 7),
    st.one_of(st.none(), st.sets(st.integers(1, 80))),
)
def test_pages_hold_every_row_once_and_in_order(
    values: list[float], direction: Direction, size: int, among: set[int] | None
) -> None:
    numbers = np.arange(1, 2 * len(values) + 1, 2)
    chosen = None if among is None else np.array(sorted(among), np.int64)
    pages, after = [], None
    while page := page_by_value(numbers, np.array(values, np.float32), chosen, direction, after, size):
        assert len(page) <= size
        pages += page
        after = page[-1]
    expected = [
        Key(round(value, 6), number)
        for number, value in zip(numbers.tolist(), values)
        if among is None or number in among
    ]
    assert pages == sorted(expected, reverse=direction == "desc")
