"""Merging documents that were made up: nothing is lost, and nothing makes it fail."""

import copy
import json
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.documents.answers import Security
from gateway.documents.checking import DocumentError
from gateway.documents.grammar import COMPONENTS, FIELDS, METHODS, operations
from gateway.documents.merging import merge
from gateway.documents.naming import look_up
from gateway.documents.pointers import parse_pointer, write_pointer
from gateway.documents.preparing import prepare
from gateway.documents.rewriting import schema_name

OWN = {"openapi": "3.1.0", "info": {"title": "Fleet", "version": "1"}}
NAMES = ("A", "B", "Page[A]", "Page_A_", "OneA", "TwoA", "Problem")
DATA = ("example", "default", "enum", "const")
OPEN = Security(lambda service, path, method: False)  # noqa: ARG005 its full signature

Documents = Mapping[str, dict[str, Any]]


def pointer_to(name: str) -> str:
    return write_pointer(("components", "schemas", name))


def schemas_over(names: list[str]) -> st.SearchStrategy[dict[str, Any]]:
    """Return schemas that refer to those of `names`, in the ways that schemas can."""
    refs = st.sampled_from(names).map(lambda name: {"$ref": pointer_to(name)})
    leaves = st.sampled_from([{"type": "string"}, {"type": "integer"}, {"example": {"$ref": pointer_to(names[0])}}])
    parts = refs | leaves
    mappings = st.dictionaries(st.sampled_from(("x", "y")), st.sampled_from(names).map(pointer_to), max_size=2)
    told = st.builds(lambda mapping: {"propertyName": "kind", **({"mapping": mapping} if mapping else {})}, mappings)
    return st.one_of(
        parts,
        st.builds(lambda part: {"title": "T", "items": part}, parts),
        st.builds(
            lambda named: {"properties": named},
            st.dictionaries(st.sampled_from(("a", "$ref", "example", "properties", "title")), parts, max_size=3),
        ),
        st.builds(
            lambda one, tell: {"oneOf": one, "discriminator": tell}, st.lists(refs, min_size=1, max_size=3), told
        ),
        st.builds(lambda part, tell: {"allOf": [part], "discriminator": tell}, refs, told),
    )


@st.composite
def documents(draw: st.DrawFn, pool: Sequence[str] = NAMES) -> dict[str, Any]:
    """Make up a service's document."""
    names = draw(st.lists(st.sampled_from(pool), min_size=1, max_size=4, unique=True))
    schemas = schemas_over(names)
    content = schemas.map(lambda schema: {"200": {"description": "", "content": {"a/b": {"schema": schema}}}})
    items = content.map(lambda responses: {"get": {"operationId": "get", "responses": responses}})
    paths = draw(st.dictionaries(st.sampled_from(("/", "/a", "/a/{id}")), items, min_size=1, max_size=2))
    return {"openapi": "3.1.0", "paths": paths, "components": {"schemas": {name: draw(schemas) for name in names}}}


@st.composite
def pairs(draw: st.DrawFn) -> tuple[dict[str, Any], dict[str, Any]]:
    """Make up two documents, of which the second may be the first with one schema changed."""
    one = draw(documents())
    if draw(st.booleans()):
        return one, draw(documents())
    schemas = one["components"]["schemas"]
    changed = {draw(st.sampled_from(list(schemas))): draw(schemas_over(list(schemas)))}
    return one, copy.deepcopy({**one, "components": {"schemas": {**schemas, **changed}}})


def resolved(document: Mapping[str, Any], node: Any, through: tuple[str, ...] = ()) -> Any:
    """Return `node` with what it refers to in each reference's place, and how far back where that goes in circles."""
    if isinstance(node, list):
        return [resolved(document, item, through) for item in node]
    if not isinstance(node, dict):
        return node
    whole: dict[str, Any] = {}
    for name, value in node.items():
        if name == "$ref":
            whole["$ref"] = referred(document, value, through)
        elif name == "properties":
            whole[name] = {key: resolved(document, item, through) for key, item in value.items()}
        elif name == "discriminator":
            whole[name] = {value: referred(document, ref, through) for value, ref in told_apart(document, node).items()}
        elif name != "title":
            whole[name] = value if name in DATA else resolved(document, value, through)
    return whole


def referred(document: Mapping[str, Any], ref: str, through: tuple[str, ...]) -> Any:
    if ref in through:
        return len(through) - through.index(ref)
    return resolved(document, look_up(document, parse_pointer(ref.removeprefix("#"))), (*through, ref))


def told_apart(document: Mapping[str, Any], schema: Mapping[str, Any]) -> dict[str, str]:
    """Return what each value of a discriminating property stands for: as mapped, or else a schema's own name."""
    mapping = dict(schema["discriminator"].get("mapping", {}))
    named = document["components"]["schemas"]
    heirs = [name for name, heir in named.items() if any(schema is parent(document, part) for part in parts(heir))]
    for name in [*(variant for part in schema.get("oneOf", []) if (variant := schema_name(part))), *heirs]:
        if pointer_to(name) not in mapping.values():
            mapping.setdefault(name, pointer_to(name))
    return mapping


def parts(schema: Mapping[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = schema.get("allOf", [])
    return found


def parent(document: Mapping[str, Any], part: Mapping[str, Any]) -> Any:
    name = schema_name(part)
    return document["components"]["schemas"][name] if name else None


@given(pairs())
@settings(deadline=None)
def test_every_operation_says_what_it_said_before(pair: tuple[dict[str, Any], dict[str, Any]]) -> None:
    one, two = pair
    merged = merge(OWN, {"one": one, "two": two}, OPEN)
    json.dumps(merged)
    for name, document in (("one", one), ("two", two)):
        for path, method, operation in operations(document["paths"]):
            behind = merged["paths"][f"/{name}{path}"][method]
            before = resolved(document, operation["responses"]["200"])
            assert resolved(merged, behind["responses"]["200"]) == before


@given(documents([name for name in NAMES if name != "Problem"]))
@settings(deadline=None)
def test_the_same_document_twice_adds_no_schema(document: dict[str, Any]) -> None:
    once, twice = merge(OWN, {"one": document}, OPEN), merge(OWN, {"one": document, "two": document}, OPEN)
    assert twice["components"]["schemas"] == once["components"]["schemas"]


words = sorted({word for fields in FIELDS.values() for word in fields} | COMPONENTS.keys() | set(METHODS))
keys = st.sampled_from(
    [
        *words,
        *("$ref", "$id", "$anchor", "discriminator", "mapping", "operationId", "operationRef", "security", "servers"),
        *("/a", "200", "A", "A[", "info", "name", "tags", "title", "url", "x-a", ""),
    ]
)
texts = st.sampled_from(
    ["", "A", "#", "#A", "#/", "#/components/schemas/A", "#/paths/~1a", "http://[", "a.json", "/v1"]
)
anything: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False)
    | texts
    | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys | st.text(max_size=3), inner, max_size=4),
    max_leaves=20,
)
objects = st.dictionaries(keys, anything, max_size=4)


@given(
    anything
    | st.fixed_dictionaries(
        {"openapi": st.just("3.1.0")},
        optional={
            "info": anything,
            "servers": anything,
            "security": anything,
            "tags": anything,
            "webhooks": objects,
            "paths": st.dictionaries(st.sampled_from(("/a", "/b", "x-c")), objects, max_size=3),
            "components": st.dictionaries(st.sampled_from(list(COMPONENTS)), objects, max_size=3),
        },
    )
)
@settings(deadline=None)
def test_a_document_that_is_anything_is_merged_or_absent_with_a_reason(document: Any) -> None:
    absent = merge(OWN, {"one": document}, OPEN).get("x-flotilla-absent", {})
    if absent:
        with pytest.raises(DocumentError) as caught:
            prepare("one", document)
        assert absent == {"one": str(caught.value)}
