"""From an fp32 ONNX file to one whose layers compute in int8, with little change of its answers.

The recipe is the same for every model: equalise the channels, keep of each tensor the range in which 256 steps err
least, correct the biases for the rounding of the weights, compute the last layer in float. Where that is not precise
enough, the parts of the network which lose the most by int8 are left in float, too.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static
from rich.console import Console
from rich.progress import track

from vision.models.silence import silence
from vision.quantisation.bias_correction import correct_biases
from vision.quantisation.equalisation import equalise
from vision.quantisation.graph import Array, Graph, open_session
from vision.quantisation.observation import BATCH, Observed, Range, observe, ranges_of

WANTED_DECIBELS = 22.0
"""Signal to noise of the logits at which no more is left in float; beyond it agreement grows no further."""
FLOAT_SHARE = 0.25
"""Part of the multiplications that may stay in float for it: the speed that is given up."""
WINDOW = 3
"""Neighbouring layers that are tried in float together: what lies between them is then not rounded either."""
MAX_WINDOWS = 60
MAX_TRIED = 15
"""Of them, in combination."""
PROBES = 40
"""Photos that this is measured with."""

_Attempt = Callable[[Collection[str]], float]
"""Writes the int8 file, with these layers left in float, and returns the decibels."""


def quantise(source: Path, target: Path, photos: Array, console: Console) -> str:
    """Write `target`: `source` in int8, calibrated with `photos`; return how it was done, in words."""
    console.print(f"Calibrating with {len(photos)} photos …")
    calibrated = calibrate(source, photos)
    graph, probes = calibrated.graph, photos[:PROBES]
    expected = logits_of(source.read_bytes(), probes)

    def attempt(left_out: Collection[str]) -> float:
        write_int8(calibrated, left_out, target)
        return decibels(expected, logits_of(target.read_bytes(), probes))

    left_out = _choose_float(graph, attempt, probes[:1], console)
    reached = attempt(left_out)
    return (
        "static QDQ, weights in int8 per channel, activations in uint8; channels equalised across layers, ranges of "
        f"least error, biases corrected; {len(left_out)} of {len(graph.layers)} layers in float; logits' signal to "
        f"noise {reached:.1f} dB"
    )


@dataclass(frozen=True)
class Calibrated:
    """A network with channels of similar sizes, what it was seen to compute, and the ranges to keep of that."""

    graph: Graph
    observed: Mapping[str, Observed]
    ranges: Mapping[str, Range]


def calibrate(source: Path, photos: Array) -> Calibrated:
    """Return the network in the ONNX file `source`, ready to be written in int8."""
    graph = Graph(onnx.load(source))
    equalise(graph, observe(graph, photos))
    observed = observe(graph, photos)
    return Calibrated(graph, observed, ranges_of(observed))


def write_int8(calibrated: Calibrated, left_out: Collection[str], target: Path) -> None:
    """Write the network to `target` with all layers in int8 but those in `left_out`."""
    graph = calibrated.graph.copy()
    correct_biases(graph, calibrated.observed, left_out)
    limits = {
        name: [{"rmin": np.float32(lowest), "rmax": np.float32(highest)}]
        for name, (lowest, highest) in calibrated.ranges.items()
        if highest > lowest
    }
    with silence():
        quantize_static(
            graph.model(),
            target,
            _NoPhotos(graph.image_shape),
            quant_format=QuantFormat.QDQ,
            per_channel=True,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
            nodes_to_exclude=list(left_out),
            extra_options={"TensorQuantOverrides": limits},
        )


def logits_of(model: bytes, photos: Array) -> Array:
    """Return what the ONNX file `model` answers, (n, classes)."""
    session = open_session(model)
    batches = (photos[start : start + BATCH] for start in range(0, len(photos), BATCH))
    return np.concatenate([session.run(["logits"], {"images": batch})[0] for batch in batches])


def decibels(expected: Array, found: Array) -> float:
    """Return signal to noise of the logits; what all of an image's have in common changes no answer."""
    signal, noise = (rows - rows.mean(axis=1, keepdims=True) for rows in (expected, found - expected))
    return float(10 * np.log10((signal**2).sum() / max(float((noise**2).sum()), np.finfo(np.float32).tiny)))


def _choose_float(graph: Graph, attempt: _Attempt, photo: Array, console: Console) -> list[str]:
    """Return the layers to leave in float: the last one, and those that are worth their multiplications."""
    chosen = [layer.name for layer in graph.layers[-1:]]
    best = attempt(chosen)
    if best >= WANTED_DECIBELS:
        return chosen
    costs = graph.multiplications(photo)
    limit = FLOAT_SHARE * sum(costs.values())
    windows = _windows(graph)
    noises = [
        _noise(attempt(chosen + window))
        for window in track(windows, "Measuring the layers", console=console, transient=True)
    ]
    for window in _by_worth(windows, [_noise(best) - noise for noise in noises], costs):
        more = [*chosen, *(name for name in window if name not in chosen)]
        if sum(costs[name] for name in more) <= limit and (reached := attempt(more)) > best:
            chosen, best = more, reached
        if best >= WANTED_DECIBELS:
            break
    return chosen


def _windows(graph: Graph) -> list[list[str]]:
    names = [layer.name for layer in graph.layers[:-1]]
    last = max(0, len(names) - WINDOW)
    starts = np.unique(np.linspace(0, last, min(MAX_WINDOWS, last + 1)).round().astype(int))
    return [names[start : start + WINDOW] for start in starts]


def _by_worth(windows: Sequence[list[str]], gains: Sequence[float], costs: Mapping[str, int]) -> list[list[str]]:
    """Return the windows that alone gain something, the one that gains most for its multiplications first."""
    worths = [gain / sum(costs[name] for name in window) for window, gain in zip(windows, gains)]
    order = sorted(range(len(windows)), key=lambda number: -worths[number])
    return [windows[number] for number in order if gains[number] > 0][:MAX_TRIED]


def _noise(ratio: float) -> float:
    return float(10 ** (-ratio / 10))


class _NoPhotos(CalibrationDataReader):  # type: ignore[misc]
    """One black image: ONNX Runtime asks for something to calibrate with, although all ranges are given."""

    def __init__(self, shape: tuple[int, ...]) -> None:
        self._rest = iter([{"images": np.zeros((1, *shape), np.float32)}])

    def get_next(self) -> dict[str, Any] | None:
        return next(self._rest, None)
