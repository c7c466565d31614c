"""The service's settings, read from the environment under `INTENT_`."""

from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict

from shared.settings import ServiceSettings, cache_folder


class Settings(ServiceSettings):
    """Which models are served, to whom, and how much is taken on at once."""

    model_config = SettingsConfigDict(env_prefix="INTENT_", env_ignore_empty=True, frozen=True, protected_namespaces=())

    port: int = Field(4002, ge=0, le=65535, description="Port to listen on; 0 takes a free one.")
    model_dir: Path = Field(
        default_factory=lambda: cache_folder("intent"),
        description="Folder of the models, one folder a version; by default in the user's cache.",
    )
    api_key: SecretStr | None = Field(
        None, description="What `POST /projects/{id}/predict` wants as `X-API-KEY`; by default it wants nothing."
    )
    workers: int = Field(2, ge=1, le=256, description="Batches that are computed at the same time.")
    queue_size: int = Field(64, ge=0, description="Requests that may wait beyond these; one more is answered 503.")
