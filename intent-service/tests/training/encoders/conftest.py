"""A real sentence encoder, small and untrained, as a folder and as it is served."""

import shared.torch_operators  # noqa: F401 transformers does not import everywhere without it

# isort: split
from pathlib import Path

import numpy as np
import pytest
import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
from tokenizers import Tokenizer
from tokenizers.models import WordPiece
from tokenizers.normalizers import BertNormalizer
from tokenizers.pre_tokenizers import BertPreTokenizer
from tokenizers.processors import TemplateProcessing
from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

from intent.training.encoders.building import build
from intent.training.encoding import Built, Lesson

WORDS = "where is my parcel money back please cancel the order i want refund a track stop it"
LESSON = Lesson(
    texts=["where is my parcel", "track the order", "i want my money back", "refund the order please"] * 8,
    truth=np.array([0, 0, 1, 1] * 8),
    labels=2,
    seed=0,
)


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an encoder with 2 layers, as such folders are published."""
    plain, folder = tmp_path_factory.mktemp("plain"), tmp_path_factory.mktemp("encoder")
    _tokenizer().save_pretrained(plain)
    with torch.random.fork_rng():
        torch.manual_seed(0)
        small = BertConfig(
            vocab_size=200, hidden_size=16, num_hidden_layers=2, num_attention_heads=2, intermediate_size=32
        )
        BertModel(small).save_pretrained(plain)
    transformer = Transformer(str(plain))
    SentenceTransformer(modules=[transformer, Pooling(16)], device="cpu").save(str(folder), create_model_card=False)
    return folder


@pytest.fixture(scope="session")
def built(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Built:
    """That encoder as it is served."""
    return build(str(folder), False, tmp_path_factory.mktemp("built"), LESSON, print)


def _tokenizer() -> PreTrainedTokenizerFast:
    pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", *WORDS.split(), *"abcdefghijklmnopqrstuvwxyz"]
    pieces += [f"##{letter}" for letter in "abcdefghijklmnopqrstuvwxyz"]
    numbers = {piece: number for number, piece in enumerate(dict.fromkeys(pieces))}
    tokenizer = Tokenizer(WordPiece(numbers, unk_token="[UNK]"))
    tokenizer.normalizer = BertNormalizer()
    tokenizer.pre_tokenizer = BertPreTokenizer()
    marks = [(mark, numbers[mark]) for mark in ("[CLS]", "[SEP]")]
    tokenizer.post_processor = TemplateProcessing(single="[CLS] $A [SEP]", special_tokens=marks)
    return PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=tokenizer, pad_token="[PAD]", unk_token="[UNK]", cls_token="[CLS]", sep_token="[SEP]"
    )
