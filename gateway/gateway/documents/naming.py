"""What the parts of one service's document are called in the merged document."""

import re
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urljoin, urlsplit

from gateway.documents.checking import DocumentError
from gateway.documents.grammar import COMPONENTS, REFERENCED
from gateway.documents.pointers import write_pointer
from gateway.documents.rewriting import unique

OWN: Final = "gateway"
"""What the gateway's own operations are filed under."""
Component = tuple[str, str]
"""Section and name, as (schemas, Problem)."""
_INDEX: Final = re.compile(r"0|[1-9][0-9]{0,8}")
_FORBIDDEN: Final = re.compile(r"[^a-zA-Z0-9._-]")


class DocumentNames:
    """The names of `service`, or with an empty `service` those of the gateway itself, which stay as they are."""

    def __init__(self, service: str, document: Mapping[str, Any], components: Mapping[Component, str]) -> None:
        """Take the new names of those `components` that `document` has."""
        self.label = service or OWN
        self.components = components
        self.referred: set[Component] = set()
        self._service = service
        self._document = document
        self._base = _base_path(service, document) if service else ""

    def pointer(self, tokens: tuple[str, ...]) -> tuple[str, ...]:
        """Return the pointer into the merged document and note the component; raises DocumentError."""
        if tokens[0] not in REFERENCED or len(tokens) < 2:
            raise DocumentError(f"its document refers to {write_pointer(tokens)}, which is no part of the API")
        look_up(self._document, tokens)
        if tokens[0] == "paths":
            return ("paths", self.path(tokens[1]), *tokens[2:])
        if tokens[0] == "webhooks":
            return ("webhooks", self.anchor(tokens[1]), *tokens[2:])
        name = self.components.get((tokens[1], tokens[2])) if len(tokens) > 2 else None
        if name is None:
            raise DocumentError(f"its document refers to {write_pointer(tokens)}, which is no component")
        self.referred.add((tokens[1], name))
        return ("components", tokens[1], name, *tokens[3:])

    def operation(self, operation_id: str) -> str:
        """Return the id with the service in front; a service's name has no underscore, so none meets another's."""
        return f"{self._service}_{operation_id}" if self._service else operation_id

    def anchor(self, anchor: str) -> str:
        """Return the anchor, or a webhook's name, with the service in front."""
        return f"{self._service}.{anchor}" if self._service else anchor

    def url(self, url: str) -> str:
        """Return the URL relative to the gateway's root, of one relative to the service's."""
        return f"{self._service}/{url.lstrip('/')}" if self._service else url

    def path(self, path: str) -> str:
        """Return the path at the gateway."""
        return f"/{self._service}{self._base}{path}" if self._service else path

    def upstream_path(self, path: str) -> str:
        """Return the path as the service is asked for it."""
        return self._base + path


def look_up(document: Any, tokens: tuple[str, ...]) -> Any:  # noqa: ANN401 any JSON
    """Return what is at `tokens` of `document`; raises DocumentError where nothing is."""
    node = document
    for token in tokens:
        if isinstance(node, dict) and token in node:
            node = node[token]
        elif isinstance(node, list) and _INDEX.fullmatch(token) and int(token) < len(node):
            node = node[int(token)]
        else:
            raise DocumentError(f"its document refers to {write_pointer(tokens)}, which it does not have")
    return node


def valid_names(document: Mapping[str, Any]) -> dict[Component, str]:
    """Return a name for each component of `document` that OpenAPI allows (section 4.8.7.1), where it can its own."""
    names: dict[Component, str] = {}
    for section in COMPONENTS:
        declared = list(document.get("components", {}).get(section, {}))
        taken = {name for name in declared if name and not _FORBIDDEN.search(name)}
        names |= {(section, name): name for name in declared if name in taken}
        for name in declared:
            if (section, name) not in names:
                names[section, name] = unique(_FORBIDDEN.sub("_", name) or "_", taken)
    return names


def prefixed(service: str, name: str) -> str:
    """Return the name for what is the service's alone, as CatalogPage of catalog and Page."""
    return "".join(part.capitalize() for part in service.split("-")) + name[:1].upper() + name[1:]


def _base_path(service: str, document: Mapping[str, Any]) -> str:
    """Return the path of the service's first server, which its paths are relative to (section 4.8.5)."""
    servers = document.get("servers")
    first = servers[0] if isinstance(servers, list) and servers else None
    url = first.get("url") if isinstance(first, dict) else None
    if not isinstance(url, str) or "{" in url:
        return ""
    try:
        path = urlsplit(urljoin("http://service/openapi.json", url)).path
    except ValueError:
        raise DocumentError(f"the server's URL in the document of {service} is not a URL") from None
    return path.rstrip("/")
