"""Cross-layer equalisation: the channels of a tensor share one scale in int8, so each is made to fill it.

A channel divided by a number where it is made, and multiplied by it in the weights that take it, leaves the network's
answers as they were, as long as all that lies between commutes with the scaling (Nagel et al., 2019). What clips at
6 commutes if the channel stays below: these are only enlarged, and only as far as was seen to be free, with a margin.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from vision.quantisation.graph import Array, Graph, Layer, Node
from vision.quantisation.observation import Observed

MARGIN = 1.2
"""How much larger than what was seen a value may become before it is clipped."""
SMALLEST = 1e-3
"""Channels smaller than this part of the largest are treated as if they had this size."""
LIMIT = 100.0
"""Largest factor."""

_COMMUTING = {"Add", "Relu", "Clip", "MaxPool", "AveragePool", "GlobalAveragePool", "ReduceMean", "Reshape", "Flatten"}
_UNSCALABLE = ""


@dataclass(frozen=True)
class Group:
    """Tensors whose channels must have the same scales, the layers that make them and those that take them."""

    tensors: frozenset[str]
    makers: list[Layer]
    takers: list[Layer]
    ceiling: float | None
    """Where it is clipped."""


def equalise(graph: Graph, observed: Mapping[str, Observed]) -> None:
    """Scale the weights in `graph` so that the channels of each tensor have similar sizes."""
    for group in _groups(graph):
        sizes = [np.asarray(observed[name].largest) for name in group.tensors if name in observed]
        if sizes and len({size.shape for size in sizes}) == 1:
            _scale(graph, group, np.max(np.stack(sizes), axis=0))


def _scale(graph: Graph, group: Group, sizes: Array) -> None:
    wanted = [_needs(graph.values[layer.weight], len(sizes)) for layer in group.takers]
    made = [len(graph.values[layer.weight]) == len(sizes) for layer in group.makers]
    if not all(made) or any(need is None for need in wanted):
        return
    sizes = np.maximum(sizes, sizes.max() * SMALLEST + np.finfo(np.float32).tiny)
    factors = _factors(sizes, np.max([need for need in wanted if need is not None], axis=0))
    if group.ceiling is None:
        factors = np.clip(factors / np.exp(np.log(factors).mean()), 1 / LIMIT, LIMIT)
    else:
        free = np.minimum(sizes * MARGIN / group.ceiling, 1)
        factors = np.clip(np.maximum(factors / factors.max(), free), 1 / LIMIT, 1)
    _apply(graph, group, factors.astype(np.float32))


def _factors(sizes: Array, weights: Array) -> Array:
    """Return by what to divide so that a channel's values and its weights have the same size."""
    if not weights.any():
        return sizes
    factors: Array = np.sqrt(sizes / np.maximum(weights, weights.max() * SMALLEST))
    return factors


def _needs(weight: Array, channels: int) -> Array | None:
    """Return the largest weight for each channel; None where the layer takes the channels in another way."""
    if weight.shape[1] == channels:
        largest: Array = np.abs(weight).max(axis=(0, *range(2, weight.ndim)))
        return largest
    if weight.shape[:2] == (channels, 1):  # depthwise: a scale per channel of the weights makes it indifferent
        return np.zeros(channels, np.float32)
    return None


def _apply(graph: Graph, group: Group, factors: Array) -> None:
    for layer in group.makers:
        weight = graph.values[layer.weight]
        graph.values[layer.weight] = weight / factors.reshape(-1, *[1] * (weight.ndim - 1))
        if layer.bias:
            graph.values[layer.bias] = graph.values[layer.bias] / factors
    for layer in group.takers:
        weight = graph.values[layer.weight]
        axis = 1 if weight.shape[1] == len(factors) else 0
        graph.values[layer.weight] = weight * np.moveaxis(factors.reshape(-1, *[1] * (weight.ndim - 1)), 0, axis)


def _groups(graph: Graph) -> Iterator[Group]:
    layers = {layer.name: layer for layer in graph.layers}
    for tensors in _connected(graph):
        makers = [layers[node.name] for name in tensors if (node := graph.producers[name]).name in layers]
        takers = [layers[node.name] for name in tensors for node in graph.consumers[name] if node.name in layers]
        ceilings = {_ceiling(graph, graph.producers[name]) for name in tensors} - {None}
        if makers and takers and len(ceilings) <= 1:
            yield Group(tensors, makers, takers, next(iter(ceilings), None))


def _connected(graph: Graph) -> Iterator[frozenset[str]]:
    """Yield the sets of tensors between layers; those that something else makes or takes are left out."""
    parents: dict[str, str] = {}

    def root(name: str) -> str:
        while (parent := parents.setdefault(name, name)) != name:
            name = parent
        return name

    layers = {layer.name for layer in graph.layers}
    for node in graph.nodes:
        if node.name in layers:
            root(node.output[0])
            continue
        tensors = [*(name for name in node.input if name not in graph.values), *node.output]
        for name in tensors:
            parents[root(name)] = root(tensors[0] if _commutes(graph, node, tensors) else _UNSCALABLE)
    for name in (*graph.outputs, "images"):
        parents[root(name)] = root(_UNSCALABLE)
    sets: dict[str, set[str]] = {}
    for name in parents:
        sets.setdefault(root(name), set()).add(name)
    yield from (frozenset(found) for representative, found in sets.items() if _UNSCALABLE not in found)


def _commutes(graph: Graph, node: Node, tensors: list[str]) -> bool:
    if node.op_type == "Clip":
        return _ceiling(graph, node) is not None
    if node.op_type == "Add" and len(tensors) != 3:
        return False  # a constant is added
    return node.op_type in _COMMUTING


def _ceiling(graph: Graph, node: Node) -> float | None:
    """Return where a node that clips from 0 upwards ends; None of any other."""
    bounds = [graph.values.get(name) for name in node.input[1:]]
    if node.op_type != "Clip" or len(bounds) != 2 or bounds[0] is None or bounds[1] is None:
        return None
    return float(bounds[1]) if float(bounds[0]) == 0 and float(bounds[1]) > 0 else None
