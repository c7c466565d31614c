"""LitServe: `workers_per_device`, `max_batch_size` and `batch_timeout` are what its documentation tunes on a CPU.

https://lightning.ai/docs/litserve/speed-up-serving-by-200x and https://lightning.ai/docs/litserve/features/batching.
That guide sends base64 in JSON; the raw body, by https://lightning.ai/docs/litserve/features/request-response-format,
costs less.
"""

from typing import Annotated, Any

import litserve
import numpy as np
from fastapi import Body

from benchmarks.vision.peers.recipe import BATCH, PORT, WAIT_SECONDS, WORKERS, Answer, Array, Classifier


class Api(litserve.LitAPI):
    """One image a request; with a batch size, LitServe stacks them."""

    def setup(self, device: str) -> None:  # noqa: ARG002 LitServe's signature
        """Load the model, in each worker."""
        self.classifier = Classifier()

    def decode_request(self, request: Annotated[bytes, Body(media_type="image/jpeg")]) -> Array:
        """Return the model's input."""
        return self.classifier.recipe.prepare(request)

    def predict(self, x: Array) -> Any:  # noqa: ANN401 an answer, or one for each of the batch
        """Return the answer, or one for each of the batch."""
        return self.classifier.classify(x) if BATCH > 1 else self.classifier.classify(x[None])[0]

    def batch(self, inputs: list[Array]) -> Array:
        """Stack the images."""
        return np.stack(inputs)

    def unbatch(self, output: list[Answer]) -> list[Answer]:
        """Return the answers one by one."""
        return output

    def encode_response(self, output: Answer) -> Answer:
        """Return what becomes JSON."""
        return output


if __name__ == "__main__":
    server = litserve.LitServer(
        Api(max_batch_size=BATCH, batch_timeout=WAIT_SECONDS, api_path="/predictions"),
        accelerator="cpu",
        workers_per_device=WORKERS,
    )
    server.run(host="127.0.0.1", port=PORT, generate_client_file=False)
