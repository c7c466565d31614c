"""Wrong credentials, of which one network may show only so many."""

from typing import Final

from gateway.limiting.addresses import network_of
from gateway.limiting.in_memory import MemoryWindows
from gateway.limiting.policy import Policy
from gateway.limiting.taken import in_words
from shared.errors import ProblemError

FAILURES: Final = Policy.parse("failed sign-ins", ["10/minute"], count_by="address")


class WrongCredentials:
    """Refuses a network that has shown too many wrong credentials.

    An API key that is right is let in all the same, and so is a token that was: looking one up costs no more than to
    refuse it, nobody guesses 256 bits, and whoever shares the network with others is not kept out by them. The counts
    are this gateway's own, and never leave it.
    """

    def __init__(self, windows: MemoryWindows, policy: Policy = FAILURES) -> None:
        self._windows = windows
        self._policy = policy

    def check(self, address: str | None) -> None:
        """Raise ProblemError 429 where the network of `address` has no attempt left; counts nothing."""
        refused = self._windows.refused(self._policy, network_of(address))
        if refused:
            raise ProblemError(
                429,
                f"Too many wrong credentials came from this network; try again in {in_words(refused.reset)}.",
                refused.refusal().headers,
            )

    def count(self, address: str | None) -> None:
        """Count a wrong credential from the network of `address`."""
        self._windows.take(self._policy, network_of(address))
