"""Asks every instance of every service whether it is ready."""

import asyncio
from collections.abc import Mapping
from time import monotonic

import aiohttp
from pydantic import BaseModel, Field, ValidationError

from gateway.balancing.breaker import State
from gateway.balancing.instances import Instance
from gateway.upstreams import Upstream

PROBE_SECONDS = 2.0
OK = 200
FAILING_FROM = 500


class _Check(BaseModel):
    detail: str = ""


class _Readiness(BaseModel):
    """What a service of the fleet says at /readyz, or the problem document that says why it is not ready."""

    checks: dict[str, _Check] = {}
    detail: str = ""


class InstanceHealth(BaseModel):
    """One instance as the gateway sees it."""

    url: str
    ready: bool
    detail: str = Field(description="What it has in use, or why it is not ready.")
    weight: int = Field(description="Its share of the service's requests.")
    requests: int = Field(description="How many it is answering now.")
    breaker: State = Field(description="Whether requests are let through: not while too many fail.")


class ServiceHealth(BaseModel):
    """One service as the gateway sees it."""

    ready: bool = Field(description="Whether an instance is ready.")
    detail: str = Field(description="What it has in use, or why it is not ready.")
    instances: list[InstanceHealth]


class FleetHealth(BaseModel):
    """Every service, and whether all of them are ready."""

    ready: bool
    services: dict[str, ServiceHealth]
    problems: list[str] = Field([], description="What is wrong with the gateway's own files.")


async def fleet_health(
    session: aiohttp.ClientSession, upstreams: Mapping[str, Upstream], problems: list[str]
) -> FleetHealth:
    """Ask all instances at the same time; one that does not answer in 2 s is not ready."""
    answers = await asyncio.gather(*(_service_health(session, upstream) for upstream in upstreams.values()))
    services = dict(zip(upstreams, answers, strict=True))
    return FleetHealth(ready=all(service.ready for service in answers), services=services, problems=problems)


async def is_ready(session: aiohttp.ClientSession, url: str) -> bool:
    """Tell whether an instance takes requests; one that knows no `/readyz` does."""
    async with session.get(f"{url}/readyz", allow_redirects=False) as answer:
        return answer.status < FAILING_FROM


async def _service_health(session: aiohttp.ClientSession, upstream: Upstream) -> ServiceHealth:
    instances = await asyncio.gather(*(_instance_health(session, instance) for instance in upstream.service.instances))
    told = next((instance for instance in instances if instance.ready), instances[0])
    return ServiceHealth(ready=told.ready, detail=told.detail, instances=instances)


async def _instance_health(session: aiohttp.ClientSession, instance: Instance) -> InstanceHealth:
    ready, detail = await _readiness(session, instance.url)
    return InstanceHealth(
        url=instance.url,
        ready=ready,
        detail=detail,
        weight=instance.weight,
        requests=instance.load,
        breaker=instance.breaker.state(monotonic()),
    )


async def _readiness(session: aiohttp.ClientSession, url: str) -> tuple[bool, str]:
    timeout = aiohttp.ClientTimeout(total=PROBE_SECONDS)
    try:
        async with session.get(f"{url}/readyz", timeout=timeout, allow_redirects=False) as answer:
            return answer.status < FAILING_FROM, _told(answer.status, await answer.read())
    except TimeoutError:
        return False, f"no answer in {PROBE_SECONDS:g} s"
    except (aiohttp.ClientError, OSError):
        return False, "cannot be reached"


def _told(status: int, body: bytes) -> str:
    """Return what an answer of /readyz says; other people's services may say anything, or not have it."""
    plain = "ready" if status == OK else f"status {status}"
    try:
        told = _Readiness.model_validate_json(body)
    except ValidationError:
        return plain
    if status == OK:
        return ", ".join(check.detail for check in told.checks.values() if check.detail) or plain
    return told.detail or plain
