"""MLServer: a custom runtime in one process per core, or with adaptive batching in one.

https://docs.seldon.ai/mlserver/user-guide/custom, https://docs.seldon.ai/mlserver/user-guide/parallel-inference
(`parallel_workers`), https://docs.seldon.ai/mlserver/user-guide/adaptive-batching (`max_batch_size`, `max_batch_time`).
Images come as base64 in JSON: https://docs.seldon.ai/mlserver/user-guide/content-type.
"""

import json
import os
import sys
from pathlib import Path

import numpy as np
from mlserver import MLModel
from mlserver.codecs import Base64Codec, StringCodec
from mlserver.types import InferenceRequest, InferenceResponse

from benchmarks.vision.peers.recipe import BATCH, FOLDER, PORT, WAIT_SECONDS, WORKERS, Classifier


class Runtime(MLModel):
    """Computes all images of a request, which adaptive batching may have put together."""

    async def load(self) -> bool:
        """Load the model, in each worker."""
        self.classifier = Classifier()
        return True

    async def predict(self, payload: InferenceRequest) -> InferenceResponse:
        """Name five categories of each image."""
        photos = Base64Codec.decode_input(payload.inputs[0])
        images = np.stack([self.classifier.recipe.prepare(data) for data in photos])
        answers = [json.dumps(answer) for answer in self.classifier.classify(images)]
        return InferenceResponse(model_name=self.name, outputs=[StringCodec.encode_output("predictions", answers)])


def main() -> None:
    """Become `mlserver start`."""
    model = {
        "name": "classifier",
        "implementation": "benchmarks.vision.peers.mlserver.Runtime",
        "max_batch_size": BATCH if BATCH > 1 else 0,
        "max_batch_time": WAIT_SECONDS,
    }
    (FOLDER / "model-settings.json").write_text(json.dumps(model), encoding="utf-8")
    settings = {"host": "127.0.0.1", "http_port": PORT, "grpc_port": 0, "metrics_port": 0, "debug": False}
    settings["parallel_workers"] = WORKERS if WORKERS > 1 else 0
    variables = {f"MLSERVER_{name.upper()}": json.dumps(value).strip('"') for name, value in settings.items()}
    program = Path(sys.executable).parent / "mlserver"
    os.execve(program, [str(program), "start", str(FOLDER)], {**os.environ, **variables})  # noqa: S606 no shell is needed


if __name__ == "__main__":
    main()
