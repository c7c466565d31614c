"""What the gateway itself answers and asks for, as OpenAPI components."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from gateway.consumer import Scopes
from shared.errors import Problem, problem_responses

SCHEMES: Final[Mapping[str, Mapping[str, str]]] = {
    "apiKey": {"type": "apiKey", "in": "header", "name": "X-API-Key", "description": "An API key of the gateway."},
    "bearer": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "A JWT of an issuer that the gateway trusts, or an API key.",
    },
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": "flotilla_session",
        "description": "The cookie of a browser that is signed in.",
    },
}
"""How a client can say who it is."""

_RETRY_AFTER: Final = {
    "Retry-After": {"description": "Seconds to wait before the next try.", "schema": {"type": "integer", "minimum": 0}}
}
_CHALLENGE: Final = {
    "WWW-Authenticate": {"description": "The ways to say who asks.", "schema": {"type": "string"}},
}
_ANSWERS: Final[Mapping[int, tuple[str, str, Mapping[str, Any]]]] = {
    400: ("BadRequest", "Send one credential, not several.", {}),
    401: (
        "Unauthorized",
        "Say who asks: send an API key in X-API-Key, or a token as Authorization: Bearer.",
        _CHALLENGE,
    ),
    403: ("Forbidden", "This needs the scope catalog:write, which the credential does not have.", {}),
    429: ("TooManyRequests", "Too many requests; try again in 3 seconds.", _RETRY_AFTER),
    502: ("BadGateway", "The service catalog cannot be reached.", {}),
    503: ("ServiceUnavailable", "The service catalog has no place for another request now.", _RETRY_AFTER),
    504: ("GatewayTimeout", "The service catalog did not answer in time.", {}),
}
REFERENCES: Final = {
    str(status): {"$ref": f"#/components/responses/{name}"} for status, (name, _, _) in _ANSWERS.items()
}
"""What the gateway may answer in place of any service, by status."""


@dataclass(frozen=True)
class Security:
    """Which operations need a credential, and the schemes (of `SCHEMES`) by which the gateway takes one."""

    needs_credential: Callable[[str, str, str], bool]
    """Of a service, the path as the service is asked for it, and the method in capitals."""
    schemes: Sequence[str] = tuple(SCHEMES)

    def needed_scope(self, service: str, path: str, method: str) -> str | None:
        """Return the scope that a credential for the operation has to have, None where none is needed."""
        if not self.needs_credential(service, path, method):
            return None
        verb = "read" if Scopes([f"{service}:read"]).allow(service, method) else "write"
        return f"{service}:{verb}"


def with_answers(own: Mapping[str, Any], security: Security) -> dict[str, Any]:
    """Return the gateway's own document with its answers and its security schemes as components."""
    components = {name: dict(section) for name, section in own.get("components", {}).items()}
    problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    for name, schema in {**problem.pop("$defs"), "Problem": problem}.items():
        components.setdefault("schemas", {}).setdefault(name, schema)
    components.setdefault("responses", {}).update(_responses())
    schemes = {name: dict(SCHEMES[name]) for name in security.schemes}
    components["securitySchemes"] = {**components.get("securitySchemes", {}), **schemes}
    return {**own, "components": components}


def _responses() -> dict[str, Any]:
    documented = problem_responses({status: detail for status, (_, detail, _) in _ANSWERS.items()})
    return {
        name: {**documented[status], **({"headers": headers} if headers else {})}
        for status, (name, _, headers) in _ANSWERS.items()
    }
