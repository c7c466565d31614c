"""From texts to vectors."""

from io import BytesIO

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from debugger.evidence import features
from debugger.evidence.features import DIMENSIONS, EMBEDDING, Embedder, embedding_of, fit

SENTENCES = [
    "where is my new card",
    "my card has not come yet",
    "when will the card arrive",
    "please tell me a joke",
    "tell me another joke please",
    "do you know a good joke",
]


def lengths_are_one_or_zero(vectors: np.ndarray) -> bool:
    lengths = np.linalg.norm(vectors, axis=1)
    return bool((np.isclose(lengths, 1, atol=1e-4) | (lengths == 0)).all())


def test_texts_of_the_same_words_are_near_each_other() -> None:
    cosines = fit(SENTENCES)[1] @ fit(SENTENCES)[1].T
    assert cosines[:3, :3].min() > cosines[:3, 3:].max()


def test_a_sentence_typed_later_is_where_the_same_text_is() -> None:
    embedder, vectors = fit(SENTENCES * 20)
    assert np.allclose(embedder.embed(SENTENCES), embedding_of(vectors)[: len(SENTENCES)], atol=1e-5)
    asked = embedder.embed(["WHERE is my card?"]) @ embedding_of(vectors).T
    assert asked.argmax() % len(SENTENCES) == 0


def test_nothing_is_random() -> None:
    assert (fit(SENTENCES)[1] == fit(SENTENCES)[1]).all()


def test_an_embedder_is_stored_without_pickle() -> None:
    embedder, _ = fit(SENTENCES)
    file = BytesIO()
    np.savez(file, allow_pickle=False, **embedder.to_arrays())
    file.seek(0)
    with np.load(file, allow_pickle=False) as arrays:
        again = Embedder.from_arrays(arrays)
    assert (again.embed(SENTENCES) == embedder.embed(SENTENCES)).all()


def test_a_model_is_asked_about_nearly_the_vectors_that_it_was_fitted_on() -> None:
    rng = np.random.default_rng(0)
    texts = [" ".join(f"{word:05d}" for word in rng.integers(0, 3000, 8)) for _ in range(DIMENSIONS * 2)]
    embedder, vectors = fit(texts)
    again = Embedder.from_arrays(embedder.to_arrays())
    assert np.allclose(again.vectors(texts[:50]), vectors[:50], atol=2e-4)
    assert not again.vectors(["", "漢字"]).any()
    without = {name: array for name, array in embedder.to_arrays().items() if name != "further"}
    with pytest.raises(ValueError, match="further"):
        Embedder.from_arrays(without).vectors(texts[:1])


def test_unknown_words_are_zeros() -> None:
    embedder, _ = fit(SENTENCES)
    assert not embedder.embed(["", "   ", "xxxx", "漢字"]).any()


@pytest.mark.parametrize(
    "texts",
    [
        ["one row"],
        [""],
        ["", "  ", "\n"],
        ["a"],
        ["!!!", "🙂🙂", "🙂"],
        ["私のカードはどこですか", "カードはまだ届きません", "冗談を言ってください"],
        ["أين بطاقتي", "בדיחה", "где моя карта"],
        ["same"] * 30,
        ["word " * 1000, "x" * 5000, "short"],
        ["half of a character \ud83d", "half of a character \ud83d"],
    ],
)
def test_strange_texts_have_vectors_too(texts: list[str]) -> None:
    embedder, vectors = fit(texts)
    assert vectors.shape[0] == len(texts)
    assert np.isfinite(vectors).all()
    assert lengths_are_one_or_zero(vectors)
    assert np.allclose(embedder.embed(texts), embedding_of(vectors), atol=1e-5)


def test_there_may_be_no_texts() -> None:
    embedder, vectors = fit([])
    assert len(vectors) == 0
    assert len(embedder.embed([])) == 0
    assert not embedder.embed(["anything"]).any()


def test_vectors_have_no_more_dimensions_than_said() -> None:
    rng = np.random.default_rng(0)
    texts = [" ".join(f"{word:05d}" for word in rng.integers(0, 3000, 8)) for _ in range(DIMENSIONS * 2)]
    embedder, vectors = fit(texts)
    assert vectors.shape == (len(texts), DIMENSIONS)
    assert embedder.embed(texts[:2]).shape == (2, EMBEDDING)


def test_long_texts_are_cut_where_there_are_too_many_characters(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(features, "MAX_CHARACTERS", 3000)
    embedder, vectors = fit([*SENTENCES, "card " * 5000, "joke " * 5000])
    assert np.isfinite(vectors).all()
    assert sum(min(len(text), embedder.length) for text in SENTENCES) + 2 * embedder.length <= 3000
    assert embedder.length > max(map(len, SENTENCES))


@settings(max_examples=40, deadline=None)
@given(st.lists(st.text(max_size=40), max_size=30))
def test_any_texts_have_vectors(texts: list[str]) -> None:
    embedder, vectors = fit(texts)
    assert vectors.shape[0] == len(texts)
    assert np.isfinite(vectors).all()
    assert lengths_are_one_or_zero(vectors)
    assert np.allclose(embedder.embed(texts), embedding_of(vectors), atol=1e-4)
