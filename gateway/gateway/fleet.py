"""Asks every service whether it is ready."""

import asyncio
from collections.abc import Mapping

import aiohttp
from pydantic import BaseModel, Field

PROBE_SECONDS = 2.0


class ServiceHealth(BaseModel):
    """One service as the gateway sees it."""

    ready: bool
    detail: str = Field(description="What it has in use, or why it is not ready.")


class FleetHealth(BaseModel):
    """Every service, and whether all of them are ready."""

    ready: bool
    services: dict[str, ServiceHealth]


async def fleet_health(session: aiohttp.ClientSession, upstreams: Mapping[str, str]) -> FleetHealth:
    """Ask all services at the same time; one that does not answer in 2 s is not ready."""
    answers = await asyncio.gather(*(_service_health(session, url) for url in upstreams.values()))
    services = dict(zip(upstreams, answers, strict=True))
    return FleetHealth(ready=all(service.ready for service in answers), services=services)


async def _service_health(session: aiohttp.ClientSession, url: str) -> ServiceHealth:
    timeout = aiohttp.ClientTimeout(total=PROBE_SECONDS)
    try:
        async with session.get(f"{url}/readyz", timeout=timeout) as answer:
            body = await answer.json(content_type=None)
    except TimeoutError:
        return ServiceHealth(ready=False, detail=f"no answer in {PROBE_SECONDS:g} s")
    except (aiohttp.ClientError, OSError):
        return ServiceHealth(ready=False, detail="cannot be reached")
    except ValueError:
        return ServiceHealth(ready=False, detail="its /readyz does not answer with JSON")
    if answer.status == 200:
        checks = body.get("checks", {}).values()
        return ServiceHealth(ready=True, detail=", ".join(check["detail"] for check in checks) or "ready")
    return ServiceHealth(ready=False, detail=str(body.get("detail", f"status {answer.status}")))
