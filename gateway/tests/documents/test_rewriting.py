"""Everything in an OpenAPI document that names something else in it."""

from typing import Any

import pytest

from gateway.documents.answers import Security
from gateway.documents.merging import merge

OWN = {"openapi": "3.1.0", "info": {"title": "Fleet", "version": "1"}, "paths": {}}
STRING = {"type": "string"}
INTEGER = {"type": "integer"}


def service(paths: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    return {"openapi": "3.1.0", "info": {"title": "One", "version": "1"}, "paths": paths or {}, **more}


def schemas(**named: Any) -> dict[str, Any]:
    return {"components": {"schemas": named}}


def ref(name: str, section: str = "schemas") -> dict[str, str]:
    return {"$ref": f"#/components/{section}/{name}"}


def fleet(one: dict[str, Any], two: dict[str, Any] | None = None, *, closed: bool = False) -> dict[str, Any]:
    return merge(OWN, {"one": one, "two": two or service()}, Security(lambda service, path, method: closed))  # noqa: ARG005


def test_what_looks_like_a_reference_in_data_is_left_alone() -> None:
    data = ref("A")
    schema = {"example": data, "examples": [data], "default": data, "const": data, "enum": [data], "x-data": data}
    body = {"content": {"application/json": {"schema": ref("A"), "examples": {"one": {"value": data}}}}}
    one = service({"/a": {"post": {"requestBody": body}}}, **schemas(A={**schema, "type": "object"}))
    merged = fleet(one, service(**schemas(A=STRING)))
    assert merged["components"]["schemas"]["OneA"] == {**schema, "type": "object"}
    content = merged["paths"]["/one/a"]["post"]["requestBody"]["content"]["application/json"]
    assert content == {"schema": ref("OneA"), "examples": {"one": {"value": data}}}


def test_properties_may_be_called_like_keywords() -> None:
    properties = {"$ref": ref("A"), "example": ref("A"), "properties": ref("A"), "discriminator": ref("A")}
    merged = fleet(service(**schemas(A=STRING, B={"properties": properties})), service(**schemas(A=INTEGER)))
    assert merged["components"]["schemas"]["B"]["properties"] == dict.fromkeys(properties, ref("OneA"))


@pytest.mark.parametrize(
    "place",
    [
        *("items", "not", "if", "then", "else", "contains", "propertyNames", "additionalProperties"),
        *("unevaluatedItems", "unevaluatedProperties", "contentSchema"),
    ],
)
def test_subschemas_are_found(place: str) -> None:
    merged = fleet(service(**schemas(A=STRING, B={place: ref("A")})), service(**schemas(A=INTEGER)))
    assert merged["components"]["schemas"]["B"] == {place: ref("OneA")}


@pytest.mark.parametrize("place", ["allOf", "anyOf", "oneOf", "prefixItems"])
def test_lists_of_subschemas_are_found(place: str) -> None:
    merged = fleet(service(**schemas(A=STRING, B={place: [ref("A"), True]})), service(**schemas(A=INTEGER)))
    assert merged["components"]["schemas"]["B"] == {place: [ref("OneA"), True]}


def test_a_schema_that_refers_to_itself_stays_one_where_it_is_the_same() -> None:
    tree = {"properties": {"children": {"items": ref("Tree")}}}
    merged = fleet(service(**schemas(Tree=tree)), service(**schemas(Tree=tree)))
    assert merged["components"]["schemas"]["Tree"] == tree


def test_a_difference_is_seen_through_any_number_of_references() -> None:
    chain = {"A": {"items": ref("B")}, "B": {"items": ref("C")}}
    merged = fleet(service(**schemas(**chain, C=STRING)), service(**schemas(**chain, C=INTEGER)))
    named = merged["components"]["schemas"]
    assert {name for name in named if name[-1] in "ABC"} == {"OneA", "OneB", "OneC", "TwoA", "TwoB", "TwoC"}
    assert named["TwoA"] == {"items": ref("TwoB")}


def test_a_new_name_is_never_one_that_is_there() -> None:
    merged = fleet(service(**schemas(A=STRING, OneA=INTEGER)), service(**schemas(A={"type": "null"})))
    named = merged["components"]["schemas"]
    assert (named["OneA"], named["OneA_2"], named["TwoA"]) == (INTEGER, STRING, {"type": "null"})


def test_the_gateways_own_components_keep_their_names() -> None:
    merged = fleet(service(**schemas(Problem=STRING)))
    assert merged["components"]["schemas"]["OneProblem"] == STRING
    assert merged["components"]["schemas"]["Problem"]["title"] == "Problem"


def test_names_that_openapi_does_not_allow_are_replaced() -> None:
    pages = {"Page[A]": {"items": ref("A%5BB%5D")}, "A[B]": STRING, "A_B_": INTEGER}
    named = fleet(service(**schemas(**pages)))["components"]["schemas"]
    assert named["Page_A_"] == {"items": ref("A_B__2")}
    assert (named["A_B_"], named["A_B__2"]) == (INTEGER, STRING)


def test_a_discriminators_mapping_is_rewritten() -> None:
    mapping = {"cat": "Cat", "dog": "#/components/schemas/Dog"}
    pet = {"oneOf": [ref("Cat"), ref("Dog")], "discriminator": {"propertyName": "kind", "mapping": mapping}}
    one = service(**schemas(Cat=STRING, Dog=STRING, Pet=pet))
    named = fleet(one, service(**schemas(Cat=INTEGER, Dog=INTEGER)))["components"]["schemas"]
    expected = {"cat": "#/components/schemas/OneCat", "dog": "#/components/schemas/OneDog"}
    assert named["Pet"]["discriminator"] == {"propertyName": "kind", "mapping": expected}


def test_a_discriminator_without_mapping_still_knows_the_names_in_the_data() -> None:
    pet = {"oneOf": [ref("Cat"), ref("Dog")], "discriminator": {"propertyName": "kind"}}
    one = service(**schemas(Cat=STRING, Dog=STRING, Pet=pet))
    named = fleet(one, service(**schemas(Cat=INTEGER)))["components"]["schemas"]
    assert named["Pet"]["discriminator"]["mapping"] == {"Cat": "#/components/schemas/OneCat"}


def test_a_parents_discriminator_knows_its_heirs_names_in_the_data() -> None:
    pet = {"type": "object", "discriminator": {"propertyName": "kind"}}
    one = service(**schemas(Pet=pet, Cat={"allOf": [ref("Pet"), STRING]}))
    two = service(**schemas(Pet=pet, Cat={"allOf": [ref("Pet"), INTEGER]}))
    named = fleet(one, two)["components"]["schemas"]
    assert named["OneCat"]["allOf"][0] == ref("OnePet")
    assert named["TwoPet"]["discriminator"]["mapping"] == {"Cat": "#/components/schemas/TwoCat"}


def test_parents_of_different_heirs_are_different() -> None:
    pet = {"type": "object", "discriminator": {"propertyName": "kind"}}
    one = service(**schemas(Pet=pet, Cat={"allOf": [ref("Pet")]}))
    named = fleet(one, service(**schemas(Pet=pet)))["components"]["schemas"]
    assert {"OnePet", "TwoPet"} <= named.keys()


def test_anchors_belong_to_their_service() -> None:
    anchored = {"$anchor": "x", "items": {"$ref": "#x"}, "$dynamicAnchor": "y", "not": {"$dynamicRef": "#y"}}
    named = fleet(service(**schemas(A=anchored)), service(**schemas(A=anchored)))["components"]["schemas"]
    assert named["OneA"] == {
        "$anchor": "one.x",
        "items": {"$ref": "#one.x"},
        "$dynamicAnchor": "one.y",
        "not": {"$dynamicRef": "#one.y"},
    }


def test_a_schema_with_an_id_keeps_what_is_inside_of_it() -> None:
    inside = {"$anchor": "x", "not": {"$ref": "#x"}, "$defs": {"B": {"$id": "b"}}, "items": {"$ref": "#/$defs/B"}}
    one = service(**schemas(A={"$id": "a", **inside}, C={"$id": "https://c", "not": ref("D")}, D=STRING))
    named = fleet(one, service(**schemas(D=INTEGER)))["components"]["schemas"]
    assert named["A"] == {"$id": "one/a", **inside}
    assert named["C"] == {"$id": "https://c", "not": ref("OneD")}


def test_references_to_other_documents_are_seen_from_the_gateway() -> None:
    places = {"a": {"$ref": "openapi.json#/components/schemas/A"}, "b": {"$ref": "https://json-schema.org/b"}}
    named = fleet(service(**schemas(A={"properties": places})))["components"]["schemas"]
    assert named["A"]["properties"]["a"] == {"$ref": "one/openapi.json#/components/schemas/A"}
    assert named["A"]["properties"]["b"] == places["b"]


def test_each_section_of_the_components_is_rewritten() -> None:
    content = {"content": {"application/json": {"schema": ref("A")}}}
    components: dict[str, dict[str, Any]] = {
        "schemas": {"A": STRING},
        "headers": {"h": {"schema": ref("A")}},
        "examples": {"e": {"value": ref("A")}},
        "parameters": {"p": {"name": "p", "in": "query", "schema": ref("A"), "examples": {"e": ref("e", "examples")}}},
        "requestBodies": {"b": content},
        "links": {"l": {"operationId": "get"}, "m": {"operationRef": "#/paths/~1b~1{id}/get"}},
        "responses": {"r": {**content, "headers": {"h": ref("h", "headers")}, "links": {"l": ref("l", "links")}}},
        "pathItems": {"i": {"get": {"operationId": "get", "responses": {"200": ref("r", "responses")}}}},
        "callbacks": {"c": {"{$request.body#/url}": {"post": {"requestBody": ref("b", "requestBodies")}}}},
    }
    one = service({"/a/{id}": ref("i", "pathItems"), "/b/{id}": {"get": {}}}, components=components)
    two = service(components={section: dict.fromkeys(named, INTEGER) for section, named in components.items()})
    merged = fleet(one, two)
    found = merged["components"]
    assert found["headers"]["OneH"] == {"schema": ref("OneA")}
    assert found["examples"]["OneE"] == {"value": ref("A")}
    assert found["parameters"]["OneP"]["examples"] == {"e": ref("OneE", "examples")}
    assert found["requestBodies"]["OneB"]["content"]["application/json"] == {"schema": ref("OneA")}
    assert found["links"]["OneL"] == {"operationId": "one_get"}
    assert found["links"]["OneM"] == {"operationRef": "#/paths/~1one~1b~1%7Bid%7D/get"}
    assert found["responses"]["OneR"]["headers"] == {"h": ref("OneH", "headers")}
    assert found["responses"]["OneR"]["links"] == {"l": ref("OneL", "links")}
    calling = found["callbacks"]["OneC"]["{$request.body#/url}"]["post"]
    assert calling == {"requestBody": ref("OneB", "requestBodies"), "tags": ["one"]}
    getting = merged["paths"]["/one/a/{id}"]["get"]
    assert getting["operationId"] == "one_get"
    assert getting["responses"]["200"] == ref("OneR", "responses")
    assert "502" in getting["responses"]


def test_webhooks_and_callbacks_are_rewritten() -> None:
    called = {"post": {"operationId": "told", "requestBody": {"content": {"a/b": {"schema": ref("A")}}}}}
    paths = {"/a": {"post": {"callbacks": {"done": {"{$url}": called}, "x-data": ref("A")}}}}
    one = service(paths, webhooks={"news": called}, **schemas(A=STRING))
    merged = fleet(one, service(webhooks={"news": {}}, **schemas(A=INTEGER)))
    assert merged["webhooks"].keys() == {"one.news", "two.news"}
    callback = merged["paths"]["/one/a"]["post"]["callbacks"]["done"]["{$url}"]["post"]
    assert callback["requestBody"]["content"]["a/b"]["schema"] == ref("OneA")
    assert callback["operationId"] == "one_told"
    assert merged["webhooks"]["one.news"]["post"]["operationId"] == "one_told_2"


def test_a_stream_of_items_is_kept_in_words_of_3_1() -> None:
    events = {"responses": {"200": {"description": "", "content": {"text/event-stream": {"itemSchema": ref("A")}}}}}
    merged = fleet(service({"/a": {"get": events}}, **schemas(A=STRING)), service(**schemas(A=INTEGER)))
    content = merged["paths"]["/one/a"]["get"]["responses"]["200"]["content"]
    assert content == {"text/event-stream": {"x-itemSchema": ref("OneA")}}


def test_the_services_own_security_is_asked_for_as_well() -> None:
    scheme = {"type": "apiKey", "in": "query", "name": "k"}
    components = {"securitySchemes": {"apiKey": scheme}}
    paths = {"/a": {"get": {}}, "/b": {"get": {"security": []}}, "/c": {"get": {"security": [{}, {"apiKey": []}]}}}
    one = service(paths, components=components, security=[{"apiKey": []}])
    merged = fleet(one)
    assert merged["components"]["securitySchemes"]["OneApiKey"] == scheme
    assert merged["paths"]["/one/a"]["get"]["security"] == [{"OneApiKey": []}]
    assert merged["paths"]["/one/b"]["get"]["security"] == []
    closed = fleet(one, closed=True)["paths"]
    gateway: list[dict[str, Any]] = [{"apiKey": []}, {"bearer": []}, {"session": []}]
    assert closed["/one/a"]["get"]["security"] == [{**one, "OneApiKey": []} for one in gateway]
    assert closed["/one/b"]["get"]["security"] == gateway
    assert len(closed["/one/c"]["get"]["security"]) == 6


@pytest.mark.parametrize(
    ("url", "path"),
    [
        (".", "/one/a"),
        ("/", "/one/a"),
        ("/v1/", "/one/v1/a"),
        ("v1", "/one/v1/a"),
        ("https://host/v1", "/one/v1/a"),
        ("../..", "/one/a"),
        ("https://{host}/v1", "/one/a"),
    ],
)
def test_paths_are_relative_to_the_services_server(url: str, path: str) -> None:
    item = {"servers": [{"url": "https://elsewhere"}], "get": {"servers": [{"url": "https://elsewhere"}]}}
    merged = fleet(service({"/a": item}, servers=[{"url": url}]))
    assert list(merged["paths"]) == [path]
    assert "servers" not in merged["paths"][path]
    assert "servers" not in merged["paths"][path]["get"]


def test_answers_that_a_range_covers_are_not_added() -> None:
    merged = fleet(
        service({"/a": {"get": {"responses": {"4XX": {"description": ""}, "default": {"description": ""}}}}})
    )
    assert list(merged["paths"]["/one/a"]["get"]["responses"]) == ["4XX", "default", "502", "503", "504"]


def test_declared_tags_keep_their_descriptions() -> None:
    one = service({"/a": {"get": {"tags": ["late"]}}}, tags=[{"name": "first", "description": "All of them."}])
    assert fleet(one)["tags"] == [
        {"name": "one: first", "description": "All of them."},
        {"name": "one: late"},
    ]


def test_operation_ids_that_a_service_gives_twice_get_a_number() -> None:
    paths = fleet(service({"/a": {"get": {"operationId": "x"}, "put": {"operationId": "x"}}}))["paths"]
    assert {paths["/one/a"][method]["operationId"] for method in ("get", "put")} == {"one_x", "one_x_2"}
