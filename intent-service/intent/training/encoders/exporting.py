"""Writes a sentence encoder in the form in which it is served: ONNX, and the tokenizer."""

import logging
import warnings
from pathlib import Path
from typing import Final

import numpy as np
import torch
from torch.export import Dim

from intent.card import NETWORK, TOKENIZER
from intent.encoder import MAX_TOKENS, Encoder, EncoderError
from intent.training.encoders.networks import Network

TOLERANCE: Final = 1e-5
"""By how much a vector's part may differ after the export."""

_TRIED: Final = ("a few words", "and a sentence of more words than the other one has")


def write(network: Network, folder: Path) -> Encoder:
    """Write the network and its tokenizer to `folder`, and return them as they are served; raises EncoderError."""
    network.tokenizer.save(str(folder / TOKENIZER))
    network.eval()
    try:
        _export(network, folder / NETWORK)
    except Exception as error:  # what the exporter raises is not documented
        raise EncoderError(f"the encoder cannot be exported: {str(error).partition(chr(10))[0]}") from error
    encoder = Encoder(folder)
    _compare(network, encoder)
    return encoder


def _export(network: Network, path: Path) -> None:
    texts, tokens = Dim("texts"), Dim("tokens", max=MAX_TOKENS)
    example = torch.tensor([[0, 1, 2, 3], [0, 1, 2, 3], [0, 1, 2, 3]])
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            network,
            (example, torch.ones_like(example)),
            path,
            input_names=["input_ids", "attention_mask"],
            output_names=["vectors"],
            dynamic_shapes=({0: texts, 1: tokens}, {0: texts, 1: tokens}),
            dynamo=True,
            external_data=False,
            verbose=False,
        )


@torch.inference_mode()
def _compare(network: Network, encoder: Encoder) -> None:
    ids, mask = encoder.tokens(_TRIED)
    expected = network(torch.from_numpy(ids), torch.from_numpy(mask)).numpy()
    found = encoder.read(_TRIED).vectors
    if found is None or not np.allclose(found, expected, atol=TOLERANCE):
        raise EncoderError("the exported encoder answers otherwise than the network")
