"""The vectors are those that a plain reading of their definition gives."""

from collections import Counter
from itertools import pairwise
from math import log, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from intent.features import CHARACTERS, Grams, Vocabulary, grams_of, normalise

TEXTS = st.lists(st.text(max_size=30), max_size=6)


def named_grams(text: str) -> list[str]:
    """Return the n-grams by what they are, words and pairs with a mark in front."""
    padded = normalise(text)
    words = padded.split()
    characters = [
        padded[start : start + length]
        for length in range(CHARACTERS[0], CHARACTERS[1] + 1)
        for start in range(len(padded) - length + 1)
        if " " not in padded[start + 1 : start + length - 1] and padded[start : start + length].strip()
    ]
    return [*(f"w:{word}" for word in words), *(f"p:{pair}" for pair in pairwise(words)), *characters]


@given(TEXTS)
def test_there_is_one_hash_for_each_n_gram_of_a_text_and_no_two_share_it(texts: list[str]) -> None:
    grams = grams_of(texts)
    by_name = Counter[str]()
    for row, text in enumerate(texts):
        hashes = Counter(grams.hashes[grams.rows == row].tolist())
        names = Counter(named_grams(text))
        assert sorted(hashes.values()) == sorted(names.values())
        alone = grams_of([text])
        assert Counter(alone.hashes.tolist()) == hashes
        by_name |= names
    assert len(set(grams.hashes.tolist())) == len(by_name)


@given(TEXTS.filter(lambda texts: any(map(str.strip, texts))))
def test_a_vector_has_length_one_and_the_words_their_share_of_it(texts: list[str]) -> None:
    grams = grams_of(texts)
    vocabulary = vocabulary_of(grams)
    vectors = vocabulary.vectors(grams)
    for start, end, text in zip(vectors.starts[:-1], vectors.starts[1:], texts):
        assert (vectors.values[start:end] ** 2).sum() == pytest.approx(
            1 if text.strip() and normalise(text).strip() else 0
        )
        assert len(set(vectors.columns[start:end].tolist())) == end - start


def vocabulary_of(grams: Grams) -> Vocabulary:
    hashes = np.unique(grams.hashes)
    return Vocabulary(hashes, np.ones(len(hashes), np.float32), 0.25)


def test_the_value_is_the_logarithm_of_the_count_times_the_weight() -> None:
    grams = grams_of(["a a b"])
    vocabulary = vocabulary_of(grams)
    vectors = vocabulary.vectors(grams)
    word = grams_of(["a"])
    column = np.searchsorted(vocabulary.hashes, word.hashes[word.of_words][0])
    # Words and pairs: a twice; b, (a, a) and (a, b) once.
    length = sqrt((1 + log(2)) ** 2 + 3)
    assert vectors.values[vectors.columns == column] == pytest.approx((1 + log(2)) / length * sqrt(0.25))


def test_case_width_and_marks_make_no_difference_to_the_words() -> None:
    assert normalise("Où EST-il ?") == normalise("où est - il?") == " où est - il ? "
    assert normalise("ﬁn") == " fin "


def test_what_is_not_known_is_left_out_and_told() -> None:
    vocabulary = vocabulary_of(grams_of(["cancel my order"]))
    grams = grams_of(["cancel my order", "zzz", ""])
    assert vocabulary.vectors(grams).unknown.tolist() == [0, 1, 1]
    assert np.diff(vocabulary.vectors(grams).starts).tolist()[1:] == [0, 0]
