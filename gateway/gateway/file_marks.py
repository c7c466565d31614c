"""Tells whether a file is still the one that was read."""

import os
from pathlib import Path

Mark = tuple[str, int, int, int, int, int]


def mark_of(path: Path) -> Mark | None:
    """Return what is another for another version of the file; None where there is none.

    A symbolic link is followed: Kubernetes changes a mounted file by replacing a link to its folder.
    """
    try:
        found = path.stat()
    except OSError:
        return None
    return os.path.realpath(path), found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns
