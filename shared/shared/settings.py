"""Settings that every service reads from its environment, each under the service's own prefix."""

from pathlib import Path
from typing import Annotated, Literal

from platformdirs import user_cache_path
from pydantic import BeforeValidator, Field
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict


def _by_commas(value: object) -> object:
    return tuple(filter(None, map(str.strip, value.split(",")))) if isinstance(value, str) else value


Names = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_by_commas)]
"""Several names in one variable, by commas."""


class ServiceSettings(BaseSettings):
    """Where a service listens, how it logs and how it stops; a subclass sets `env_prefix` and its port."""

    model_config = SettingsConfigDict(env_ignore_empty=True)

    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(0, ge=0, le=65535, description="Port to listen on; 0 takes a free one.")
    log_format: Literal["auto", "json", "console"] = Field(
        "auto", description="`auto` is `console` on a terminal and `json` elsewhere."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="Lowest level logged.")
    max_body_bytes: int = Field(1 << 20, ge=0, description="Largest request body; beyond it the answer is 413.")
    body_seconds: float = Field(120.0, gt=0, description="How long a body may take to arrive; beyond it 408.")
    drain_seconds: float = Field(
        0.0, ge=0, description="After SIGTERM, how long to go on serving while `/readyz` already says 503."
    )
    shutdown_seconds: int = Field(30, ge=1, description="How long requests in flight may take to finish after that.")
    trusted_proxies: str = Field(
        "127.0.0.1", description="Peers whose `X-Forwarded-*` is believed: addresses or networks, by commas."
    )


def cache_folder(service: str) -> Path:
    """Return the folder in the user's cache that holds what `service` prepared."""
    return user_cache_path("flotilla") / service
