"""JSON pointers (RFC 6901) as they stand in the fragment of a `$ref`."""

from collections.abc import Sequence
from urllib.parse import quote, unquote

_SAFE = "!$&'()*+,;=:@~-._"
"""What a URI's fragment may hold as it is (RFC 3986, section 3.5), but for the slash and what needs no mention."""


def parse_pointer(fragment: str) -> tuple[str, ...]:
    """Return the tokens of a pointer like `/paths/~1images/get`, percent-encoded or not."""
    return tuple(token.replace("~1", "/").replace("~0", "~") for token in unquote(fragment).split("/")[1:])


def write_pointer(tokens: Sequence[str]) -> str:
    """Return the reference to what is at `tokens` of the same document, as `#/paths/~1images/get`."""
    escaped = (token.replace("~", "~0").replace("/", "~1") for token in tokens)
    return "#/" + "/".join(quote(token, safe=_SAFE) for token in escaped)
