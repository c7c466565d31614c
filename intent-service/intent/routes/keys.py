"""The key that some routes want, where the service was given one."""

import secrets
from collections.abc import Callable, Coroutine
from typing import Annotated, Final

from fastapi import Header
from pydantic import SecretStr
from pydantic.json_schema import SkipJsonSchema

from shared.errors import ProblemError, problem_responses

KEY: Final = "X-API-KEY"
NO_KEY: Final = problem_responses({401: "X-API-KEY is missing or not the one that is expected."})


def require_key(api_key: SecretStr | None) -> Callable[..., Coroutine[None, None, None]]:
    """Return a dependency that wants `api_key`, if there is one (401)."""
    expected = api_key.get_secret_value().encode() if api_key else None

    # It awaits nothing, but what is not `async` would go to a thread and back.
    async def required(
        x_api_key: Annotated[
            str | SkipJsonSchema[None], Header(alias=KEY, description="Needed if the service was given a key.")
        ] = None,
    ) -> None:
        if expected is not None and not secrets.compare_digest((x_api_key or "").encode("latin-1"), expected):
            raise ProblemError(401, f"{KEY} is missing or not the one that is expected.", {"WWW-Authenticate": KEY})

    return required
