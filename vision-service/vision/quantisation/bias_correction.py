"""Rounded weights shift the mean of what a layer answers; its bias takes that back."""

from collections.abc import Container, Mapping

import numpy as np

from vision.quantisation.graph import Array, Graph
from vision.quantisation.observation import Observed

STEPS = 127


def correct_biases(graph: Graph, observed: Mapping[str, Observed], left_out: Container[str]) -> None:
    """Change the biases in `graph` by the shifts to expect; layers `left_out` are not going to be rounded."""
    for layer in graph.layers:
        if layer.bias is None or layer.name in left_out or layer.input not in observed:
            continue
        weight, mean = graph.values[layer.weight], observed[layer.input].mean
        error = (_rounded(weight) - weight).reshape(*weight.shape[:2], -1).sum(axis=2)
        if weight.shape[1] == len(mean):
            graph.values[layer.bias] = graph.values[layer.bias] - (error @ mean).astype(np.float32)
        elif weight.shape[:2] == (len(mean), 1):
            graph.values[layer.bias] = graph.values[layer.bias] - error[:, 0] * mean


def _rounded(weight: Array) -> Array:
    """Round as ONNX Runtime does with a symmetric scale per channel."""
    largest = np.abs(weight).max(axis=tuple(range(1, weight.ndim)), keepdims=True)
    steps = np.where(largest == 0, 1, largest) / STEPS
    return np.asarray(np.round(weight / steps) * steps, np.float32)
