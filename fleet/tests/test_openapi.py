"""Through the gateway every operation of every service answers as the document of the whole fleet says."""

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

import httpx2
import schemathesis
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from fleet.testing import RunningFleet

NOT_ASKED: Final = frozenset({"/livez", "/readyz", "/session"})
"""Probes, which need no key, and who is signed in, which no key tells."""
EXAMPLES: Final = 4
ENDLESS: Final = "/debugger/projects/{project_id}/events"
CHECKS: Final = [
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
]


@schemathesis.serializer("application/x-ndjson")
def as_one_line(_: Any, value: Any) -> bytes:
    """Send what was generated as a line of its own; for `/intent/trainings`, which takes such files."""
    return json.dumps(value).encode()


def without_tuples(node: Any) -> Any:
    """Return a document without `prefixItems`: Schemathesis 4.32 makes draft 4's `items` of it, and rejects that."""
    if isinstance(node, Mapping):
        return {name: without_tuples(value) for name, value in node.items() if name != "prefixItems"}
    return [without_tuples(value) for value in node] if isinstance(node, list) else node


def operations(document: Mapping[str, Any]) -> list[Any]:
    """Every operation, those that take something away at the end."""
    schema: Any = schemathesis.openapi.from_dict(without_tuples(document))
    found = [each.ok() for each in schema.get_all_operations()]
    known = [operation for operation in found if operation.path not in NOT_ASKED]
    return sorted(known, key=lambda each: each.method.upper() == "DELETE" or each.path.endswith(("unload", "cancel")))


def test_every_operation_answers_as_documented_with_a_key_and_401_without(
    closed_fleet: RunningFleet,
    somebody: httpx2.Client,
    document: Mapping[str, Any],
    keys: Mapping[str, str],
    fill_catalog: Callable[..., dict[str, str]],
    fill_debugger: Callable[..., dict[str, str]],
) -> None:
    ids = {**fill_catalog(somebody), **fill_debugger(somebody), "name": "default"}
    failed: list[str] = []
    statuses: set[int] = set()

    def ask(case: schemathesis.Case[Any], has_ids: bool) -> None:
        if has_ids and case.operation.path != ENDLESS:
            known = {name: ids[name] for name in case.path_parameters if name in ids}
            case.path_parameters.update(known)
        case.headers.pop("X-Request-Timeout", None)  # or else a service may say 504
        answer = case.call(base_url=closed_fleet.url, headers={"X-API-Key": keys["everything"]}, timeout=60)
        statuses.add(answer.status_code)
        assert answer.status_code < 500 or answer.status_code == 503, answer.text
        case.validate_response(answer, checks=CHECKS)
        assert case.call(base_url=closed_fleet.url, timeout=60).status_code == 401

    for operation in operations(document):
        usual = hypothesis_settings(
            max_examples=EXAMPLES,
            deadline=None,
            database=None,
            derandomize=True,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        try:
            usual(given(operation.as_strategy(), st.booleans())(ask))()
        except Exception as error:  # noqa: BLE001 all of them are told at the end
            failed.append(f"{operation.label}: {error}")
    assert failed == []
    assert {200, 201, 404, 422} <= statuses
