"""What the service is asked and what it answers."""

from pydantic import BaseModel, ConfigDict, Field


class Choice(BaseModel):
    """Which of the categories to answer; a parameter of another name is refused, for it may be a typing error."""

    model_config = ConfigDict(extra="forbid")

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


class Predictions(BaseModel):
    """The likeliest categories of one image."""

    model: Model
    predictions: list[Prediction] = Field(max_length=5, description="In descending order of confidence.")
