"""The gateway's settings, each from a variable that starts with `GATEWAY_`."""

import re
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Final, Self

from pydantic import Field, HttpUrl, SecretStr, field_validator, model_validator
from pydantic_settings import SettingsConfigDict

from gateway.configuration import Configuration, Instance, Service, read
from gateway.limiting.in_redis import RedisWindows
from shared.settings import Names, ServiceSettings

_HOST: Final = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*")


class Settings(ServiceSettings):
    """Which services stand behind the gateway, who may ask them, and how long it waits."""

    model_config = SettingsConfigDict(env_prefix="GATEWAY_")

    port: int = Field(8000, ge=0, le=65535, description="Port to listen on; 0 takes a free one.")
    config_file: Path | None = Field(None, description="TOML with services, routes and limits; read anew on change.")
    upstreams: dict[str, HttpUrl] = Field(
        default_factory=lambda: {
            "catalog": HttpUrl("http://127.0.0.1:8001"),
            "crystal": HttpUrl("http://127.0.0.1:3000"),
            "vision": HttpUrl("http://127.0.0.1:8002"),
            "intent": HttpUrl("http://127.0.0.1:4002"),
            "debugger": HttpUrl("http://127.0.0.1:8003"),
        },
        description="Without a file: each service's URL under its name, as a JSON object.",
    )
    connect_seconds: float = Field(2.0, gt=0, description="Without a file: how long to try to connect to a service.")
    read_seconds: float = Field(60.0, gt=0, description="Without a file: how long a service may stay silent; then 504.")
    wait_seconds: float = Field(
        10.0, ge=0, description="Without a file: how long requests wait for a service that restarts."
    )
    max_requests: int = Field(
        1000, ge=1, description="Without a file: requests that one service may be answering; beyond it 503."
    )
    client_seconds: float = Field(
        60.0,
        gt=0,
        description="How long a client may send or take nothing in mid-exchange; then 408, or it is cut off.",
    )
    open: bool = Field(False, description="Let in everybody also where other machines can ask.")
    hosts: Names = Field(
        (), description="Where nobody is asked: names it answers under beside addresses, `localhost`, `*.localhost`."
    )
    keys_file: Path | None = Field(None, description="The API keys, as `python -m gateway.keys` writes them.")
    jwks_url: HttpUrl | None = Field(None, description="Where the public keys are that tokens (JWT) are checked with.")
    jwt_issuer: str | None = Field(None, description="Who must have issued a token.")
    jwt_audience: str | None = Field(None, description="Whom a token must be for.")
    jwt_algorithms: Names = Field(("RS256", "ES256", "EdDSA"), description="Signatures that a token may have.")
    jwt_scope_claim: str | None = Field(None, description="What a token allows; else `scope`, `scp` or `scopes`.")
    jwt_consumer_claim: str | None = Field(None, description="Whose a token is; else `azp`, `client_id` or `sub`.")
    session_secret_file: Path | None = Field(
        None, description="At least 32 bytes that sign cookies; several gateways share it. Else each start has its own."
    )
    session_hours: float = Field(12.0, gt=0, description="How long somebody stays signed in.")
    check_seconds: float = Field(2.0, ge=0, description="How often every instance is asked how it is; 0 for never.")
    limits_url: SecretStr | None = Field(
        None, description="Where several gateways count requests together: `redis://…`, `valkey://…`."
    )
    documents_dir: Path | None = Field(None, description="Where the services' last good documents outlive a restart.")

    @field_validator("upstreams")
    @classmethod
    def _can_be_configured(cls, upstreams: dict[str, HttpUrl]) -> dict[str, HttpUrl]:
        _configuration(upstreams, {})
        return upstreams

    @field_validator("hosts")
    @classmethod
    def _are_hosts(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        for name in names:
            if not _HOST.fullmatch(name):
                raise ValueError(f"{name!r} is no name of a host: write it without scheme and port, as fleet.example")
        return names

    @field_validator("limits_url")
    @classmethod
    def _is_a_store(cls, url: SecretStr | None) -> SecretStr | None:
        try:
            _ = url and RedisWindows.at(url.get_secret_value())
        except ValueError:  # which may quote a password
            raise ValueError("it must be redis://host:port, or begin with rediss, valkey, valkeys or unix") from None
        return url

    @model_validator(mode="after")
    def _is_closed_to_others(self) -> Self:
        if len({bool(part) for part in (self.jwks_url, self.jwt_issuer, self.jwt_audience)}) > 1:
            raise ValueError("GATEWAY_JWKS_URL, GATEWAY_JWT_ISSUER and GATEWAY_JWT_AUDIENCE go together: set all three")
        if not (self.asks_who or self.open or _is_loopback(self.host)):
            raise ValueError(
                f"everybody who reaches {self.host} could do everything: set GATEWAY_KEYS_FILE (make one with"
                " `python -m gateway.keys create`), or GATEWAY_JWKS_URL, or GATEWAY_OPEN=true if you want just that"
            )
        return self

    @property
    def asks_who(self) -> bool:
        """Whether credentials are asked for; `open` only says what happens where none can be checked."""
        return self.keys_file is not None or self.jwks_url is not None

    @property
    def checks_hosts(self) -> bool:
        """Whether only some names are its own: where nobody is asked, unless `open` to all who reach it, however."""
        return not self.asks_who and (bool(self.hosts) or _is_loopback(self.host))

    @property
    def shared_limits(self) -> str | None:
        """The URL where requests are counted for several gateways, if any."""
        return self.limits_url.get_secret_value() if self.limits_url else None

    def configuration(self) -> Configuration:
        """Return what stands in the file, or else in the variables; raises ConfigurationError."""
        if self.config_file:
            return read(self.config_file)
        terms = {
            name: getattr(self, name) for name in ("connect_seconds", "read_seconds", "wait_seconds", "max_requests")
        }
        return _configuration(self.upstreams, terms)


def _configuration(upstreams: dict[str, HttpUrl], terms: dict[str, Any]) -> Configuration:
    services = {name: Service(instances=(Instance(url=url),), **terms) for name, url in upstreams.items()}
    return Configuration(services=services)


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
