"""The vision service, as the catalog sees it."""

from dataclasses import dataclass
from typing import Final, Self

import httpx2
from pydantic import BaseModel, Field, ValidationError

from shared.names import Name
from shared.refusals import RefusalError, ServiceUnavailableError

SECONDS: Final = 30
CONNECTIONS: Final = 8


class UnpredictableImageError(RefusalError):
    """The vision service refuses this image, and will do so again."""


@dataclass(frozen=True)
class Category:
    """A category and the probability of it, 0 to 1."""

    label: str
    confidence: float


@dataclass(frozen=True)
class Prediction:
    """What a version of a model says of an image, the likeliest category first."""

    model: str
    version: str
    categories: tuple[Category, ...]


class _Model(BaseModel):
    name: Name
    version: Name


class _Category(BaseModel):
    label: Name
    confidence: float = Field(ge=0, le=1)


class _Answer(BaseModel):
    model: _Model
    predictions: list[_Category] = Field(max_length=100)


class VisionClient:
    """Asks the vision service at `url` over connections of its own."""

    def __init__(
        self, url: str, transport: httpx2.AsyncBaseTransport | None = None, *, seconds: float = SECONDS
    ) -> None:
        self._client = httpx2.AsyncClient(
            base_url=url,
            timeout=seconds,
            limits=httpx2.Limits(max_connections=CONNECTIONS),
            transport=transport,
            trust_env=False,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._client.aclose()

    async def predict(self, data: bytes) -> Prediction:
        """Return the likeliest categories of the image file `data`.

        Raises UnpredictableImageError, or ServiceUnavailableError when the service is away, busy, or not itself.
        """
        try:
            answer = await self._client.post(
                "/predictions", content=data, headers={"Content-Type": "application/octet-stream"}
            )
        except httpx2.RequestError as error:
            raise ServiceUnavailableError("The vision service does not answer; try again in a moment.") from error
        if answer.status_code in {413, 415, 422}:
            raise UnpredictableImageError(f"The vision service does not take the image: {_detail(answer)}")
        if answer.status_code != httpx2.codes.OK:
            raise ServiceUnavailableError(f"The vision service cannot answer now: {_detail(answer)}")
        try:
            parsed = _Answer.model_validate_json(answer.content)
        except ValidationError as error:
            raise ServiceUnavailableError("What answers for the vision service is something else.") from error
        categories = tuple(Category(found.label, found.confidence) for found in parsed.predictions)
        return Prediction(parsed.model.name, parsed.model.version, categories)


def _detail(answer: httpx2.Response) -> str:
    try:
        return str(answer.json()["detail"])[:500]
    except (ValueError, KeyError, TypeError):
        return f"status {answer.status_code}."
