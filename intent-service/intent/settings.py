"""The service's settings, read from the environment under `INTENT_`."""

from ipaddress import ip_address
from pathlib import Path
from typing import Final

from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict

from shared.settings import ServiceSettings, cache_folder

MAX_TRAINING_BYTES: Final = 64 << 20
"""What is read of a file of rows."""


class Settings(ServiceSettings):
    """Which models are served, to whom, and how much is taken on at once."""

    model_config = SettingsConfigDict(env_prefix="INTENT_", env_ignore_empty=True, frozen=True, protected_namespaces=())

    port: int = Field(4002, ge=0, le=65535, description="Port to listen on; 0 takes a free one.")
    model_dir: Path = Field(
        default_factory=lambda: cache_folder("intent"),
        description="Folder of the models, one folder a version; by default in the user's cache.",
    )
    loaded_models: int = Field(
        8, ge=1, description="Versions in memory; the default is always there, others are loaded when they are named."
    )
    api_key: SecretStr | None = Field(
        None,
        description="What `POST /projects/{id}/predict` and `/trainings` want as `X-API-KEY`; by default nothing.",
    )
    workers: int = Field(2, ge=1, le=256, description="Batches that are computed at the same time.")
    queue_size: int = Field(64, ge=0, description="Requests that may wait beyond these; one more is answered 503.")
    trainings: bool | None = Field(
        None, description="Whether clients may train models; by default where `host` is a loopback address."
    )
    training_queue_size: int = Field(4, ge=0, description="Trainings that may wait for the one that runs.")
    training_seconds: float = Field(7200, gt=0, description="How long a training may take; then it has failed.")
    max_training_bytes: int = Field(
        MAX_TRAINING_BYTES, ge=1, le=MAX_TRAINING_BYTES, description="Most bytes of rows to train on; beyond it 413."
    )

    @property
    def takes_trainings(self) -> bool:
        """Whether clients may train models."""
        return self.trainings if self.trainings is not None else _is_loopback(self.host)


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
