"""Vectors by a sentence encoder, of which the intent service knows the form."""

from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from intent.card import NETWORK
from intent.encoder import Encoder, EncoderError


def encode(name: str, texts: Sequence[str], folder: Path) -> NDArray[np.float32]:
    """Return (n, d) vectors of unit length by the encoder `name`; raises EncoderError.

    It is a folder that has an exported one, as a model of the intent service has, or one that
    `python -m intent.training run --encoder` knows; that is exported to `folder` once.
    """
    if (Path(name) / NETWORK).is_file():
        encoder = Encoder(Path(name))
    elif (folder / NETWORK).is_file():
        encoder = Encoder(folder)
    else:
        folder.mkdir(parents=True, exist_ok=True)
        encoder = _export(name, folder)
    vectors = encoder.read(texts).vectors
    assert vectors is not None
    return vectors


def _export(name: str, folder: Path) -> Encoder:
    """Export it; what that needs, PyTorch among others, is imported only here."""
    try:
        exporting = import_module("benchmarks.debugger.exporting")
    except (ImportError, RuntimeError) as error:
        raise EncoderError(f"{name} needs the extra `encoder-training` of the intent service: {error}") from error
    encoder: Encoder = exporting.export(name, folder)
    return encoder
