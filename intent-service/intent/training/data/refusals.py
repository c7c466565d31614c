"""Why data is not taken."""


class DataError(ValueError):
    """Nothing can be read there; the text says why and what to do, and holds nothing of the data."""


class UnknownFormatError(DataError):
    """The file may be in order, but it is in none of the formats; among other files it is passed over."""


class RowError(ValueError):
    """A row cannot be taken, and the others can; the text says why, and holds nothing of the row."""
