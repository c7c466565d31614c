"""Which terms are known."""

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from debugger.evidence import terms
from debugger.evidence.terms import Terms

COUNTS = csr_matrix(np.array([[1, 0, 2, 0], [3, 1, 0, 0], [1, 0, 1, 0]], np.float32))


def test_a_term_of_one_text_alone_is_not_known() -> None:
    assert Terms.of([COUNTS], 4).columns.tolist() == [0, 2]


def test_the_only_text_has_terms() -> None:
    assert Terms.of([COUNTS[:1]], 4).columns.tolist() == [0, 2]


def test_chunks_are_counted_together() -> None:
    assert Terms.of([COUNTS[:1], COUNTS[1:]], 4).rarity.tolist() == Terms.of([COUNTS], 4).rarity.tolist()


def test_the_most_frequent_are_known_where_there_are_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(terms, "MAX_TERMS", 1)
    assert Terms.of([COUNTS], 4).columns.tolist() == [0]


def test_rarer_terms_weigh_more_and_texts_have_length_one() -> None:
    known = Terms.of([COUNTS], 4)
    weighed = known.weigh(COUNTS).toarray()
    assert known.rarity[1] > known.rarity[0]
    assert np.linalg.norm(weighed, axis=1).tolist() == pytest.approx([1, 1, 1])
    assert weighed[1].tolist() == pytest.approx([1, 0])


def test_without_known_terms_there_is_one_column_of_zeros() -> None:
    none = Terms.of([COUNTS[:0]], 4)
    assert none.weigh(COUNTS).toarray().tolist() == [[0], [0], [0]]
