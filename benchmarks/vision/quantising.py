"""A model in int8 by ONNX Runtime's own recipe: static, QDQ, a scale per channel of the weights."""

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process

from vision.classifier import Array
from vision.models.card import ModelCard
from vision.pipeline import prepare

MAX_PIXELS = 50_000_000


class _Photos(CalibrationDataReader):  # type: ignore[misc]
    def __init__(self, photos: Sequence[bytes], card: ModelCard) -> None:
        self._rest = iter([prepare(data, card, MAX_PIXELS).image[None] for data in photos])

    def get_next(self) -> dict[str, Array] | None:
        image = next(self._rest, None)
        return None if image is None else {"images": image}


def quantise(source: Path, card: ModelCard, photos: Sequence[bytes], target: Path) -> None:
    """Write `target`: `source` in int8, with ranges taken from `photos`."""
    with TemporaryDirectory() as folder:
        simpler = Path(folder) / "model.onnx"
        quant_pre_process(source, simpler)
        quantize_static(
            simpler,
            target,
            _Photos(photos, card),
            quant_format=QuantFormat.QDQ,
            per_channel=True,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
        )
