"""Why a file, or a row of it, is not taken."""

from shared.refusals import RefusalError


class BrokenFileError(RefusalError):
    """The file cannot be read, or not on from here; its text says what is wrong and what to do."""


class RowError(Exception):
    """A row is not taken; its text says why, beginning with a small letter."""
