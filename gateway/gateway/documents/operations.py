"""What an operation is once the gateway stands in front of it."""

from collections.abc import Mapping, Sequence
from typing import Any

from gateway.documents.answers import REFERENCES, Security
from gateway.documents.grammar import METHODS
from gateway.documents.naming import DocumentNames, look_up
from gateway.documents.pointers import parse_pointer
from gateway.documents.rewriting import Rewriter

Requirements = list[dict[str, Any]]


def path_item_behind(
    item: Mapping[str, Any],
    path: str,
    document: Mapping[str, Any],
    names: DocumentNames,
    rewriter: Rewriter,
    security: Security,
) -> dict[str, Any]:
    """Return what `document` has at `path`, as a client of the gateway sees it.

    Servers are left out: whatever the service says of its addresses, a client reaches it at the gateway's.
    """
    rewritten: dict[str, Any] = rewriter.rewrite(_whole(item, document), "path item")
    rewritten.pop("servers", None)
    inherited = rewriter.requirements(document["security"]) if "security" in document else None
    for method in METHODS:
        if isinstance(operation := rewritten.get(method), dict):
            scope = security.needed_scope(names.label, names.upstream_path(path), method.upper())
            rewritten[method] = _operation_behind(operation, inherited, scope, security.schemes)
    return rewritten


def _operation_behind(
    operation: dict[str, Any], inherited: Requirements | None, scope: str | None, schemes: Sequence[str]
) -> dict[str, Any]:
    behind = {name: value for name, value in operation.items() if name != "servers"}
    required = operation.get("security", inherited)
    if scope:
        behind["description"] = _with_scope(behind.get("description"), scope)
        behind["x-required-scope"] = scope
        required = _both([{scheme: []} for scheme in schemes], required) if schemes else required
    if required is not None:
        behind["security"] = required
    behind["responses"] = _with_answers(operation.get("responses", {}))
    return behind


def _whole(item: Mapping[str, Any], document: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the path item with what it refers to in its place: its operations are behind the gateway only here."""
    seen: set[str] = set()
    while isinstance(ref := item.get("$ref"), str) and ref.startswith("#/") and ref not in seen:
        seen.add(ref)
        referred = look_up(document, parse_pointer(ref[1:]))
        item = {**(referred if isinstance(referred, dict) else {}), **{k: v for k, v in item.items() if k != "$ref"}}
    return item


def _with_scope(description: object, scope: str) -> str:
    sentence = f"Needs a credential with the scope `{scope}`."
    return f"{description.rstrip()}\n\n{sentence}" if isinstance(description, str) and description else sentence


def _both(gateway: Requirements, service: Requirements | None) -> Requirements:
    """Return the alternatives of which each satisfies the gateway and the service."""
    return [{**one, **other} for one in gateway for other in service or [{}]]


def _with_answers(responses: Mapping[str, Any]) -> dict[str, Any]:
    """Return `responses` with the gateway's where the service says nothing of that status or its hundred."""
    silent = {
        status: answer
        for status, answer in REFERENCES.items()
        if status not in responses and f"{status[0]}XX" not in responses
    }
    return {**responses, **silent}
