"""What stands behind the gateway and on which terms: a TOML file that can be changed while it runs."""

import re
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, HttpUrl, ValidationError, model_validator

from gateway.limiting.policy import CountBy, CountPer, Policy
from gateway.routing import is_canonical

NAME_PATTERN = r"[a-z][a-z0-9-]{0,62}"
RESERVED = frozenset(
    {"docs", "health", "livez", "metrics", "openapi.json", "readyz", "session", "signin", "signout", "static"}
)
MAX_BODY_BYTES = 5 << 30


class ConfigurationError(Exception):
    """The configuration cannot be used; says what is wrong, a line each."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Instance(_Part):
    """One process that answers for a service; `weight` is its share of the requests, as for a canary."""

    url: HttpUrl
    weight: int = Field(1, ge=0, le=1000)


class Terms(_Part):
    """How requests are treated; what a route leaves out is as its service has it."""

    access: Literal["key", "open"] | None = Field(None, description="`open` lets in whoever shows no credential.")
    limit: str | None = Field(None, description="The name of one of `limits`.")
    max_body_bytes: int | None = Field(None, ge=0, description="Largest body; beyond it 413.")
    read_seconds: float | None = Field(None, gt=0, description="How long the service may stay silent; then 504.")
    retries: int | None = Field(None, ge=0, le=5, description="Further attempts for an idempotent request.")


class Service(Terms):
    """The instances of a service and its terms."""

    instances: Annotated[tuple[Instance, ...], Field(min_length=1)]
    connect_seconds: float = Field(2.0, gt=0, description="How long to try to connect; then 502.")
    max_requests: int = Field(1000, ge=1, description="Requests that it may be answering; beyond it 503.")
    wait_seconds: float = Field(10.0, ge=0, description="How long requests wait for a service that restarts.")

    @model_validator(mode="after")
    def _somebody_answers(self) -> Self:
        if not any(instance.weight for instance in self.instances):
            raise ValueError("at least one instance needs a weight")
        if len({str(instance.url) for instance in self.instances}) < len(self.instances):
            raise ValueError("an instance is named twice")
        return self


class Route(Terms):
    """Terms of the paths that begin with `path`, which begins with the service's name; the longest one counts."""

    path: str
    methods: tuple[str, ...] = Field((), description="In capitals; none means all.")

    @model_validator(mode="after")
    def _can_be_asked_for(self) -> Self:
        if not re.fullmatch(rf"/{NAME_PATTERN}/.*", self.path) or not is_canonical(self.path):
            raise ValueError("path must be /service/… as it is after decoding, without //, . or ..")
        if not all(re.fullmatch("[A-Z]+", method) for method in self.methods):
            raise ValueError("methods are in capitals")
        return self


class Limit(_Part):
    """How often somebody may come: `rates` as 20/second or 100000/day, which hold together."""

    rates: Annotated[tuple[str, ...], Field(min_length=1)]
    count_by: CountBy = Field("consumer", description="The network counts for whoever shows no credential.")
    count_per: CountPer = Field("policy", description="One count for all routes with this limit, or one for each.")


class Configuration(_Part):
    """All of the file: `[services.NAME]`, `[[routes]]` and `[limits.NAME]`."""

    services: dict[str, Service]
    routes: tuple[Route, ...] = ()
    limits: dict[str, Limit] = {}

    @model_validator(mode="after")
    def _names_are_known(self) -> Self:
        for name in self.services:
            if not re.fullmatch(NAME_PATTERN, name) or name in RESERVED:
                raise ValueError(f"{name!r} cannot be a service's name")
        for route in self.routes:
            if _service_of(route) not in self.services:
                raise ValueError(f"the route {route.path} is of no service")
        for terms in (*self.services.values(), *self.routes):
            if terms.limit is not None and terms.limit not in self.limits:
                raise ValueError(f"no limit is named {terms.limit!r}")
        self.policies()
        return self

    def policies(self) -> dict[str, Policy]:
        """Return the limits under their names; raises ValueError for a rate that is none."""
        return {
            name: Policy.parse(name, limit.rates, limit.count_by, limit.count_per)
            for name, limit in self.limits.items()
        }

    def routes_of(self, service: str) -> Sequence[Route]:
        """Return the routes of `service` as they stand in the file."""
        return [route for route in self.routes if _service_of(route) == service]


def _service_of(route: Route) -> str:
    return route.path[1:].partition("/")[0]


def read(path: Path) -> Configuration:
    """Read the file; raises ConfigurationError."""
    try:
        return Configuration.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be read: {error.strerror}") from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigurationError(f"{path} is not TOML: {error}") from error
    except ValidationError as error:
        raise ConfigurationError(f"{path}: {_in_words(error)}") from None


def _in_words(error: ValidationError) -> str:
    return "\n".join(f"{'.'.join(map(str, e['loc'])) or 'the whole'}: {e['msg']}" for e in error.errors())
