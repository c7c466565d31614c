"""One request to one instance, and what it says about the instance."""

from typing import Self

from gateway.balancing.instances import Instance


class Attempt:
    """Counts as load of `instance` while the context lasts, and tells how it went, once.

    Only a failure after a success still counts, in its place: the instance broke off in mid-answer. One that tells
    nothing, as when the client has left, counts neither for nor against the instance. Times are monotonic, in seconds;
    `now` is when it begins, right after the instance was chosen.
    """

    __slots__ = ("_began", "_instance", "_succeeded_at", "_ticket", "_told")

    def __init__(self, instance: Instance, now: float) -> None:
        self._instance = instance
        self._began = now
        self._told = False
        self._succeeded_at: float | None = None

    def __enter__(self) -> Self:
        self._ticket = self._instance.begin(self._began)
        return self

    def __exit__(self, *_: object) -> None:
        self._instance.load -= 1
        if not self._told:
            self._instance.breaker.abandoned(self._ticket)

    def succeeded(self, now: float) -> None:
        """Note that the instance answered."""
        if not self._told:
            self._told = True
            self._succeeded_at = now
            self._instance.connected(self._began)
            self._instance.breaker.succeeded(now, self._ticket)

    def failed(self, now: float) -> None:
        """Note that the instance could be reached and failed: silence, an exchange broken off, a status of failure."""
        if self._told and self._succeeded_at is None:
            return
        self._told = True
        self._instance.connected(self._began)
        succeeded_at, self._succeeded_at = self._succeeded_at, None
        if self._instance.breaker.failed(now, self._ticket, succeeded_at):
            self._instance.doubt(now)

    def refused(self, now: float) -> None:
        """Note that no connection could be made, so that the instance has seen nothing of the request."""
        if not self._told:
            self._told = True
            self._instance.refused(now)
            self._instance.breaker.abandoned(self._ticket)
