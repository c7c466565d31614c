"""Fine-tuning learns what it is taught, and the same again from the same seed."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from intent.features import Floats
from intent.training.encoders.finetuning import finetune
from intent.training.encoders.networks import Network
from intent.training.encoders.sources import load
from intent.training.encoding import Head, Lesson

EPOCHS = 30


@pytest.fixture(scope="module")
def lesson() -> Lesson:
    """Words in another order mean another label, which no count of words tells."""
    texts = ["order parcel", "parcel order", "money refund", "refund money"]
    return Lesson(texts * 16, np.array([0, 1, 0, 1] * 16), 2, seed=3)


def taught(folder: Path, lesson: Lesson) -> tuple[Network, Head, list[str]]:
    network, told = Network(load(str(folder))), list[str]()
    return network, finetune(network, lesson, told.append, EPOCHS), told


def logits(taught: tuple[Network, Head, list[str]], texts: Sequence[str]) -> Floats:
    network, head, _ = taught
    network.tokenizer.enable_padding()
    tokens = network.tokenizer.encode_batch(list(texts))
    with torch.inference_mode():
        ids, mask = (torch.tensor([getattr(each, of) for each in tokens]) for of in ("ids", "attention_mask"))
        found: Floats = network(ids, mask).numpy() @ head.weights + head.bias
    return found


@pytest.fixture(scope="module")
def once(folder: Path, lesson: Lesson) -> tuple[Network, Head, list[str]]:
    return taught(folder, lesson)


def test_it_learns_what_it_is_taught(once: tuple[Network, Head, list[str]], lesson: Lesson) -> None:
    assert logits(once, lesson.texts[:4]).argmax(axis=1).tolist() == lesson.truth[:4].tolist()


def test_of_texts_without_a_label_it_learns_that_all_are_as_likely(folder: Path) -> None:
    texts, outside = ["track parcel", "where is my parcel", "refund money", "i want money back"], ["cancel the order"]
    lesson = Lesson(texts * 16, np.array([0, 0, 1, 1] * 16), 2, seed=0)
    unexposed, exposed = taught(folder, lesson), taught(folder, replace(lesson, outside=outside))
    assert np.ptp(logits(exposed, outside)) < np.ptp(logits(unexposed, outside)) / 3
    assert logits(exposed, texts).argmax(axis=1).tolist() == [0, 0, 1, 1]


def test_the_same_seed_teaches_the_same(once: tuple[Network, Head, list[str]], folder: Path, lesson: Lesson) -> None:
    network, head, _ = taught(folder, lesson)
    assert network.weights_sha256() == once[0].weights_sha256()
    assert (head.weights == once[1].weights).all()


def test_it_tells_how_long_it_takes(once: tuple[Network, Head, list[str]]) -> None:
    assert once[2][-1].startswith(f"Fine-tuning: epoch {EPOCHS} of {EPOCHS}, 100%")
