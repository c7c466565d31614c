"""The model in ONNX Runtime: images in, one probability per class out."""

from pathlib import Path
from typing import TypeAlias

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from vision.models.card import HOW_TO_PREPARE, ModelCard, ModelUnavailableError, load_card

Array: TypeAlias = NDArray[np.float32]


class Classifier:
    """A loaded model; its methods may be called from several threads at once."""

    def __init__(self, card: ModelCard, session: onnxruntime.InferenceSession) -> None:
        self.card = card
        self._session = session

    @classmethod
    def load(cls, folder: Path, threads: int) -> "Classifier":
        """Load and warm up the model in `folder`; raises ModelUnavailableError when it cannot be served."""
        card = load_card(folder)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        try:
            session = onnxruntime.InferenceSession(
                folder / card.file, sess_options=options, providers=["CPUExecutionProvider"]
            )
            classifier = cls(card, session)
            classes = classifier.predict(np.zeros((1, 3, card.crop_size, card.crop_size), np.float32)).shape[1]
        except Exception as error:
            raise ModelUnavailableError(f"{folder / card.file} cannot be loaded; {HOW_TO_PREPARE}") from error
        if classes != len(card.labels):
            raise ModelUnavailableError(f"{folder / card.file} has {classes} classes, not {len(card.labels)}")
        return classifier

    def predict(self, images: Array) -> Array:
        """Return the classes' probabilities, (n, classes), for preprocessed `images`, (n, 3, size, size)."""
        (logits,) = self._session.run(["logits"], {"images": images})
        return softmax(logits)


def softmax(logits: Array) -> Array:
    """Return each row's exponentials, divided by their sum; no size of the logits overflows."""
    exponentials = np.exp(logits.astype(np.float64) - logits.max(axis=1, keepdims=True))
    probabilities: Array = (exponentials / exponentials.sum(axis=1, keepdims=True)).astype(np.float32)
    return probabilities
