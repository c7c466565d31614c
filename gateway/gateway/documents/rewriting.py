"""Rewrites a document, or a part of one, so that it can stand beside those of other services."""

import itertools
from collections.abc import Mapping
from typing import Any, Final, Protocol
from urllib.parse import urlsplit

from gateway.documents.grammar import COMPONENTS, field_of
from gateway.documents.pointers import parse_pointer, write_pointer

_SCHEMAS: Final = ("components", "schemas")
_OCTETS: Final = "application/octet-stream"
_VARIANTS: Final = ("oneOf", "anyOf")


class Names(Protocol):
    """How what a document refers to is called in the merged one."""

    label: str
    """What its tags begin with."""

    def pointer(self, tokens: tuple[str, ...]) -> tuple[str, ...]:
        """Return the pointer into the merged document; raises ValueError for one that leads nowhere."""
        ...

    def operation(self, operation_id: str) -> str:
        """Return the id of that operation in the merged document."""
        ...

    def anchor(self, anchor: str) -> str:
        """Return that anchor's name in the merged document."""
        ...

    def url(self, url: str) -> str:
        """Return a URL relative to where the merged document is, of one relative to where this one is."""
        ...


class Rewriter:
    """Rewrites references, ids and tags by `names`; what is data (examples, defaults, extensions) stays as it is.

    Nothing that it is given is changed. Recurses as deep as its input is nested, so that has to be bounded before.
    """

    def __init__(self, names: Names, heirs: Mapping[str, list[str]], issued: set[str]) -> None:
        """Take the `heirs` of each schema that others inherit from, and the operations' ids that are `issued`."""
        self._names = names
        self._heirs = heirs
        self._issued = issued
        self._resources = 0

    def rewrite(self, node: Any, kind: str) -> Any:  # noqa: ANN401 a document is any JSON
        """Return `node`, an object of `kind` as the grammar knows it, rewritten; raises ValueError as names do."""
        if not isinstance(node, dict):
            return node
        resource = kind == "schema" and isinstance(node.get("$id"), str)
        self._resources += resource
        rewritten = {name: self._field(kind, name, value) for name, value in node.items()}
        if isinstance(ref := node.get("$ref"), str):
            rewritten["$ref"] = self._reference(ref)
        if kind == "schema":
            self._schema(node, rewritten)
        elif kind == "media type" and "itemSchema" in rewritten:
            rewritten["x-itemSchema"] = rewritten.pop("itemSchema")  # OpenAPI 3.1 does not have it
        elif kind == "link":
            self._link(rewritten)
        elif kind == "operation":
            self._operation(rewritten)
        self._resources -= resource
        return rewritten

    def component(self, node: Any, section: str, name: str) -> Any:  # noqa: ANN401
        """Return the component `name` of `section` rewritten; a parent's discriminator learns its heirs' new names."""
        rewritten = self.rewrite(node, COMPONENTS[section])
        if section == "schemas" and name in self._heirs and isinstance(node, dict):
            self._keep_implicit_names(rewritten, self._heirs[name])
        return rewritten

    def _field(self, kind: str, name: str, value: Any) -> Any:  # noqa: ANN401
        field = field_of(kind, name)
        if field is None:
            return value
        shape, inner = field
        if shape == "map" and isinstance(value, dict):
            return {key: self.rewrite(item, inner) for key, item in value.items()}
        if shape == "list" and isinstance(value, list):
            return [self.rewrite(item, inner) for item in value]
        return self.rewrite(value, inner) if shape == "one" else value

    def _reference(self, ref: str) -> str:
        base, _, fragment = ref.partition("#")
        if base:
            return ref if self._resources or is_absolute(base) else self._names.url(ref)
        if not fragment.startswith("/"):
            return f"#{self._names.anchor(fragment)}" if fragment and not self._resources else ref
        tokens = parse_pointer(fragment)
        # By the letter it leads into the schema that has the `$id`; FastAPI, and most tools, mean the document.
        if self._resources and tokens[0] != "components":
            return ref
        return write_pointer(self._names.pointer(tokens))

    def _schema(self, node: dict[str, Any], rewritten: dict[str, Any]) -> None:
        if isinstance(id_ := node.get("$id"), str) and self._resources == 1 and not is_absolute(id_):
            rewritten["$id"] = self._names.url(id_)
        if isinstance(ref := node.get("$dynamicRef"), str):
            rewritten["$dynamicRef"] = self._reference(ref)
        for keyword in ("$anchor", "$dynamicAnchor"):
            if isinstance(anchor := node.get(keyword), str) and not self._resources:
                rewritten[keyword] = self._names.anchor(anchor)
        if node.get("contentMediaType") == _OCTETS and "contentEncoding" not in node:
            rewritten.setdefault("format", "binary")  # by which generators of clients know a file
        if isinstance(discriminator := node.get("discriminator"), dict):
            rewritten["discriminator"] = self._discriminator(discriminator)
            variants = [item for name in _VARIANTS for item in _listed(node.get(name))]
            self._keep_implicit_names(rewritten, [name for item in variants if (name := schema_name(item))])

    def _discriminator(self, discriminator: dict[str, Any]) -> dict[str, Any]:
        if not isinstance(mapping := discriminator.get("mapping"), dict):
            return discriminator
        return {**discriminator, "mapping": {value: self._target(target) for value, target in mapping.items()}}

    def _target(self, target: Any) -> Any:  # noqa: ANN401
        """Return the schema's reference, which a mapping may name by its name alone."""
        if not isinstance(target, str):
            return target
        if "#" in target or "/" in target:
            return self._reference(target)
        return write_pointer(self._names.pointer((*_SCHEMAS, target)))

    def _keep_implicit_names(self, schema: dict[str, Any], variants: list[str]) -> None:
        """Map a variant's old name, which is what the discriminating property holds, to its new one."""
        discriminator = schema.get("discriminator")
        if not isinstance(discriminator, dict):
            return
        mapping = dict(discriminator["mapping"]) if isinstance(discriminator.get("mapping"), dict) else {}
        for name in variants:
            new = self._names.pointer((*_SCHEMAS, name))
            if new[2] != name and write_pointer(new) not in mapping.values():
                mapping.setdefault(name, write_pointer(new))
        if mapping:
            schema["discriminator"] = {**discriminator, "mapping": mapping}

    def _link(self, rewritten: dict[str, Any]) -> None:
        if isinstance(ref := rewritten.get("operationRef"), str):
            rewritten["operationRef"] = self._reference(ref)
        if isinstance(operation_id := rewritten.get("operationId"), str):
            rewritten["operationId"] = self._names.operation(operation_id)

    def _operation(self, rewritten: dict[str, Any]) -> None:
        if isinstance(operation_id := rewritten.get("operationId"), str):
            rewritten["operationId"] = unique(self._names.operation(operation_id), self._issued)
        tags = [tag for tag in _listed(rewritten.get("tags")) if isinstance(tag, str)]
        rewritten["tags"] = [f"{self._names.label}: {tag}" for tag in tags] or [self._names.label]
        if "security" in rewritten:
            rewritten["security"] = self.requirements(rewritten["security"])

    def requirements(self, security: Any) -> list[dict[str, Any]]:  # noqa: ANN401
        """Return security requirements with the schemes' new names."""
        return [
            {self._names.pointer(("components", "securitySchemes", name))[2]: scopes for name, scopes in item.items()}
            for item in _listed(security)
            if isinstance(item, dict)
        ]


def unique(name: str, taken: set[str]) -> str:
    """Return `name`, with a number where it is taken, and take it."""
    names = itertools.chain([name], (f"{name}_{number}" for number in itertools.count(2)))
    free = next(name for name in names if name not in taken)
    taken.add(free)
    return free


def is_absolute(url: str) -> bool:
    """Tell whether `url` names a scheme or a host; raises ValueError for what is no URL."""
    parts = urlsplit(url)
    return bool(parts.scheme or parts.netloc)


def schema_name(schema: Any) -> str | None:  # noqa: ANN401
    """Return the name of the component that `schema` is a reference to, None when it is none."""
    if isinstance(schema, dict) and isinstance(ref := schema.get("$ref"), str) and ref.startswith("#/"):
        tokens = parse_pointer(ref[1:])
        return tokens[2] if len(tokens) == 3 and tokens[:2] == _SCHEMAS else None
    return None


def _listed(value: Any) -> list[Any]:  # noqa: ANN401
    return value if isinstance(value, list) else []
