"""The document of the fleet, made of those that the services commit."""

import copy
import json
import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from gateway.documents.answers import REFERENCES, Security
from gateway.documents.grammar import METHODS, operations
from gateway.documents.merging import merge
from gateway.documents.naming import look_up
from gateway.documents.pointers import parse_pointer

Documents = Mapping[str, dict[str, Any]]


def references(node: object) -> list[str]:
    """Return the value of every `$ref` in `node`; no example of ours holds one."""
    if isinstance(node, list):
        return [ref for item in node for ref in references(item)]
    if not isinstance(node, dict):
        return []
    own = [node["$ref"]] if isinstance(node.get("$ref"), str) else []
    return own + [ref for item in node.values() for ref in references(item)]


def test_it_is_valid_openapi_3_1(merged: dict[str, Any]) -> None:
    OpenAPIV31SpecValidator(merged).validate()


def test_every_operation_of_every_service_is_there_and_no_other(
    merged: dict[str, Any], own: dict[str, Any], services: Documents
) -> None:
    expected = {(path, method) for path, method, _ in operations(own["paths"])}
    for name, document in services.items():
        expected |= {(f"/{name}{path}", method) for path, method, _ in operations(document["paths"])}
    assert {(path, method) for path, method, _ in operations(merged["paths"])} == expected
    assert len(expected) > 150


def test_every_reference_leads_somewhere(merged: dict[str, Any]) -> None:
    found = references(merged)
    assert len(found) > 1500
    for ref in found:
        look_up(merged, parse_pointer(ref.removeprefix("#")))


def test_operations_have_ids_of_their_own(merged: dict[str, Any]) -> None:
    ids = [operation["operationId"] for _, _, operation in operations(merged["paths"])]
    assert not [id_ for id_, times in Counter(ids).items() if times > 1]
    assert merged["paths"]["/crystal/sklearn"]["post"]["operationId"] == "crystal_sklearn_sklearn_post"
    assert merged["paths"]["/livez"]["get"]["operationId"] == "livez_livez_get"


def test_components_have_names_that_openapi_allows(merged: dict[str, Any]) -> None:
    for section in merged["components"].values():
        assert all(re.fullmatch(r"[a-zA-Z0-9._-]+", name) for name in section)


def test_what_all_mean_alike_is_there_once(merged: dict[str, Any], own: dict[str, Any]) -> None:
    schemas = merged["components"]["schemas"]
    for name in ("Problem", "InputError", "Check", "Readiness"):
        assert schemas[name] == own["components"]["schemas"][name]
        assert not [
            other for other in schemas if re.fullmatch(f"(Catalog|Crystal|Debugger|Intent|Vision){name}", other)
        ]
    assert "JobOut" in schemas


def test_what_is_meant_differently_is_called_after_its_service(merged: dict[str, Any], services: Documents) -> None:
    schemas = merged["components"]["schemas"]
    assert "PairOut" not in schemas
    for name in ("catalog", "debugger"):
        mine = services[name]["components"]["schemas"]["PairOut"]
        assert schemas[f"{name.capitalize()}PairOut"]["properties"].keys() == mine["properties"].keys()


def test_what_refers_to_different_things_is_different(merged: dict[str, Any]) -> None:
    schemas = merged["components"]["schemas"]
    for prefix in ("Catalog", "Debugger"):
        page = schemas[f"{prefix}Page_DifferenceOut_"]
        assert references(page) == [f"#/components/schemas/{prefix}DifferenceOut"]
        assert page["title"] == f"{prefix}Page[DifferenceOut]"


def test_tags_tell_the_service(merged: dict[str, Any]) -> None:
    names = [tag["name"] for tag in merged["tags"]]
    assert names[:2] == ["gateway: health", "catalog: images"]
    assert len(set(names)) == len(names)
    assert {tag for _, _, operation in operations(merged["paths"]) for tag in operation["tags"]} == set(names)
    groups = {group["name"]: group["tags"] for group in merged["x-tagGroups"]}
    assert list(groups) == ["gateway", "catalog", "crystal", "debugger", "intent", "vision"]
    assert groups["crystal"] == ["crystal: crystals", "crystal: health"]


def test_generators_of_clients_know_a_file(merged: dict[str, Any], services: Documents) -> None:
    name = "Body_upload_image_images_upload_post"
    file = services["catalog"]["components"]["schemas"][name]["properties"]["file"]
    assert "format" not in file
    assert merged["components"]["schemas"][name]["properties"]["file"] == {**file, "format": "binary"}


def test_addresses_are_relative_to_the_gateway(merged: dict[str, Any], own: dict[str, Any]) -> None:
    assert merged["servers"] == own["servers"]
    assert not [path for path, item in merged["paths"].items() if "servers" in item]


def test_a_needed_credential_is_told_with_its_scope(merged: dict[str, Any]) -> None:
    posting = merged["paths"]["/crystal/sklearn"]["post"]
    assert posting["security"] == [{"apiKey": []}, {"bearer": []}, {"session": []}]
    assert posting["x-required-scope"] == "crystal:write"
    assert posting["description"].endswith("\n\nNeeds a credential with the scope `crystal:write`.")
    assert merged["paths"]["/crystal/models"]["get"]["x-required-scope"] == "crystal:read"
    schemes = merged["components"]["securitySchemes"]
    assert schemes["apiKey"]["name"] == "X-API-Key"
    assert schemes["bearer"]["scheme"] == "bearer"
    assert (schemes["session"]["in"], schemes["session"]["name"]) == ("cookie", "flotilla_session")


def test_where_no_credential_is_needed_none_is_told(merged: dict[str, Any]) -> None:
    probe = merged["paths"]["/crystal/livez"]["get"]
    assert "security" not in probe
    assert "x-required-scope" not in probe


def test_the_gateways_answers_are_with_each_operation_but_where_the_service_tells_its_own(
    merged: dict[str, Any], services: Documents
) -> None:
    for name, document in services.items():
        for path, method, operation in operations(document["paths"]):
            responses = merged["paths"][f"/{name}{path}"][method]["responses"]
            for status, answer in REFERENCES.items():
                assert status in responses
                assert (responses[status] == answer) is (status not in operation["responses"])
    problem = merged["components"]["responses"]["TooManyRequests"]
    assert problem["content"]["application/problem+json"]["schema"] == {"$ref": "#/components/schemas/Problem"}
    assert "Retry-After" in problem["headers"]


def test_the_order_of_services_changes_nothing_and_neither_do_the_inputs(
    own: dict[str, Any], services: Documents, security: Security, merged: dict[str, Any]
) -> None:
    before = copy.deepcopy((own, services))
    again = merge(own, dict(reversed(list(services.items()))), security)
    assert json.dumps(again) == json.dumps(merged)
    assert (own, services) == before


def test_who_is_absent_is_told_with_the_reason(own: dict[str, Any], services: Documents, security: Security) -> None:
    merged = merge(own, {"crystal": services["crystal"], "odd": []}, security, {"vision": "it does not answer"})
    assert merged["x-flotilla-absent"] == {
        "odd": "its document is not a JSON object",
        "vision": "it does not answer",
    }
    description = merged["info"]["description"]
    assert "- **crystal**: Flotilla crystal, 0.1.0, Scores crystals" in description
    assert "- vision is absent: it does not answer." in description
    assert not [path for path in merged["paths"] if path.startswith(("/odd", "/vision"))]


@pytest.mark.parametrize("method", METHODS)
def test_the_needed_scope_is_what_the_gateway_asks_for(method: str, security: Security) -> None:
    expected = "read" if method in {"get", "head", "options"} else "write"
    assert security.needed_scope("catalog", "/images", method.upper()) == f"catalog:{expected}"


def test_whatever_goes_wrong_with_one_service_the_others_are_there(
    own: dict[str, Any], services: Documents, security: Security
) -> None:
    def needs(service: str, path: str, method: str) -> bool:
        if service in {"intent", "vision"}:
            raise LookupError(path)
        return security.needs_credential(service, path, method)

    merged = merge(own, services, Security(needs))
    rest = {name: document for name, document in services.items() if name not in {"intent", "vision"}}
    assert merged["x-flotilla-absent"].keys() == {"intent", "vision"}
    assert "the gateway's log" in merged["x-flotilla-absent"]["intent"]
    assert merged["paths"] == merge(own, rest, security)["paths"]
