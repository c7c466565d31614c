"""Why something is not done."""


class CatalogError(Exception):
    """The root of these; its text says what is wrong and what to do."""


class NotFoundError(CatalogError):
    """Nothing has this id or name."""


class ConflictError(CatalogError):
    """It contradicts what there is: a name that is taken, a version that is no longer the latest."""


class InvalidRequestError(CatalogError):
    """It is well-formed and cannot be meant."""


class ServiceUnavailableError(CatalogError):
    """Another service that is needed for this does not answer."""
