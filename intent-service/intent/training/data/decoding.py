"""The text in a file's bytes: UTF-8, or else Latin-1 as Windows has it."""

from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE

from intent.training.data.refusals import DataError


def decode(data: bytes, name: str) -> str:
    """Return the text; bytes that a file of UTF-8 has by mistake become surrogates, by which their rows are found.

    Raises DataError for UTF-16.
    """
    if data.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        raise DataError(f"{name} is written in UTF-16: save it as UTF-8")
    if data.startswith(BOM_UTF8) or _is_mostly_utf8(data):
        return data.decode("utf-8-sig", "surrogateescape")
    try:
        return data.decode("cp1252")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _is_mostly_utf8(data: bytes) -> bool:
    """Tell a file of UTF-8 with a few broken lines from one of Latin-1, whose accents are hardly ever UTF-8."""
    if _is_utf8(data):
        return True
    telling = [_is_utf8(line) for line in data.splitlines() if not line.isascii()]
    return 2 * sum(telling) >= len(telling)


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True
