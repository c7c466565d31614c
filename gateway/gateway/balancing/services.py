"""The instances of a service, and how many requests it may be answering."""

import math
from collections.abc import Callable, Collection, Mapping
from typing import Final

from gateway.balancing.breaker import Breaker
from gateway.balancing.choosing import next_of
from gateway.balancing.instances import Instance
from shared.errors import OverloadedError, ProblemError

_NONE: Final[frozenset[Instance]] = frozenset()


class UnavailableError(ProblemError):
    """No instance can be asked before the monotonic time `at`, in seconds: 503 with `Retry-After`."""

    def __init__(self, detail: str, now: float, at: float) -> None:
        seconds = max(1, math.ceil(at - now))
        super().__init__(503, f"{detail}; try again in {seconds} s.", {"Retry-After": str(seconds)})
        self.at = at


class Service:
    """Balances over `weights`, instances' shares under their URLs, and answers at most `max_requests` at a time.

    An instance of weight 0 gets no requests. Times are monotonic, in seconds.
    """

    def __init__(
        self,
        name: str,
        weights: Mapping[str, int],
        max_requests: int,
        make_breaker: Callable[[], Breaker] = Breaker,
    ) -> None:
        self.name = name
        self.requests = 0
        self.instances: tuple[Instance, ...] = ()
        self._draining: tuple[Instance, ...] = ()
        self._make_breaker = make_breaker
        self._listeners: list[Callable[[], None]] = []
        self._place = Place(self)
        self.reconfigure(weights, max_requests)

    def reconfigure(self, weights: Mapping[str, int], max_requests: int) -> None:
        """Take over a changed configuration; an instance whose URL stays keeps all that is known about it.

        Requests in flight at instances that are gone finish there. Raises ValueError when no weight is above 0.
        """
        if min(weights.values(), default=0) < 0 or not any(weights.values()):
            raise ValueError(f"The {self.name} service needs an instance with a weight above 0, and none below.")
        known = {instance.url: instance for instance in (*self.draining, *self.instances)}
        self.max_requests = max_requests
        self.instances = tuple(known.pop(url) if url in known else self._make_instance(url) for url in weights)
        self._draining = tuple(known.values())
        for instance in self.instances:
            instance.weight = weights[instance.url]
            instance.credit = 0
        self._eligible = [instance for instance in self.instances if instance.weight]
        self._tell()

    @property
    def draining(self) -> tuple[Instance, ...]:
        """The instances that are gone from the configuration and still have requests in flight."""
        self._draining = tuple(instance for instance in self._draining if instance.load)
        return self._draining

    @property
    def out_since(self) -> float | None:
        """Since when all instances refuse connections or fail their checks; None while one does neither."""
        latest = -math.inf
        for instance in self._eligible:
            if (since := instance.out_since) is None:
                return None
            latest = max(latest, since)
        return latest

    def place(self) -> "Place":
        """Return the context that a request holds while it is answered; entering it raises OverloadedError."""
        return self._place

    def choose(self, now: float, tried: Collection[Instance] = _NONE) -> Instance:
        """Return the instance to ask; one that was `tried` in vain only where there is no other.

        Raises UnavailableError when every instance is unhealthy, ejected or behind an open breaker.
        """
        available = [instance for instance in self._eligible if instance.available(now)]
        if tried:
            available = [instance for instance in available if instance not in tried] or available
        if len(available) > 1:
            return next_of(available)
        if available:
            return available[0]
        raise self.unavailable(now)

    def unavailable(self, now: float) -> UnavailableError:
        """Return the error that tells when to come again."""
        at = min(instance.available_from(now) for instance in self._eligible)
        return UnavailableError(f"No instance of the {self.name} service can answer now", now, at)

    def on_return(self, listener: Callable[[], None]) -> None:
        """Call `listener` whenever an instance that was out is back, or others are configured."""
        self._listeners.append(listener)

    def _make_instance(self, url: str) -> Instance:
        return Instance(url, 1, self._make_breaker(), self._tell)

    def _tell(self) -> None:
        for listener in self._listeners:
            listener()


class Place:
    """One of the requests that a service may be answering; the same object serves for all of them."""

    __slots__ = ("_service",)

    def __init__(self, service: Service) -> None:
        self._service = service

    def __enter__(self) -> None:
        service = self._service
        if service.requests >= service.max_requests:
            full = f"The {service.name} service has {service.max_requests} requests to answer already."
            raise OverloadedError(f"{full} Try again in a moment.")
        service.requests += 1

    def __exit__(self, *_: object) -> None:
        self._service.requests -= 1
