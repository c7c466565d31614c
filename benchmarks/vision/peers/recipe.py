"""What every peer does with a photo: the service's decoding, preprocessing and arithmetic, without its checks.

So the servers are compared and not the decoders. `PEER_` variables say what to serve and how.
"""

import io
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from PIL import Image

Array: TypeAlias = NDArray[np.float32]
Answer: TypeAlias = list[dict[str, Any]]

MODEL = Path(os.environ.get("PEER_MODEL", "."))
"""The folder of model.json and model.onnx."""
FOLDER = Path(os.environ.get("PEER_FOLDER", "."))
"""Where the server may write."""
PORT = int(os.environ.get("PEER_PORT", "8000"))
WORKERS = int(os.environ.get("PEER_WORKERS", "1"))
THREADS = int(os.environ.get("PEER_THREADS", "1"))
BATCH = int(os.environ.get("PEER_BATCH", "1"))
WAIT_SECONDS = float(os.environ.get("PEER_WAIT_MS", "0")) / 1000


@dataclass(frozen=True)
class Recipe:
    """What the model's card says of its input."""

    resize: int
    crop: int
    mean: Array
    std: Array

    def prepare(self, data: bytes) -> Array:
        """Return (3, crop, crop) of the file `data`."""
        return self.preprocess(Image.open(io.BytesIO(data)))

    def preprocess(self, image: Image.Image) -> Array:
        """Return (3, crop, crop): resized, centre-cropped, scaled to 0..1 and normalised."""
        image = image.convert("RGB")
        scale = self.resize / min(image.size)
        width, height = (max(self.resize, int(side * scale)) for side in image.size)
        left, top = round((width - self.crop) / 2), round((height - self.crop) / 2)
        square = image.resize((width, height), Image.Resampling.BILINEAR).crop(
            (left, top, left + self.crop, top + self.crop)
        )
        values = np.asarray(square, np.float32).transpose(2, 0, 1) / np.float32(255)
        return (values - self.mean) / self.std


class Classifier:
    """The model in ONNX Runtime, with `THREADS` cores for a batch; may be called from several threads at once."""

    def __init__(self, folder: Path = MODEL, threads: int = THREADS) -> None:
        card = json.loads((folder / "model.json").read_bytes())
        mean, std = (np.asarray(card[key], np.float32).reshape(3, 1, 1) for key in ("mean", "std"))
        self.recipe = Recipe(card["resize_size"], card["crop_size"], mean, std)
        self._labels = card["labels"]
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        path = folder / "model.onnx"
        self._session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
        self.compute(np.zeros((1, 3, self.recipe.crop, self.recipe.crop), np.float32))

    def compute(self, images: Array) -> Array:
        """Return the logits of (n, 3, crop, crop)."""
        (logits,) = self._session.run(["logits"], {"images": np.ascontiguousarray(images)})
        return np.asarray(logits, np.float32)

    def classify(self, images: Array) -> list[Answer]:
        """Return for each image its five likeliest categories."""
        return [self.answer(logits) for logits in self.compute(images)]

    def answer(self, logits: Array) -> Answer:
        """Return the five likeliest categories."""
        exponentials = np.exp(logits - logits.max())
        confidences = exponentials / exponentials.sum()
        best = np.argsort(confidences)[: -5 - 1 : -1]
        return [{"label": self._labels[index], "confidence": round(float(confidences[index]), 6)} for index in best]
