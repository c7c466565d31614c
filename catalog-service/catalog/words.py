"""The words of a name, by which images are found."""

import re
import unicodedata
from typing import Final

_WORD: Final = re.compile(r"[^\W_]+")


def words_of(name: str) -> frozenset[str]:
    """Return the runs of letters and digits in `name`, without regard to case."""
    return frozenset(_WORD.findall(unicodedata.normalize("NFKC", name).casefold()))
