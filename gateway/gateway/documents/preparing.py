"""A document made ready for the comparison with others, and the comparison: which components are the same."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from gateway.documents.checking import DocumentError, check_form, parse_document
from gateway.documents.grammar import COMPONENTS
from gateway.documents.naming import Component, DocumentNames, prefixed, valid_names
from gateway.documents.rewriting import Rewriter, schema_name, unique


@dataclass(frozen=True)
class Comparable:
    """A component: its text with valid names, and the components that it refers to."""

    text: bytes
    refers: frozenset[Component]


@dataclass(frozen=True)
class Prepared:
    """A document that was checked; `service` is empty for the gateway's own."""

    service: str
    document: Mapping[str, Any]
    heirs: Mapping[str, list[str]]
    valid: Mapping[Component, str]
    components: Mapping[Component, Comparable]
    """Under their valid names."""


def prepare(service: str, document: object) -> Prepared:
    """Check every reference in `document`; raises DocumentError where it cannot be merged."""
    checked = check_form(document)
    valid = valid_names(checked)
    names = DocumentNames(service, checked, valid)
    rewriter = Rewriter(names, heirs := _heirs(checked), set())
    try:
        components = {
            (section, valid[section, name]): _comparable(rewriter, names, section, name, node, _told(heirs, name, node))
            for section in COMPONENTS
            for name, node in checked.get("components", {}).get(section, {}).items()
        }
        rewriter.rewrite({name: checked.get(name) for name in ("paths", "webhooks")}, "document")
        rewriter.requirements(checked.get("security"))
    except ValueError:
        raise DocumentError("its document has a reference that is not a URL") from None
    return Prepared(service, checked, heirs, valid, components)


def final_names(documents: Sequence[Prepared]) -> list[DocumentNames]:
    """Return the names in the merged document for each of `documents`, the gateway's own first.

    A component keeps its name where all that have one of this name mean the same by it. Where they do not, the
    gateway's own keeps it, and that of each service is called after the service.
    """
    apart = _apart(documents)
    taken: dict[str, set[str]] = defaultdict(set)
    for section, name in (component for document in documents for component in document.components):
        taken[section].add(name)
    named = []
    for document in documents:
        new = dict(document.valid)
        for (section, original), name in document.valid.items():
            if document.service and (section, name) in apart:
                new[section, original] = unique(prefixed(document.service, name), taken[section])
        named.append(DocumentNames(document.service, document.document, new))
    return named


def _comparable(
    rewriter: Rewriter, names: DocumentNames, section: str, name: str, node: object, heirs: Sequence[str]
) -> Comparable:
    names.referred = set()
    rewritten = rewriter.component(node, section, name)
    text = orjson.dumps([rewritten, sorted(heirs)], option=orjson.OPT_SORT_KEYS)
    return Comparable(text, frozenset(names.referred))


def _heirs(document: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return, under the name of each schema, those of the schemas that are composed with it (`allOf`)."""
    heirs: dict[str, list[str]] = defaultdict(list)
    for name, schema in document.get("components", {}).get("schemas", {}).items():
        parts = schema.get("allOf") if isinstance(schema, dict) else None
        for part in parts if isinstance(parts, list) else []:
            if parent := schema_name(part):
                heirs[parent].append(name)
    return dict(heirs)


def _told(heirs: Mapping[str, list[str]], name: str, schema: object) -> list[str]:
    """Return the heirs that a discriminator of `schema` tells apart by their names."""
    return heirs.get(name, []) if isinstance(schema, dict) and "discriminator" in schema else []


def _apart(documents: Sequence[Prepared]) -> set[Component]:
    """Return the components of one name that differ, by themselves or by what they refer to, at any remove."""
    holders = Counter(component for document in documents for component in document.components)
    texts: dict[Component, set[bytes]] = defaultdict(set)
    referrers: dict[Component, set[Component]] = defaultdict(set)
    for document in documents:
        for component, comparable in document.components.items():
            texts[component].add(comparable.text)
            for referred in comparable.refers:
                referrers[referred].add(component)
    shared = {component for component, number in holders.items() if number > 1}
    apart = {component for component in shared if len(texts[component]) > 1}
    unvisited = list(apart)
    while unvisited:
        found = (referrers[unvisited.pop()] & shared) - apart
        apart |= found
        unvisited += found
    return apart


def read_document(service: str, raw: bytes) -> dict[str, Any]:
    """Return the document that `raw` is, when it can be merged; raises DocumentError."""
    document = parse_document(raw)
    prepare(service, document)
    return document
