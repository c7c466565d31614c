"""What a limit leaves to somebody, as header fields and as a refusal.

The fields are those of draft-ietf-httpapi-ratelimit-headers-06 (2022), the last with `RateLimit-Limit`,
`RateLimit-Remaining` and `RateLimit-Reset`; later drafts, none of them an RFC yet, put them into one structured
field `RateLimit`, which few clients read.
"""

from typing import NamedTuple

from gateway.limiting.policy import Policy, Rate
from shared.errors import ProblemError


class Taken(NamedTuple):
    """Where somebody stands with a policy, after a request was `granted` or refused.

    `rate` is the tightest, `remaining` the requests that it leaves. `reset` is in seconds, at least 1: the end of the
    rate's window, or, once nothing remains, when the next request has room.
    """

    policy: Policy
    rate: Rate
    remaining: int
    reset: int
    granted: bool

    def headers(self) -> list[tuple[bytes, bytes]]:
        """Return the fields for an answer as ASGI has them."""
        return [
            (b"ratelimit-limit", b"%d" % self.rate.requests),
            (b"ratelimit-remaining", b"%d" % self.remaining),
            (b"ratelimit-reset", b"%d" % self.reset),
            (b"ratelimit-policy", self.policy.field.encode()),
        ]

    def refusal(self) -> ProblemError:
        """Return the error that says which limit is reached and when it is open again."""
        return ProblemError(
            429,
            f"The limit {self.policy.name} of {self.rate} is reached; it is open again in {in_words(self.reset)}.",
            {
                "Retry-After": str(self.reset),
                "RateLimit-Limit": str(self.rate.requests),
                "RateLimit-Remaining": "0",
                "RateLimit-Reset": str(self.reset),
                "RateLimit-Policy": self.policy.field,
            },
        )


def in_words(seconds: int) -> str:
    """Return a time to wait, rounded up."""
    if seconds < 120:
        return f"{seconds} second{'s' if seconds > 1 else ''}"
    if seconds < 2 * 3600:
        return f"{-(-seconds // 60)} minutes"
    return f"{-(-seconds // 3600)} hours"
