"""The models that can be asked about any text: the project's own, and those in use."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal, Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.special import softmax
from sqlmodel.ext.asyncio.session import AsyncSession

from debugger.arrays import EMBEDDER, MODEL, Arrays
from debugger.behaviour.predictor import Predictor
from debugger.clients.prediction import (
    Missing,
    Patience,
    PermanentError,
    Prediction,
    PredictionClient,
    Timeouts,
)
from debugger.evidence import features, linear
from debugger.evidence.features import Embedder
from debugger.evidence.linear import LinearModel
from debugger.settings import INTENT, PredictionService, Settings
from debugger.tables import Analysis
from shared.refusals import ConflictError, NotFoundError, ServiceUnavailableError

Source = Literal["own", "served"]

ALL_CLASSES: Final = 1000
"""Labels that a service is asked for: the intent service gives as many, others give fewer."""
UNNAMED: Final = 0.999
"""A class that a service does not name is less likely, by this, than the least likely one that it names."""
HASTE: Final = Patience(attempts=2, first_wait=0.2, longest_wait=2, jitter=0.2, timeouts=Timeouts(3, 10, 15))
"""With a service for whose answer somebody waits."""
HASTY_SECONDS: Final = 30
"""How long that one waits in all."""
SCALE: Final = "scale"
"""Among the arrays of the model: what its logits are multiplied by."""


@dataclass(frozen=True)
class Heard:
    """What answers questions about some texts, and about which of these it has nothing to say."""

    predictor: Predictor
    missing: Mapping[str, Missing] = field(default_factory=dict)


class Asked(Protocol):
    """A model to which texts are sent."""

    async def about(self, texts: Sequence[str]) -> Heard:
        """Return what then answers about these texts, and maybe about no others; raises RefusalError."""


@dataclass(frozen=True)
class OwnModel:
    """The model that the newest analysis fitted on all labeled rows; it is here, and answers about any text."""

    classes: Sequence[str]
    embedder: Embedder
    model: LinearModel
    scale: float
    """What its logits are multiplied by, so that it is right as often as it is sure."""

    def probabilities(self, texts: Sequence[str]) -> NDArray[np.floating]:
        """Return (n, k) of each class for each text."""
        logits = self.model.logits(self.embedder.vectors(texts))
        found: NDArray[np.floating] = softmax(logits * np.float32(self.scale), axis=1)
        return found

    async def about(self, texts: Sequence[str]) -> Heard:  # noqa: ARG002 it can answer about all
        """Return itself."""
        return Heard(self)


async def own_model(arrays: Arrays, session: AsyncSession, analysis: Analysis | None) -> OwnModel:
    """Return the model of an analysis; raises ConflictError where there is none."""
    if analysis is None:
        raise ConflictError("The project's own model comes with an analysis: POST …/analyses begins one.")
    if not analysis.classes:
        raise ConflictError("No row had a label, so there is no model: label some rows, and analyse again.")
    try:
        names = (*features.ARRAYS, features.FURTHER)
        embedder = {name: await arrays.get(session, analysis.id, EMBEDDER + name) for name in names}
        model = {name: await arrays.get(session, analysis.id, MODEL + name) for name in linear.ARRAYS}
        scale = float(await arrays.get(session, analysis.id, MODEL + SCALE))
    except NotFoundError:
        raise ConflictError("That analysis or its model is gone: analyse the project again, and repeat this.") from None
    return OwnModel(analysis.classes, Embedder.from_arrays(embedder), LinearModel.from_arrays(model), scale)


class Answered:
    """What a service answered about some texts, as probabilities of all classes that any answer names.

    What the named classes leave of 1 is shared by the others, none of which comes before a named one. About a text
    without an answer, such as an empty one, nothing is known: all classes are equally likely.
    """

    def __init__(self, answers: Mapping[str, Prediction]) -> None:
        self._answers = answers
        self.classes = sorted({label for answer in answers.values() for label in answer.labels})
        self._position = {label: position for position, label in enumerate(self.classes)}

    def probabilities(self, texts: Sequence[str]) -> NDArray[np.floating]:
        """Return (n, k) of each class for each text."""
        found = np.full((len(texts), len(self.classes)), 1 / max(1, len(self.classes)))
        for row, text in zip(found, texts):
            if answer := self._answers.get(text):
                row[:] = self._others(answer)
                row[[self._position[label] for label in answer.labels]] = answer.confidences
        return found

    def _others(self, answer: Prediction) -> float:
        count = len(self.classes) - len(answer.labels)
        rest = max(0.0, 1 - sum(answer.confidences))
        return min(rest / count, UNNAMED * min(answer.confidences)) if count else 0.0


class ServedModel:
    """A model in use, behind a service of the settings."""

    def __init__(self, settings: Settings, name: str, patience: Patience | None = None) -> None:
        self._service = service_of(settings, name)
        self._calls = settings.prediction_calls
        self._patience = patience

    async def about(self, texts: Sequence[str]) -> Heard:
        """Return what the service answers; raises PermanentError."""
        asked = [text for text in dict.fromkeys(texts) if text.strip()]
        service = self._service
        try:
            client = PredictionClient(
                str(service.url), service.project, service.key, concurrency=self._calls, patience=self._patience
            )
        except ValueError as error:
            raise PermanentError(str(error)) from None
        async with client:
            answers = dict(zip(asked, await client.predict(asked, n_best=ALL_CLASSES)))
        found = {text: _storable(answer) for text, answer in answers.items() if isinstance(answer, Prediction)}
        return Heard(Answered(found), {text: answer for text, answer in answers.items() if isinstance(answer, Missing)})


class HastyModel:
    """A model in use that somebody waits for."""

    def __init__(self, settings: Settings, name: str) -> None:
        self._name = name
        self._model = ServedModel(settings, name, HASTE)

    async def about(self, texts: Sequence[str]) -> Heard:
        """Return what the service answers about all of the texts; raises ServiceUnavailableError."""
        try:
            async with asyncio.timeout(HASTY_SECONDS):
                heard = await self._model.about(texts)
        except (PermanentError, TimeoutError) as error:
            reason = str(error) or f"It takes longer than {HASTY_SECONDS} seconds."
            raise self._unavailable(reason) from None
        for missing in heard.missing.values():
            raise self._unavailable(missing.reason)
        return heard

    def _unavailable(self, reason: str) -> ServiceUnavailableError:
        return ServiceUnavailableError(
            f"The service {self._name} gives no prediction: {reason} Start it, or mend its settings here; "
            'the project\'s own model needs no service ("source": "own").'
        )


def service_of(settings: Settings, name: str) -> PredictionService:
    """Return the service that has the name; raises NotFoundError."""
    service = settings.prediction_service(name)
    if service is None:
        known = ", ".join([INTENT, *settings.prediction_services])
        raise NotFoundError(f"No prediction service is called {name}; there are {known}.")
    return service


def _storable(answer: Prediction) -> Prediction:
    """Return it without the character that PostgreSQL's texts lack."""
    return Prediction(tuple(label.replace("\0", "\ufffd") for label in answer.labels), answer.confidences)
