"""The configuration as the hot path wants it."""

from typing import Any

from gateway.configuration import MAX_BODY_BYTES, Configuration, Service, Terms
from gateway.routing import Route, Rule, Table

RETRIES = 2
READ_SECONDS = 60.0


def routing_table(configuration: Configuration, *, is_open: bool) -> Table:
    """Return the routes of all services; `is_open` lets in everybody where nothing else is said."""
    return Table({name: _rules(name, configuration, is_open) for name in configuration.services})


def _rules(name: str, configuration: Configuration, is_open: bool) -> list[Rule]:
    service = configuration.services[name]
    default = Terms(
        access="open" if is_open else "key", max_body_bytes=MAX_BODY_BYTES, read_seconds=READ_SECONDS, retries=RETRIES
    )
    rules = []
    for route in configuration.routes_of(name):
        merged = _route(name, " ".join([*route.methods, route.path]), service, default, service, route)
        rules.append(Rule(route.path.encode(), route.covered, merged))
    # The last, so that a route for all of the service comes before it.
    rules.append(Rule(f"/{name}/".encode(), frozenset(), _route(name, f"/{name}/", service, default, service)))
    return rules


def _route(name: str, title: str, service: Service, *terms: Terms) -> Route:
    """Return the route on `terms`, of which a later one overrules what the earlier say."""
    said: dict[str, Any] = {}
    for part in terms:
        said |= part.model_dump(include=set(Terms.model_fields), exclude_none=True)
    is_open = said.pop("access") == "open"
    limit = said.pop("limit", None)
    return Route(
        service=name, name=title, is_open=is_open, limit=limit, connect_seconds=service.connect_seconds, **said
    )
