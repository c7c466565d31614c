"""What stands behind the gateway and on which terms: a TOML file that can be changed while it runs."""

import re
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, HttpUrl, ValidationError, field_validator, model_validator
from pydantic_core import InitErrorDetails, PydanticCustomError

from gateway.limiting.policy import CountBy, CountPer, Policy
from gateway.routing import is_canonical

NAME_PATTERN = r"[a-z][a-z0-9-]{0,62}"
RESERVED = frozenset(
    {"docs", "health", "livez", "metrics", "openapi.json", "readyz", "session", "signin", "signout", "static"}
)
MAX_BODY_BYTES = 5 << 30
_PREFIX = re.compile(rf"/{NAME_PATTERN}/[A-Za-z0-9._~!$&'()+,=:@/-]*")
"""Characters that nobody encodes, so that there is one way to send a path; and none of a pattern's (* {}) or of
a segment's parameters (;)."""
_Fault = tuple[tuple[str | int, ...], str]
"""What is wrong: the way down to it, and the words."""


class ConfigurationError(Exception):
    """The configuration cannot be used; says what is wrong, a line each."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Instance(_Part):
    """One process that answers for a service; `weight` is its share of the requests, as for a canary."""

    url: HttpUrl
    weight: int = Field(1, ge=0, le=1000)

    @field_validator("url")
    @classmethod
    def _is_only_a_place(cls, url: HttpUrl) -> HttpUrl:
        if url.username or url.password or url.query or url.fragment:
            raise ValueError("it can have a host, a port and a path, but no user, password, query or fragment")
        return url

    @property
    def place(self) -> str:
        """The URL without a last slash."""
        return str(self.url).rstrip("/")


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
        if len({instance.place for instance in self.instances}) < len(self.instances):
            raise ValueError("an instance is named twice")
        return self


class Route(Terms):
    """Terms of `path`, which begins with the service's name, and of all below it; the longest one counts.

    One that ends in a slash is for what is below it.
    """

    path: str
    methods: tuple[str, ...] = Field((), description="In capitals, GET stands for HEAD too; none means all.")

    @field_validator("path")
    @classmethod
    def _can_be_asked_for(cls, path: str) -> str:
        if not _PREFIX.fullmatch(path) or not is_canonical(path):
            raise ValueError(
                "it must be /service/… without //, . and .. and without characters that have to be encoded;"
                " it is what paths begin with, no pattern"
            )
        return path

    @field_validator("methods")
    @classmethod
    def _are_methods(cls, methods: tuple[str, ...]) -> tuple[str, ...]:
        if not all(re.fullmatch("[A-Z]+", method) for method in methods):
            raise ValueError("write methods in capitals, as GET")
        return methods

    @property
    def service(self) -> str:
        """The name of its service."""
        return self.path[1:].partition("/")[0]

    @property
    def covered(self) -> frozenset[str]:
        """The methods that it is for, none for all; what a GET may not read, a HEAD may not either."""
        return frozenset(self.methods) | ({"HEAD"} if "GET" in self.methods else frozenset())

    def is_like(self, other: Self) -> bool:
        """Tell whether there is a request that both are for, and neither more than the other."""
        shared = self.covered & other.covered or not (self.covered or other.covered)
        return self.path == other.path and bool(shared)


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
    def _fits_together(self) -> Self:
        faults = [*self._misnamed(), *self._unlimited(), *self._said_twice(), *self._unmeasured()]
        if faults:
            raise ValidationError.from_exception_data("configuration", [_detail(fault) for fault in faults])
        return self

    def policies(self) -> dict[str, Policy]:
        """Return the limits under their names."""
        return {name: _policy(name, limit) for name, limit in self.limits.items()}

    def routes_of(self, service: str) -> Sequence[Route]:
        """Return the routes of `service` as they stand in the file."""
        return [route for route in self.routes if route.service == service]

    def _misnamed(self) -> Iterator[_Fault]:
        for name in self.services:
            if not re.fullmatch(NAME_PATTERN, name) or name in RESERVED:
                yield ("services", name), f"{name!r} cannot be a service's name"
        for number, route in enumerate(self.routes):
            if route.service not in self.services:
                yield ("routes", number, "path"), f"no service is named {route.service!r}"

    def _unlimited(self) -> Iterator[_Fault]:
        places: list[tuple[tuple[str | int, ...], Terms]] = [
            *((("services", name), service) for name, service in self.services.items()),
            *((("routes", number), route) for number, route in enumerate(self.routes)),
        ]
        for place, terms in places:
            if terms.limit is not None and terms.limit not in self.limits:
                yield (*place, "limit"), f"no limit is named {terms.limit!r}"

    def _said_twice(self) -> Iterator[_Fault]:
        for number, route in enumerate(self.routes):
            for before, other in enumerate(self.routes[:number]):
                if route.is_like(other):
                    yield ("routes", number, "path"), f"routes.{before} is for the same requests"

    def _unmeasured(self) -> Iterator[_Fault]:
        for name, limit in self.limits.items():
            try:
                _policy(name, limit)
            except ValueError as error:
                yield ("limits", name, "rates"), str(error)


def _policy(name: str, limit: Limit) -> Policy:
    return Policy.parse(name, limit.rates, limit.count_by, limit.count_per)


def _detail(fault: _Fault) -> InitErrorDetails:
    where, what = fault
    return InitErrorDetails(type=PydanticCustomError("configuration", "{what}", {"what": what}), loc=where, input=None)


def read(path: Path) -> Configuration:
    """Read the file; raises ConfigurationError."""
    try:
        return Configuration.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be read: {error.strerror}") from error
    except RecursionError:
        raise ConfigurationError(f"{path} is not TOML that can be read: it is nested too deeply") from None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigurationError(f"{path} is not TOML: {error}") from error
    except ValidationError as error:
        raise ConfigurationError(f"{path}: {_in_words(error)}") from None


def _in_words(error: ValidationError) -> str:
    return "\n".join(
        f"{'.'.join(map(str, e['loc'])) or 'the whole'}: {e['msg'].removeprefix('Value error, ')}"
        for e in error.errors(include_url=False, include_input=False)
    )
