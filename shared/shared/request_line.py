"""What a request's first line may ask for, beyond what the parser sees to (RFC 9112, section 3)."""

import re
from collections.abc import Sequence
from typing import Final

from shared.errors import ProblemError

VERSIONS: Final = frozenset({"1.0", "1.1"})
MAX_PATH_BYTES: Final = 16 << 10
"""RFC 9110, section 4.1, asks for 8,000 at least; a query has what is left of the head's limit."""
_ABSOLUTE: Final = re.compile(rb"https?://([^/?]+)([^?]*)(.*)", re.IGNORECASE | re.DOTALL)


def origin_form(target: bytes, method: str, headers: Sequence[tuple[bytes, bytes]]) -> bytes:
    """Return `target` as a path with its query; `*` stays as it is where the method is OPTIONS.

    Raises ProblemError: 405 for the target of a tunnel, 414 for a path that is too long, 400 for any other that is not
    for this server: for a URL that names another host than the Host header, for example.
    """
    if len(target) > MAX_PATH_BYTES and len(target.partition(b"?")[0]) > MAX_PATH_BYTES:
        raise ProblemError(414, f"The path has more than {MAX_PATH_BYTES:,} bytes.")
    if b"#" in target:
        raise ProblemError(400, "A fragment (#) is not for the server: send it as %23 or not at all.")
    if target.startswith(b"/") or (target == b"*" and method == "OPTIONS"):
        return target
    if method == "CONNECT":
        raise ProblemError(405, "No tunnels are opened here.")
    absolute = _ABSOLUTE.fullmatch(target)
    if not absolute:
        raise ProblemError(400, "Ask for a path that begins with a slash.")
    host, path, query = absolute.groups()
    if any(name == b"host" and value.strip().lower() != host.lower() for name, value in headers):
        raise ProblemError(400, "The URL names another host than the Host header.")
    return (path or b"/") + query
