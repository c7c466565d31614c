"""The intent service with a model that has a real sentence encoder, small and untrained."""

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import numpy as np
import pytest
from onnx import TensorProto, helper, numpy_helper, save
from safetensors.numpy import save as save_tensors
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace

from intent.card import CARD, KNOTS, NETWORK, TENSORS, TOKENIZER, Calibration, Card, Encoding
from intent.features import grams_of
from shared.testing import server_process

DIMENSIONS: Final = 24
WORDS: Final = """
    card arrive post delivery plastic envelope money back refund return shop charged limit raise maximum spend daily cap
"""


@pytest.fixture(scope="session")
def encoding_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a model whose encoder adds up a random vector for each word."""
    models = tmp_path_factory.mktemp("models")
    hashes = np.unique(grams_of([WORDS]).hashes)
    tensors: dict[str, Any] = {
        "hashes": hashes,
        "rarity": np.ones(len(hashes), np.float32),
        "word_share": np.array([0.5]),
        "weights": np.zeros((len(hashes), 2), np.float32),
        "bias": np.zeros(2, np.float32),
        "dense_weights": np.eye(DIMENSIONS, 2, dtype=np.float32),
        "means": np.eye(DIMENSIONS, 2, dtype=np.float32),
    }
    data = save_tensors(tensors)
    version = hashlib.sha256(data).hexdigest()[:12]
    folder = models / version
    folder.mkdir()
    (folder / TENSORS).write_bytes(data)
    _write_encoder(folder)
    weights = hashlib.sha256((folder / NETWORK).read_bytes()).hexdigest()
    card = Card(
        version=version,
        created_at=datetime(2026, 1, 1, tzinfo=UTC),
        labels=["card", "refund"],
        calibration=Calibration(slopes=[5.0] * (len(KNOTS) + 1)),
        scope_threshold=None,
        encoder=Encoding(source="words added up", finetuned=False, weights_sha256=weights),
        data_sha256="0" * 64,
        training_rows=2,
        seed=0,
        packages={},
    )
    (folder / CARD).write_text(card.model_dump_json(), encoding="utf-8")
    return folder


def _write_encoder(folder: Path) -> None:
    words = ["[PAD]", "[UNK]", *WORDS.split()]
    tokenizer = Tokenizer(WordLevel({word: number for number, word in enumerate(words)}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = Whitespace()
    tokenizer.save(str(folder / TOKENIZER))
    table = np.random.default_rng(3).normal(size=(len(words), DIMENSIONS)).astype(np.float32)
    shape = ["texts", "tokens"]
    graph = helper.make_graph(
        [
            helper.make_node("Gather", ["table", "input_ids"], ["vectors"]),
            helper.make_node("Cast", ["attention_mask"], ["numbers"], to=TensorProto.FLOAT),
            helper.make_node("Unsqueeze", ["numbers", "last"], ["mask"]),
            helper.make_node("Mul", ["vectors", "mask"], ["masked"]),
            helper.make_node("ReduceSum", ["masked", "middle"], ["sum"], keepdims=0),
            helper.make_node("LpNormalization", ["sum"], ["embedding"], axis=1, p=2),
        ],
        "words",
        [helper.make_tensor_value_info(name, TensorProto.INT64, shape) for name in ("input_ids", "attention_mask")],
        [helper.make_tensor_value_info("embedding", TensorProto.FLOAT, ["texts", DIMENSIONS])],
        [
            numpy_helper.from_array(table, "table"),
            numpy_helper.from_array(np.array([2]), "last"),
            numpy_helper.from_array(np.array([1]), "middle"),
        ],
    )
    save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=10), folder / NETWORK)


@pytest.fixture
def intent_process(encoding_model: Path) -> Iterator[tuple[Any, str]]:
    """The process of the service, and its URL."""
    variables = {"INTENT_MODEL_DIR": str(encoding_model.parent), "INTENT_LOG_LEVEL": "error"}
    with server_process("intent", "INTENT_", variables) as found:
        yield found
