"""The nearest training examples, compared with all cosines computed one by one."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intent.features import Vocabulary, grams_of
from intent.neighbours import Index, Kept, Neighbourhood

WORDS = ("where", "is", "my", "parcel", "money", "back", "refund", "the", "order", "été", "26")
sentences = st.lists(st.sampled_from(WORDS), min_size=1, max_size=6).map(" ".join)


def vocabulary(texts: list[str]) -> Vocabulary:
    hashes = np.unique(grams_of(texts).hashes)
    return Vocabulary(hashes, np.linspace(1, 2, len(hashes), dtype=np.float32), 0.6)


def dense(known: Vocabulary, text: str) -> np.typing.NDArray[np.float64]:
    sparse, vector = known.vectors(grams_of([text])), np.zeros(len(known.hashes))
    vector[sparse.columns] = sparse.values
    return vector / (np.linalg.norm(vector) or 1)


@settings(max_examples=60, deadline=None)
@given(texts=st.lists(sentences, min_size=1, max_size=20), asked=sentences, count=st.integers(1, 6))
def test_the_nearest_are_those_of_the_largest_cosine(texts: list[str], asked: str, count: int) -> None:
    known = vocabulary(texts)
    cosines = sorted((float(dense(known, text) @ dense(known, asked)) for text in texts), reverse=True)
    index = Index(known, [Kept(text=text, label=number) for number, text in enumerate(texts)])
    nearest = index.nearest(asked, count)
    wanted = [cosine for cosine in cosines[:count] if cosine > 1e-6]
    assert [near.similarity for near in nearest] == pytest.approx(wanted, abs=1e-5)
    for near in nearest:
        assert isinstance(near.label, int)
        assert near.text == texts[near.label]


def test_a_text_with_nothing_in_common_has_no_neighbour() -> None:
    index = Index(vocabulary(["where is it"]), [Kept(text="where is it", label="a")])
    assert index.nearest("xyz", 5) == []
    assert index.nearest("", 5) == []


def test_without_examples_there_is_none() -> None:
    assert Index(vocabulary(["where is it"]), []).nearest("where", 5) == []


def test_the_same_example_is_shown_once(tmp_path: Path) -> None:
    path = tmp_path / "examples.jsonl"
    path.write_text('{"text": "where", "label": 1}\n' * 3 + '{"text": "where", "label": "1"}\n', encoding="utf-8")
    nearest = Neighbourhood(path, vocabulary(["where"])).nearest("where", 5)
    assert [near.label for near in nearest] == [1, "1"]


@pytest.mark.parametrize("content", [None, b"", b"{", b'{"text": 1, "label": 2}', b"\xff\xfe", b"\n"])
def test_a_file_that_is_missing_or_damaged_gives_none(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "examples.jsonl"
    if content is not None:
        path.write_bytes(content)
    assert Neighbourhood(path, vocabulary(["where"])).nearest("where", 5) == []
