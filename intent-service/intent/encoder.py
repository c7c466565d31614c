"""A sentence encoder: a network that turns texts into vectors, evaluated on the CPU by ONNX Runtime."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

from intent.card import NETWORK, TOKENIZER
from intent.features import Floats, Integers
from intent.sentences import Sentences

MAX_TOKENS: Final = 128
"""Of a text; what comes behind them the encoder does not see."""
PORTION: Final = 32
"""Texts that go through the network together: larger portions are not faster."""


class EncoderError(ValueError):
    """The files are no encoder."""


class Encoder:
    """A loaded encoder; may be called from several threads at once. What it makes of a text depends on that alone."""

    def __init__(self, folder: Path) -> None:
        """Load the encoder in `folder`; raises EncoderError."""
        options = onnxruntime.SessionOptions()
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # others need the cores meanwhile
        try:
            self._network = onnxruntime.InferenceSession(folder / NETWORK, options, providers=["CPUExecutionProvider"])
            self._tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
        except Exception as error:  # neither library has an exception of its own that is public
            raise EncoderError(f"{folder}: {NETWORK} or {TOKENIZER} is missing or damaged.") from error
        self._tokenizer.enable_truncation(MAX_TOKENS)
        self._tokenizer.enable_padding()
        self.dimensions: int = self._network.get_outputs()[0].shape[1]

    def read(self, texts: Sequence[str]) -> Sentences:
        """Return `texts` with their vectors."""
        found = np.empty((len(texts), self.dimensions), np.float32)
        order = np.argsort([len(text) for text in texts], kind="stable")  # those of a portion are padded to one length
        for first in range(0, len(texts), PORTION):
            rows = order[first : first + PORTION]
            found[rows] = self._vectors([texts[row] for row in rows.tolist()])
        return Sentences(texts, found)

    def tokens(self, texts: Sequence[str]) -> tuple[Integers, Integers]:
        """Return the numbers of the texts' tokens, and 1 where there is one, both (texts, tokens)."""
        found = self._tokenizer.encode_batch([text.encode("utf-8", "replace").decode() for text in texts])
        numbers = np.array([each.ids for each in found], np.int64)
        return numbers, np.array([each.attention_mask for each in found], np.int64)

    def _vectors(self, texts: Sequence[str]) -> Floats:
        numbers, mask = self.tokens(texts)
        vectors: Floats = self._network.run(None, {"input_ids": numbers, "attention_mask": mask})[0]
        return vectors
