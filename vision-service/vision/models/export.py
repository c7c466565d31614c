"""From a torch network to an ONNX file that gives the same answers."""

from pathlib import Path

import numpy as np
import onnxruntime
import torch

from vision.models.silence import silence

OUTPUTS = ["logits", "features"]
TOLERANCE = 1e-3
"""Largest difference of a logit; logits are of the order of 10, so this moves no probability's third digit."""


class ExportError(Exception):
    """The network cannot be exported, or the exported file does not do what the network does."""


class _WithFeatures(torch.nn.Module):
    """The network, which answers what goes into its last layer, too."""

    def __init__(self, network: torch.nn.Module) -> None:
        super().__init__()
        self.network = network
        self.last = _last_layer(network)

    def forward(self, images: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        inputs: list[torch.Tensor] = []
        hook = self.last.register_forward_pre_hook(lambda _, arguments: inputs.append(arguments[0]))
        logits = self.network(images)
        hook.remove()
        (features,) = inputs
        return logits, features.mean((2, 3)) if features.dim() == 4 else features


def export_onnx(network: torch.nn.Module, size: int, path: Path) -> int:
    """Write `network` to `path` and return the number of features.

    `images` (batch, 3, size, size) go in; `logits` (batch, classes) and `features` (batch, n), the input of the last
    layer, averaged over the positions where it is a convolution, come out. Raises ExportError when the network cannot
    be exported or ONNX Runtime's answers differ from torch's.
    """
    whole = _WithFeatures(network).eval()
    try:
        _export(whole, size, path)
    except Exception as error:
        raise ExportError(f"the network cannot be exported: {str(error).partition(chr(10))[0]}") from error
    for batch in (1, 3):
        images = torch.rand(batch, 3, size, size, generator=torch.Generator().manual_seed(batch))
        features = _compare(whole, path, images)
    return features


def _export(whole: torch.nn.Module, size: int, path: Path) -> None:
    with silence():
        torch.onnx.export(
            whole,
            (torch.zeros(2, 3, size, size),),
            path,
            input_names=["images"],
            output_names=OUTPUTS,
            dynamic_shapes=({0: torch.export.Dim("batch")},),
            dynamo=True,
            external_data=False,
            verbose=False,
        )


def _last_layer(network: torch.nn.Module) -> torch.nn.Module:
    layers = [layer for layer in network.modules() if isinstance(layer, torch.nn.Linear | torch.nn.Conv2d)]
    if not layers:
        raise ExportError("the network has no last layer: neither a linear one nor a convolution")
    return layers[-1]


def _compare(whole: torch.nn.Module, path: Path, images: torch.Tensor) -> int:
    """Return the number of features."""
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    found = session.run(OUTPUTS, {"images": images.numpy()})
    with torch.inference_mode():
        expected = [output.numpy() for output in whole(images)]
    for name, one, other in zip(OUTPUTS, found, expected, strict=True):
        difference = float(np.abs(one - other).max())
        if not difference <= TOLERANCE:
            raise ExportError(f"the ONNX file's {name} differ from torch's by {difference:.2g}")
    return int(expected[1].shape[1])
