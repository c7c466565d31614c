"""The file of keys as a Secret of Kubernetes."""

import json
import re
from typing import Final

from gateway.keys.entries import Entries
from gateway.keys.refusals import KeyChangeError

FILE: Final = "keys.json"
"""The file's name in a volume that mounts the Secret."""

MAX_BYTES: Final = 1 << 20
"""Kubernetes takes no larger Secret."""

_NAME: Final = re.compile(r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?")


def secret_manifest(entries: Entries, name: str, namespace: str | None) -> str:
    """Return a manifest for `kubectl apply -f -`: JSON, which is YAML too (YAML 1.2, section 1.3).

    Raises KeyChangeError for names that Kubernetes refuses, and for more keys than a Secret holds.
    """
    for given in (name,) if namespace is None else (name, namespace):
        if not _NAME.fullmatch(given):
            raise KeyChangeError(f"{given!r} is no name in Kubernetes: write small letters, digits, - and .")
    text = entries.to_json()
    if len(text.encode()) > MAX_BYTES:
        raise KeyChangeError(f"The keys have more than {MAX_BYTES:,} bytes, which no Secret holds: prune them.")
    metadata = {"name": name} | ({} if namespace is None else {"namespace": namespace})
    manifest = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": metadata,
        "type": "Opaque",
        "stringData": {FILE: text},
    }
    return json.dumps(manifest, indent=2)
