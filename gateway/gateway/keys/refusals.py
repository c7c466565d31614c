"""Why keys cannot be read or changed; each error's text says what to do."""


class KeyFileError(Exception):
    """The file of keys cannot be used as it is."""


class MissingKeyFileError(KeyFileError):
    """There is no file of keys."""


class KeyChangeError(Exception):
    """What is asked for cannot be done to this key."""
