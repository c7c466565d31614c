"""The gateway's settings, each from a variable that starts with `GATEWAY_`."""

import re

from pydantic import Field, HttpUrl, field_validator
from pydantic_settings import SettingsConfigDict

from shared.settings import ServiceSettings

_NAME = re.compile(r"[a-z][a-z0-9-]{0,62}")
RESERVED = frozenset({"docs", "health", "livez", "metrics", "openapi.json", "readyz", "static"})


class Settings(ServiceSettings):
    """Which services stand behind the gateway and how long it waits for them."""

    model_config = SettingsConfigDict(env_prefix="GATEWAY_")

    port: int = Field(8000, ge=0, le=65535, description="Port to listen on; 0 takes a free one.")
    upstreams: dict[str, HttpUrl] = Field(
        default_factory=lambda: {
            "catalog": HttpUrl("http://127.0.0.1:8001"),
            "crystal": HttpUrl("http://127.0.0.1:3000"),
            "vision": HttpUrl("http://127.0.0.1:8002"),
            "intent": HttpUrl("http://127.0.0.1:4002"),
            "debugger": HttpUrl("http://127.0.0.1:8003"),
        },
        description="Each service's URL under its name, as a JSON object.",
    )
    connect_seconds: float = Field(2.0, gt=0, description="How long to try to connect to a service.")
    read_seconds: float = Field(60.0, gt=0, description="How long a service may stay silent; beyond it 504.")
    client_seconds: float = Field(
        60.0,
        gt=0,
        description="How long a client may send or take nothing in mid-exchange; then 408, or it is cut off.",
    )
    max_requests: int = Field(
        1000, ge=1, description="Requests that one service may be answering; beyond it the answer is 503."
    )

    @field_validator("upstreams")
    @classmethod
    def _names_are_paths(cls, upstreams: dict[str, HttpUrl]) -> dict[str, HttpUrl]:
        for name in upstreams:
            if not _NAME.fullmatch(name) or name in RESERVED:
                raise ValueError(f"{name!r} cannot be a service's name")
        return upstreams
