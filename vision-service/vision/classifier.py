"""The model in ONNX Runtime: images in, logits and features out."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from vision.models.card import HOW_TO_PREPARE, ModelCard, ModelUnavailableError

Array: TypeAlias = NDArray[np.float32]

_OUTPUTS: Final = ["logits", "features"]


@dataclass(frozen=True, slots=True)
class Outputs:
    """What a model makes of n images: `logits`, (n, classes), and the penultimate layer's `features`, (n, features)."""

    logits: Array
    features: Array


class Classifier:
    """A loaded model that uses `threads` cores for a batch; may be called from several threads at once."""

    def __init__(self, card: ModelCard, path: Path, threads: int) -> None:
        """Load the file at `path`; raises ModelUnavailableError when it cannot be served."""
        self.card = card
        self.threads = threads
        try:
            self._session = onnxruntime.InferenceSession(
                path, sess_options=_options(threads), providers=["CPUExecutionProvider"]
            )
            outputs = self.compute(blank(card, 1))
        except Exception as error:
            raise ModelUnavailableError(f"{path} cannot be loaded; {HOW_TO_PREPARE}") from error
        classes = outputs.logits.shape[1]
        if classes != len(card.labels):
            raise ModelUnavailableError(f"{path} has {classes} classes, not {len(card.labels)}")

    def compute(self, images: Array) -> Outputs:
        """Return what the model makes of preprocessed `images`, (n, 3, size, size)."""
        logits, features = self._session.run(_OUTPUTS, {"images": images})
        return Outputs(logits, features)


def blank(card: ModelCard, count: int) -> Array:
    """Return `count` images that are all zeros, for warming up and measuring."""
    return np.zeros((count, 3, card.crop_size, card.crop_size), np.float32)


def softmax(logits: Array) -> Array:
    """Return the exponentials of the last axis, divided by their sum; no size of the logits overflows."""
    exponentials = np.exp(logits.astype(np.float64) - logits.max(axis=-1, keepdims=True))
    probabilities: Array = (exponentials / exponentials.sum(axis=-1, keepdims=True)).astype(np.float32)
    return probabilities


def _options(threads: int) -> onnxruntime.SessionOptions:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    # A thread that spins while it waits for work takes the core that decodes the next image.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return options
