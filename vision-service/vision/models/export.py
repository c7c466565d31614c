"""From a torch network to an ONNX file that gives the same answers."""

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path

import numpy as np
import onnxruntime
import torch

TOLERANCE = 1e-3
"""Largest difference of a logit; logits are of the order of 10, so this moves no probability's third digit."""


class ExportError(Exception):
    """The exported file does not do what the network does."""


def export_onnx(network: torch.nn.Module, size: int, path: Path) -> None:
    """Write `network` to `path`: `images` (batch, 3, size, size) in, `logits` (batch, classes) out.

    Raises ExportError when ONNX Runtime's answers differ from torch's.
    """
    with _silence():
        torch.onnx.export(
            network,
            (torch.zeros(2, 3, size, size),),
            path,
            input_names=["images"],
            output_names=["logits"],
            dynamic_shapes=({0: torch.export.Dim("batch")},),
            dynamo=True,
            external_data=False,
            verbose=False,
        )
    for batch in (1, 3):
        _compare(network, path, torch.rand(batch, 3, size, size, generator=torch.Generator().manual_seed(batch)))


def _compare(network: torch.nn.Module, path: Path, images: torch.Tensor) -> None:
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    (found,) = session.run(["logits"], {"images": images.numpy()})
    with torch.inference_mode():
        expected = network(images).numpy()
    difference = float(np.abs(found - expected).max())
    if not difference <= TOLERANCE:
        raise ExportError(f"the ONNX file's answers differ from torch's by {difference:.2g}")


@contextmanager
def _silence() -> Iterator[None]:
    with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
