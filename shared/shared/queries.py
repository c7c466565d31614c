"""Query parameters: one that the route does not know is refused, as a filter with a typo would filter nothing."""

from fastapi import Request
from fastapi.dependencies.utils import get_flat_params
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute


# It awaits nothing, but what is not `async` would go to a thread and back.
async def require_known_parameters(request: Request) -> None:
    """Dependency: refuse a query parameter that is not documented (422)."""
    if not request.query_params:
        return
    route = request.scope.get("route")
    if not isinstance(route, APIRoute) or not route.include_in_schema:
        return
    known = {parameter.alias for parameter in get_flat_params(route.dependant)}
    unknown = [name for name in request.query_params if name not in known]
    if unknown:
        message = "no parameter has this name"
        raise RequestValidationError([{"loc": ("query", name), "msg": message} for name in dict.fromkeys(unknown)])
