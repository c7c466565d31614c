"""The multilayer perceptron in PyTorch, from safetensors or a state dict loaded without pickled code."""

from pathlib import Path
from typing import ClassVar, Self

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from crystal.models.base import ModelFileError, Probabilities, Rows

BLOCK_ROWS = 2048
"""Rows whose hidden values fit into a core's cache."""


class Mlp(nn.Module):
    """Features → 50 → 50 → classes with ReLU between and softmax at the end."""

    def __init__(self, features: int = 4, classes: int = 3, hidden: int = 50) -> None:
        super().__init__()
        self.layer1 = nn.Linear(features, hidden)
        self.layer2 = nn.Linear(hidden, hidden)
        self.layer3 = nn.Linear(hidden, classes)

    def forward(self, rows: Tensor) -> Tensor:
        """Return probabilities, shape (rows, classes)."""
        return torch.softmax(self.logits(rows), dim=1)

    def logits(self, rows: Tensor) -> Tensor:
        """Return what softmax is taken of; training needs it for a stable loss."""
        hidden = torch.relu(self.layer1(rows))
        logits: Tensor = self.layer3(torch.relu(self.layer2(hidden)))
        return logits


class PytorchModel:
    """The MLP, its sizes read from the weights themselves."""

    kind: ClassVar[str] = "PyTorch MLP"
    filename: ClassVar[str] = "pytorch.safetensors"

    def __init__(self, mlp: Mlp) -> None:
        self._mlp = mlp.eval()
        self.features = mlp.layer1.in_features
        self.classes = mlp.layer3.out_features

    @classmethod
    def load(cls, path: Path, *, allow_pickle: bool) -> Self:  # noqa: ARG003 no kind of file here needs it
        """Load `.safetensors`, or another file as a state dict that holds tensors only."""
        weights = _load_weights(path)
        try:
            hidden, features = weights["layer1.weight"].shape
            mlp = Mlp(features, weights["layer3.weight"].shape[0], hidden)
            mlp.load_state_dict(weights)
        except (KeyError, ValueError, RuntimeError, AttributeError) as error:
            reason = " ".join(str(error).split())
            raise ModelFileError(f"{path} does not hold the MLP's layer1, layer2 and layer3: {reason}") from error
        return cls(mlp)

    def save(self, path: Path) -> None:
        """Write the weights to `path` as safetensors."""
        save_file(self._mlp.state_dict(), path)

    def predict_proba(self, rows: Rows) -> Probabilities:
        """Return the probability of each class for each row, to the last bit the same whatever batch it is in."""
        columns = torch.from_numpy(rows.astype(np.float32)).T
        with torch.inference_mode():
            blocks = [self._logits(block.contiguous()) for block in torch.split(columns, BLOCK_ROWS, dim=1)]
        logits = torch.cat(blocks, dim=1).numpy().astype(np.float64)
        exponentials = np.exp(logits - logits.max(axis=0))
        probabilities: Probabilities = (exponentials / exponentials.sum(axis=0)).T
        return probabilities

    def _logits(self, columns: Tensor) -> Tensor:
        hidden = torch.relu(_linear(self._mlp.layer1, columns))
        hidden = torch.relu(_linear(self._mlp.layer2, hidden))
        return _linear(self._mlp.layer3, hidden)


def _linear(layer: nn.Linear, columns: Tensor) -> Tensor:
    """Return the layer's output, shape (out, rows), for `columns`, shape (in, rows), one input after the other.

    Single products and sums are rounded by IEEE 754 alone, so no row depends on another one or on its place. Matrix
    products are summed in an order that hangs on the number of rows, the row's place and the machine.
    """
    output = layer.bias[:, None].repeat(1, columns.shape[1])
    for weights, values in zip(layer.weight.T, columns, strict=True):
        output += weights[:, None] * values
    return output


def _load_weights(path: Path) -> dict[str, Tensor]:
    try:
        if path.suffix == ".safetensors":
            return load_file(path)
        weights = torch.load(path, weights_only=True, map_location="cpu")
    except Exception as error:
        reason = " ".join(str(error).split())[:200]
        raise ModelFileError(f"{path} is neither safetensors nor a state dict of tensors: {reason}") from error
    if not isinstance(weights, dict):
        raise ModelFileError(f"{path} holds a {type(weights).__name__}, not a state dict")
    return weights
