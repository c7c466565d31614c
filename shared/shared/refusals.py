"""Why something is not done: what operations raise, which know no HTTP."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final


class RefusalError(Exception):
    """The root of these; its text says what is wrong and what to do."""


class NotFoundError(RefusalError):
    """Nothing has this id or name."""


class ConflictError(RefusalError):
    """It contradicts what there is: a name that is taken, a version that is no longer the latest."""


class InvalidRequestError(RefusalError):
    """It is well-formed and cannot be meant."""


class ServiceUnavailableError(RefusalError):
    """Another service that is needed for this does not answer."""


STATUSES: Final[Mapping[type[Exception], int]] = MappingProxyType(
    {NotFoundError: 404, ConflictError: 409, InvalidRequestError: 422, ServiceUnavailableError: 503}
)
"""What they are in HTTP."""
