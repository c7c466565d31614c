"""Parts of the data that can be named."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from debugger.filters.syntax import parse
from debugger.issues.slices import slices

TEXTS = ["card"] * 10 + ["my card is lost"] * 30 + ["a b c d e f g h"] * 10


def test_lengths_words_and_clusters_have_names_and_filters() -> None:
    clusters = np.array([0] * 10 + [1] * 35 + [-1] * 5, np.int32)
    found = {each.filter: each for each in slices(TEXTS, clusters, 10, 45)}
    assert found["length <= 1"].rows.tolist() == list(range(10))
    assert found["length >= 8"].rows.tolist() == list(range(40, 50))
    assert found['text : "lost"'].rows.tolist() == list(range(10, 40))
    assert found["cluster = 1"].rows.tolist() == list(range(10, 45))
    assert found["cluster = 1"].name.startswith("Texts about “is”")
    assert "cluster = -1" not in found


@given(st.lists(st.text(max_size=30), max_size=20), st.integers(1, 5))
def test_slices_of_any_texts_have_so_many_rows_and_a_filter_that_can_be_read(texts: list[str], least: int) -> None:
    clusters = np.arange(len(texts), dtype=np.int32) % 3 - 1
    for each in slices(texts, clusters, least, 15):
        assert least <= len(each.rows) <= 15
        assert (np.diff(each.rows) > 0).all()
        assert parse(each.filter) is not None
