"""Predictions and embeddings."""

from pydantic import BaseModel, ConfigDict, Field

from vision.caching import Answer
from vision.models.card import ModelCard
from vision.predictions import rank


class Which(BaseModel):
    """Which model is to answer; a parameter of another name is refused, for it may be a typing error."""

    model_config = ConfigDict(extra="forbid")

    model: str | None = Field(None, description="A loaded model's name; by default the service's first.")


class Choice(Which):
    """Which of the categories to answer."""

    top: int = Field(5, ge=1, le=5, description="How many categories at most.")
    min_confidence: float = Field(
        0.0, ge=0, le=1, allow_inf_nan=False, description="Leave out categories less sure than this."
    )


class Prediction(BaseModel):
    """One category and how sure the model is of it."""

    label: str = Field(description="The category's name.", examples=["Samoyed"])
    class_id: int = Field(ge=0, description="The category's number among the model's categories.", examples=[258])
    confidence: float = Field(
        ge=0, le=1, description="Probability over all of the model's categories.", examples=[0.83]
    )


class Model(BaseModel):
    """The model that made the answer."""

    name: str = Field(description="The architecture.", examples=["resnet18"])
    version: str = Field(description="Changes whenever the model file does.", examples=["b20d0f2a5534"])
    weights: str = Field(description="The weights' name.", examples=["IMAGENET1K_V1"])
    stands_in_for: str | None = Field(
        None, description="The model that was wanted and could not be had; null if this is the one."
    )

    @classmethod
    def of(cls, card: ModelCard) -> "Model":
        """Return what is told of a model with each answer."""
        return cls(name=card.name, version=card.version, weights=card.weights, stands_in_for=card.stands_in_for)


class Predictions(BaseModel):
    """The likeliest categories of one image."""

    model: Model
    predictions: list[Prediction] = Field(max_length=5, description="In descending order of confidence.")


class ImageProblem(BaseModel):
    """Why one of several images has no predictions; what the answer would have been had it come alone."""

    status: int = Field(examples=[415])
    detail: str = Field(examples=["The file is not an image in JPEG, PNG, WebP, GIF, BMP or TIFF format."])


class BatchResult(BaseModel):
    """What became of one of several images: either `predictions` or `problem`."""

    name: str | None = Field(description="The file's name, as it was sent.")
    predictions: list[Prediction] | None = None
    problem: ImageProblem | None = None


class BatchPredictions(BaseModel):
    """The likeliest categories of several images, in the order they were sent."""

    model: Model
    results: list[BatchResult]


class Embedding(BaseModel):
    """An image as a vector: alike images have a large inner product."""

    model: Model
    dimensions: int = Field(examples=[512])
    embedding: list[float] = Field(description="The penultimate layer's output, scaled to length 1.")


def predictions(card: ModelCard, answer: Answer, choice: Choice) -> list[Prediction]:
    """Return what the client wants to know of `answer`."""
    found = rank(answer.logits, card.labels, choice.top, choice.min_confidence)
    return [Prediction(label=c.label, class_id=c.class_id, confidence=c.confidence) for c in found]
