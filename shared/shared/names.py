"""What people call things: cleaned, and compared without regard to case."""

import unicodedata
from typing import Annotated, Final

from pydantic import AfterValidator, StringConstraints, WithJsonSchema

MAX_NAME_LENGTH: Final = 255
_CONTROL: Final = frozenset({"Cc", "Cs", "Zl", "Zp"})
"""Unicode's categories of control characters, surrogates and separators of lines and paragraphs."""

PATTERN: Final = (
    r"^[^\u0000-\u001f\u007f-\u009f\u2028\u2029]*"
    r"[^\u0000-\u0020\u007f-\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]"
    r"[^\u0000-\u001f\u007f-\u009f\u2028\u2029]*$"
)
"""For OpenAPI: at least one character that is not a space, and no control characters."""


def clean(name: str) -> str:
    """Return `name` trimmed and in Unicode's normal form C.

    Raises ValueError if it is empty, too long, or has control characters.
    """
    if any(unicodedata.category(character) in _CONTROL for character in name):
        raise ValueError("a name has no control characters")
    name = unicodedata.normalize("NFC", name).strip()
    if not name:
        raise ValueError("a name has at least one character that is not a space")
    if len(name) > MAX_NAME_LENGTH:
        raise ValueError(f"a name has at most {MAX_NAME_LENGTH} characters, this one has {len(name)}")
    return name


def key_of(name: str) -> str:
    """Return what two names have in common that differ only in case."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", name).casefold())


Name = Annotated[
    str,
    StringConstraints(max_length=MAX_NAME_LENGTH),
    AfterValidator(clean),
    WithJsonSchema({"type": "string", "minLength": 1, "maxLength": MAX_NAME_LENGTH, "pattern": PATTERN}),
]
"""A name as it comes in."""
