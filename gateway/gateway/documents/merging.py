"""One OpenAPI document of the gateway and all that stand behind it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import structlog

from gateway.documents.answers import Security, with_answers
from gateway.documents.checking import DocumentError
from gateway.documents.grammar import operations
from gateway.documents.naming import DocumentNames, prefixed
from gateway.documents.operations import path_item_behind
from gateway.documents.preparing import Prepared, final_names, prepare
from gateway.documents.rewriting import Rewriter

ABSENT: Final = "x-flotilla-absent"
SUMMARY_CHARACTERS: Final = 200
_log = structlog.get_logger(source="documents")


def merge(
    own: Mapping[str, Any],
    services: Mapping[str, object],
    security: Security,
    absent: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Return the document of the fleet: `own`, and each service's operations under `/{service}`; all are JSON.

    Whatever order `services` come in, the same ones give the same document. One that cannot be merged, for whatever
    reason, is left out; `x-flotilla-absent` tells it, as it does for those `absent` already. Nothing that is passed in
    is changed, and parts of it are in what is returned.

    Components of one name that mean the same are one, others are called after their service: CatalogPage. Operation
    ids, anchors and webhooks get the service in front, tags become `catalog: images`. An operation that needs a
    credential of the gateway names its scope, and the answers that the gateway may give are with each operation.
    """
    reasons = dict(absent or {})
    documents = [prepare("", with_answers(own, security))]
    for service in sorted(services):
        try:
            documents.append(prepare(service, services[service]))
        except Exception as error:  # noqa: BLE001 what one service sends takes nothing from the others
            reasons[service] = _reason(service, error)
    while True:
        try:
            return _merged(own, documents, security, reasons)
        except _UnmergeableError as unmergeable:
            documents.remove(unmergeable.document)
            reasons[unmergeable.document.service] = unmergeable.reason


class _UnmergeableError(Exception):
    def __init__(self, document: Prepared, reason: str) -> None:
        super().__init__(reason)
        self.document = document
        self.reason = reason


def _merged(
    own: Mapping[str, Any], documents: Sequence[Prepared], security: Security, reasons: Mapping[str, str]
) -> dict[str, Any]:
    """Return `documents`, the gateway's first, as one; raises _UnmergeableError for a service's that is in the way."""
    merged: dict[str, Any] = {
        "openapi": "3.1.0",
        "info": _info(own, documents[1:], reasons),
        "servers": own.get("servers", [{"url": "."}]),
        "tags": [],
        "paths": {},
        "components": {},
    }
    issued: set[str] = set()
    for document, names in zip(documents, final_names(documents)):
        try:
            _add(merged, document, names, security, issued)
        except Exception as error:
            if not document.service:
                raise
            raise _UnmergeableError(document, _reason(document.service, error)) from None
    merged["x-tagGroups"] = _tag_groups(merged["tags"])
    if reasons:
        merged[ABSENT] = dict(sorted(reasons.items()))
    return merged


def _reason(service: str, error: Exception) -> str:
    if isinstance(error, DocumentError):
        return str(error)
    _log.error("document not merged", service=service, error=repr(error))
    return "its document cannot be merged; the gateway's log has the cause"


def _add(
    merged: dict[str, Any], prepared: Prepared, names: DocumentNames, security: Security, issued: set[str]
) -> None:
    document = prepared.document
    rewriter = Rewriter(names, prepared.heirs, issued)
    for path, item in document.get("paths", {}).items():
        if path.startswith("/"):
            at_gateway = (
                path_item_behind(item, path, document, names, rewriter, security)
                if prepared.service
                else rewriter.rewrite(item, "path item")
            )
            merged["paths"].setdefault(names.path(path), at_gateway)
    for name, item in document.get("webhooks", {}).items():
        merged.setdefault("webhooks", {})[names.anchor(name)] = rewriter.rewrite(item, "path item")
    _add_components(merged["components"], prepared, names, rewriter)
    merged["tags"] += _tags(document, names.label)


def _add_components(components: dict[str, Any], prepared: Prepared, names: DocumentNames, rewriter: Rewriter) -> None:
    for (section, original), name in names.components.items():
        held = components.setdefault(section, {})
        if name in held:
            continue
        node = rewriter.component(prepared.document["components"][section][original], section, original)
        if name != prepared.valid[section, original] and isinstance(node, dict) and isinstance(node.get("title"), str):
            # Generators of clients call classes by the title, and two classes cannot have the same name.
            node["title"] = prefixed(prepared.service, node["title"])
        held[name] = node


def _info(own: Mapping[str, Any], present: Iterable[Prepared], reasons: Mapping[str, str]) -> dict[str, Any]:
    info = dict(own.get("info", {}))
    lines = [f"- **{document.service}**: {_summary(document.document)}" for document in present]
    lines += [f"- {service} is absent: {reason}." for service, reason in sorted(reasons.items())]
    if lines:
        described = [info["description"]] if info.get("description") else []
        info["description"] = "\n\n".join([*described, "Behind it are these services:", "\n".join(lines)])
    return info


def _summary(document: Mapping[str, Any]) -> str:
    info = document.get("info")
    told = [info.get(name) for name in ("title", "version", "summary")] if isinstance(info, dict) else []
    return ", ".join(" ".join(text[:SUMMARY_CHARACTERS].split()) for text in told if isinstance(text, str) and text)


def _tags(document: Mapping[str, Any], label: str) -> list[dict[str, Any]]:
    """Return the tags that the document declares, then those that its operations use, as they are called here."""
    declared = [
        tag for tag in _listed(document.get("tags")) if isinstance(tag, dict) and isinstance(tag.get("name"), str)
    ]
    tags = {tag["name"]: {**tag, "name": f"{label}: {tag['name']}"} for tag in reversed(declared)}
    tags = dict(reversed(tags.items()))
    for _, _, operation in operations({**document.get("paths", {}), **document.get("webhooks", {})}):
        used = [tag for tag in _listed(operation.get("tags")) if isinstance(tag, str)]
        for tag in used:
            tags.setdefault(tag, {"name": f"{label}: {tag}"})
        if not used:
            tags.setdefault("", {"name": label})
    return list(tags.values())


def _tag_groups(tags: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the tags by service, as Redoc and others show them."""
    groups: dict[str, list[str]] = {}
    for tag in tags:
        groups.setdefault(tag["name"].partition(": ")[0], []).append(tag["name"])
    return [{"name": name, "tags": names} for name, names in groups.items()]


def _listed(value: Any) -> list[Any]:  # noqa: ANN401 any JSON
    return value if isinstance(value, list) else []
