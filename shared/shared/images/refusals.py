"""Why an image file is not decoded."""


class NotAnImageError(Exception):
    """The bytes are not a file of an accepted image format."""


class BrokenImageError(Exception):
    """The bytes begin as an image and cannot be read as one: damaged, cut off, or made to exhaust the decoder."""


class TooManyPixelsError(Exception):
    """The header announces more pixels than are accepted."""
