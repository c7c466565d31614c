"""How a token is refused (RFC 6750, section 3)."""

from shared.errors import ProblemError


def invalid_token(reason: str) -> ProblemError:
    """Return the 401 for a token; `reason` is ASCII without quotes or backslashes, and nothing the client wrote."""
    challenge = f'Bearer error="invalid_token", error_description="{reason}"'
    return ProblemError(401, f"The token is not accepted: {reason}.", {"WWW-Authenticate": challenge})


def no_keys(retry_after: int) -> ProblemError:
    """Return the 503 for tokens that cannot be checked, with when to try again, in seconds."""
    detail = "Tokens cannot be checked now, as their issuer does not publish its keys; try again, or use an API key."
    return ProblemError(503, detail, {"Retry-After": str(retry_after)})
