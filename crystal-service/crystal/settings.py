"""The crystal service's settings, each from a variable that starts with `CRYSTAL_`."""

from pathlib import Path
from typing import Annotated

from pydantic import Field, field_validator
from pydantic_settings import NoDecode, SettingsConfigDict

from shared.settings import ServiceSettings, cache_folder


class Settings(ServiceSettings):
    """Which models are served, under which labels and within which limits."""

    model_config = SettingsConfigDict(env_prefix="CRYSTAL_", protected_namespaces=())

    port: int = Field(3000, ge=0, le=65535, description="Port to listen on; 0 takes a free one.")
    max_body_bytes: int = Field(32 << 20, ge=0, description="Largest request body; beyond it the answer is 413.")
    model_dir: Path = Field(
        default_factory=lambda: cache_folder("crystal"), description="Where `python -m crystal.train` puts its models."
    )
    sklearn_model: Path | None = Field(
        None, description="A scikit-learn classifier to serve instead: `.skops`, or `.joblib` with `ALLOW_PICKLE`."
    )
    pytorch_model: Path | None = Field(
        None, description="The MLP's weights to serve instead: `.safetensors`, or a `.pth` state dict."
    )
    allow_pickle: bool = Field(False, description="Load joblib files, which can run any code: only your own.")
    labels: Annotated[list[str] | None, NoDecode] = Field(
        None, description="Labels of the classes 0, 1, 2, … separated by commas; by default `blue,green,yellow`."
    )
    workers: int = Field(2, ge=1, description="Predictions that run at the same time.")
    queue_size: int = Field(64, ge=0, description="Predictions that may wait; beyond it the answer is 503.")

    @field_validator("labels", mode="before")
    @classmethod
    def _split_labels(cls, value: object) -> object:
        return [label.strip() for label in value.split(",")] if isinstance(value, str) else value

    @field_validator("labels")
    @classmethod
    def _labels_differ(cls, labels: list[str] | None) -> list[str] | None:
        if labels is not None and (not all(labels) or len(set(labels)) != len(labels)):
            raise ValueError("labels must not be empty and must differ from each other")
        return labels
