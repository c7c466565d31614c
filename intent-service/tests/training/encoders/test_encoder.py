"""What an encoder makes of texts as it is served."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intent.card import NETWORK, TOKENIZER
from intent.encoder import MAX_TOKENS, PORTION, Encoder, EncoderError
from intent.features import Floats
from intent.training.encoding import Built

TEXTS = st.lists(st.text(st.characters(), max_size=200), min_size=1, max_size=PORTION + 5)


def vectors(built: Built, texts: Sequence[str]) -> Floats:
    found = built.encoder.read(texts).vectors
    assert found is not None
    return found


@given(TEXTS)
@settings(deadline=None, max_examples=50)
def test_a_texts_vector_depends_on_that_text_alone(built: Built, texts: list[str]) -> None:
    together = vectors(built, texts)
    alone = np.concatenate([vectors(built, [text]) for text in texts])
    assert together == pytest.approx(alone, abs=1e-5)


@given(st.text(st.characters(categories=None), max_size=50))
@settings(deadline=None, max_examples=50)
def test_every_text_has_a_vector_of_length_one(built: Built, text: str) -> None:
    assert np.linalg.norm(vectors(built, [text])) == pytest.approx(1, abs=1e-5)


def test_no_text_has_no_vector(built: Built) -> None:
    assert vectors(built, []).shape == (0, 16)


def test_what_is_behind_the_last_token_is_not_seen(built: Built) -> None:
    whole = ["order"] * 10_000
    cut = whole[: MAX_TOKENS - 2]
    assert vectors(built, [" ".join(whole)]) == pytest.approx(vectors(built, [" ".join(cut)]), abs=1e-6)
    assert vectors(built, [" ".join(cut)]) != pytest.approx(vectors(built, [" ".join([*cut[:-1], "parcel"])]), abs=1e-6)


@pytest.mark.parametrize("name", [NETWORK, TOKENIZER])
def test_a_damaged_file_is_refused(built: Built, tmp_path: Path, name: str) -> None:
    for file in (NETWORK, TOKENIZER):
        (tmp_path / file).write_bytes((built.folder / file).read_bytes())
    (tmp_path / name).write_bytes(b"{")
    with pytest.raises(EncoderError, match="missing or damaged"):
        Encoder(tmp_path)
