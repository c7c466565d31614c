"""Which documents are refused, and why."""

from typing import Any

import pytest

from gateway.documents.checking import MAX_BYTES, MAX_DEPTH, MAX_VALUES, DocumentError, parse_document
from gateway.documents.preparing import prepare, read_document


def containing_itself() -> dict[str, Any]:
    document: dict[str, Any] = {"openapi": "3.1.0"}
    document["x-self"] = document
    return document


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "not JSON"),
        (b"[]", "not a JSON object"),
        (b"<html>", "not JSON"),
        (b'{"openapi":"3.0.3"}', "not OpenAPI 3.1"),
        (b'{"openapi":3.1}', "not OpenAPI 3.1"),
        (b'{"openapi":"3.1.0","paths":[]}', "the paths of its document"),
        (b'{"openapi":"3.1.0","components":{"schemas":[]}}', "the schemas of its document"),
        (b'{"openapi":"3.1.0","paths":{"a":{}}}', "'a', which does not begin with a slash"),
        (b'{"openapi":"3.1.0","paths":{"/a":1}}', "at the path '/a'"),
        (b'{"openapi":"3.1.0","paths":{"/a":{"get":{"responses":[]}}}}', "the responses of GET /a"),
        (b'{"openapi":"3.1.0","x":"' + b"a" * MAX_BYTES + b'"}', "bytes"),
        (b'{"openapi":"3.1.0","x":' + b"[" * MAX_DEPTH + b"]" * MAX_DEPTH + b"}", "deeper than 100 levels"),
        (b'{"openapi":"3.1.0","x":' + b"[" * 5000 + b"]" * 5000 + b"}", "not JSON"),
        (b'{"openapi":"3.1.0","x":[' + b"0," * MAX_VALUES + b"0]}", "values"),
    ],
)
def test_a_document_that_cannot_be_merged_is_refused(raw: bytes, reason: str) -> None:
    with pytest.raises(DocumentError, match=reason):
        parse_document(raw)


def test_what_contains_itself_is_refused() -> None:
    with pytest.raises(DocumentError, match="nested deeper"):
        prepare("a", containing_itself())


@pytest.mark.parametrize(
    "ref",
    ["#/components/schemas/B", "#/components/schemas/A/items", "#/info", "#/definitions/A", "#/components", "http://["],
)
def test_a_reference_that_leads_nowhere_is_refused(ref: str) -> None:
    document = {"openapi": "3.1.0", "components": {"schemas": {"A": {"not": {"$ref": ref}}}}}
    with pytest.raises(DocumentError, match=r"its document (refers to #/|has a reference that is not a URL)"):
        prepare("a", document)


@pytest.mark.parametrize("ref", ["#/components/schemas/A", "#A", "https://json-schema.org/x", "other.json#/A"])
def test_other_references_are_taken(ref: str) -> None:
    raw = b'{"openapi": "3.1.0", "components": {"schemas": {"A": {"not": {"$ref": "%s"}}}}}' % ref.encode()
    assert read_document("a", raw)["openapi"] == "3.1.0"


def test_a_reason_is_short_and_printable() -> None:
    with pytest.raises(DocumentError) as caught:
        parse_document(b'{"openapi":"3.1.0","paths":{"a\\u0007' + b"b" * 9000 + b'":{}}}')
    assert len(str(caught.value)) <= 200
    assert str(caught.value).isprintable()
