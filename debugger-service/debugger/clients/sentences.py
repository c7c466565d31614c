"""Vectors of sentences that somebody types, by the encoder that an analysis was made with."""

from typing import Final

import numpy as np
from cachetools import LRUCache
from numpy.typing import NDArray

from debugger.clients.embeddings import EmbeddingClient, Encoder, PassingError, PermanentError
from debugger.clients.prediction import Patience, Timeouts
from shared.refusals import ConflictError, InvalidRequestError, ServiceUnavailableError
from shared.workers import WorkerPool

MAX_KEPT: Final = 256
"""Sentences: who turns pages asks for the same one again and again."""

MAX_ASKED: Final = 4
"""Sentences at the same time: whoever asks holds a connection to the database, of which some are to be left."""

HASTE: Final = Patience(attempts=2, first_wait=0.2, longest_wait=1, jitter=0.1, timeouts=Timeouts(2, 8, 10))
"""Somebody waits."""


class Sentences:
    """Asks the service for vectors, and keeps the last ones."""

    def __init__(self, client: EmbeddingClient) -> None:
        self._client = client
        self._places = WorkerPool(MAX_ASKED, 0)
        self._kept: LRUCache[tuple[str, str], NDArray[np.float32]] = LRUCache(MAX_KEPT)

    async def vector(self, text: str, encoder: Encoder) -> NDArray[np.float32]:
        """Return the vector, (dimensions,) of unit length.

        Raises ConflictError where the encoder is not there any more, InvalidRequestError for a text that it refuses,
        ServiceUnavailableError where it does not answer, and OverloadedError where others wait for it already.
        """
        key = (encoder.weights_sha256, text)
        if key not in self._kept:
            with self._places.place():
                self._kept[key] = await self._asked(text, encoder)
        return self._kept[key]

    async def _asked(self, text: str, encoder: Encoder) -> NDArray[np.float32]:
        try:
            embedded = await self._client.embed([text], encoder)
        except PermanentError as error:
            again = "analyse the project again, with the encoder that there is or with none"
            raise ConflictError(f"The analysis goes by the encoder {encoder.source}: {again}. {error}") from error
        except PassingError as error:
            later = "try again in a moment, or analyse the project without it"
            raise ServiceUnavailableError(f"A sentence needs the analysis's encoder: {later}. {error}") from error
        if embedded.refused:
            raise InvalidRequestError("The encoder does not take this sentence: it is blank, or too long.")
        vector: NDArray[np.float32] = embedded.vectors[0]
        return vector
