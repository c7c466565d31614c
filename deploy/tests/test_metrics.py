"""Rules, dashboard and autoscalers ask for metrics that there are, and every alert has its page."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import promql_parser
import pytest
import yaml
from fastapi.testclient import TestClient
from prometheus_client import CollectorRegistry

from gateway.measures import Measures
from intent.instruments import Instruments as IntentInstruments
from intent.scoring import Verdict
from shared.app import create_service
from shared.metrics import Metrics
from shared.settings import ServiceSettings
from vision.instruments import Instruments as VisionInstruments
from vision.instruments import Timings

ROOT: Final = Path(__file__).parents[2]
STACK: Final = ROOT / "deploy" / "components" / "observability" / "stack"
QUERIES: Final = ROOT / "deploy" / "components" / "postgres" / "databases" / "queries.yaml"
OPERATIONS: Final = ROOT / "docs" / "operations"

OF_OTHERS: Final = {
    "barman_cloud_cloudnative_pg_io_last_available_backup_timestamp": "the backup plugin of CloudNativePG",
    "certmanager_certificate_expiration_timestamp_seconds": "cert-manager",
    "cnpg_collector_up": "CloudNativePG",
    "kube_deployment_status_replicas_available": "kube-state-metrics",
    "kube_job_failed": "kube-state-metrics",
    "kube_pod_container_status_restarts_total": "kube-state-metrics",
    "kube_statefulset_status_replicas_ready": "kube-state-metrics",
    "kubelet_volume_stats_available_bytes": "the kubelet",
    "kubelet_volume_stats_capacity_bytes": "the kubelet",
    "up": "Prometheus",
}

Manifest = dict[str, Any]


@asynccontextmanager
async def _nothing(_: Any) -> Any:
    yield {}


def _of_the_gateway() -> Iterator[str]:
    registry = CollectorRegistry()
    measures = Measures(registry)
    measures.answered("crystal", "/crystal", "GET", 200, "somebody", 0.1)
    measures.retried("crystal", "refused")
    measures.reloads.labels("refused").inc()
    yield from _names(registry)


def _of_the_services() -> Iterator[str]:
    metrics = Metrics("any")
    intent, vision = IntentInstruments(metrics.meter), VisionInstruments(metrics.meter)
    verdict = Verdict.__new__(Verdict)
    object.__setattr__(verdict, "out_of_scope", True)
    intent.record("1", [verdict], 0.1)
    intent.observe_queue(lambda: 0)
    vision.record(Timings(0.1, 0.1, 0.1, 0.1, 1))
    vision.record_lookup(hit=True)
    source = (ROOT / "vision-service" / "vision" / "main.py").read_text(encoding="utf-8")
    for name, unit in re.findall(r'instruments\.observe\("([^"]+)", "[^"]+", "([^"]+)"', source):
        vision.observe(name, "", unit, lambda: 0)
    app = create_service(
        name="any", version="1", summary="", settings=ServiceSettings(), lifespan=_nothing, routers=[], metrics=metrics
    )
    with TestClient(app) as client:
        client.get("/docs")
    yield from _names(metrics.registry)


def _of_the_databases() -> Iterator[str]:
    for query, parts in yaml.safe_load(QUERIES.read_text(encoding="utf-8")).items():
        for column in parts["metrics"]:
            ((name, terms),) = column.items()
            if terms["usage"] != "LABEL":
                yield f"cnpg_{query}_{name}"


def _names(registry: CollectorRegistry) -> set[str]:
    return {sample.name for family in registry.collect() for sample in family.samples}


@pytest.fixture(scope="session")
def exported() -> set[str]:
    """The names of all metrics that somebody exports."""
    return {*_of_the_gateway(), *_of_the_services(), *_of_the_databases(), *OF_OTHERS}


@pytest.fixture(scope="session")
def alerts() -> list[Manifest]:
    """All alerts."""
    rules = yaml.safe_load((STACK / "rules.yaml").read_text(encoding="utf-8"))
    return [rule for group in rules["spec"]["groups"] for rule in group["rules"]]


def _asked_for(expression: str) -> set[str]:
    plain = expression.replace("$__rate_interval", "5m").replace("$namespace", "flotilla")
    return set(_selectors(promql_parser.parse(plain)))


def _selectors(part: Any) -> Iterator[str]:
    if isinstance(part, promql_parser.VectorSelector):
        yield part.name or ""
    elif isinstance(part, promql_parser.MatrixSelector):
        yield from _selectors(part.vector_selector)
    elif isinstance(part, promql_parser.Call):
        for argument in part.args:
            yield from _selectors(argument)
    else:
        for name in ("expr", "lhs", "rhs", "param"):
            if getattr(part, name, None) is not None:
                yield from _selectors(getattr(part, name))


def test_what_an_expression_asks_for_is_found() -> None:
    asked = _asked_for("sum by (a) (rate(x_total[5m])) / max(y) > 2 unless (z or histogram_quantile(0.9, w_bucket))")
    assert asked == {"x_total", "y", "z", "w_bucket"}


def test_every_alert_asks_for_metrics_that_there_are(alerts: list[Manifest], exported: set[str]) -> None:
    assert alerts
    for alert in alerts:
        asked = _asked_for(alert["expr"])
        assert asked, alert["alert"]
        assert asked <= exported, f"{alert['alert']}: {asked - exported}"


def test_every_panel_asks_for_metrics_that_there_are(exported: set[str]) -> None:
    dashboard = json.loads((STACK / "flotilla.json").read_text(encoding="utf-8"))
    targets = [target["expr"] for panel in dashboard["panels"] for target in panel.get("targets", [])]
    assert targets
    for expression in targets:
        assert _asked_for(expression) <= exported, f"{expression}: {_asked_for(expression) - exported}"


def test_every_alert_has_a_page_and_every_page_an_alert(alerts: list[Manifest]) -> None:
    pages = {f"docs/operations/runbooks/{file.name}" for file in (OPERATIONS / "runbooks").glob("*.md")}
    assert {alert["annotations"]["runbook_url"] for alert in alerts} == pages
    for alert in alerts:
        text = (ROOT / alert["annotations"]["runbook_url"]).read_text(encoding="utf-8")
        assert text.startswith(f"# {alert['alert']}\n"), alert["alert"]


def test_every_alert_says_how_urgent_it_is_and_is_in_the_table_of_metrics(alerts: list[Manifest]) -> None:
    table = (OPERATIONS / "metrics.md").read_text(encoding="utf-8")
    for alert in alerts:
        assert alert["labels"]["severity"] in ("page", "ticket")
        assert alert["annotations"]["summary"].endswith(".")
        assert f"`{alert['alert']}`" in table


def test_every_metric_of_the_table_is_exported(exported: set[str]) -> None:
    table = (OPERATIONS / "metrics.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([a-z_]+)`", table, re.MULTILINE)
    assert rows
    assert {
        name
        for name in rows
        if not any(each.removesuffix("_count").removesuffix("_bucket") == name for each in exported)
    } == set()


def test_the_adapter_offers_what_the_autoscalers_ask_for(
    render: Callable[[str], list[Manifest]], exported: set[str]
) -> None:
    adapter = yaml.safe_load((STACK / "adapter-config.yaml").read_text(encoding="utf-8"))
    offered = {
        "Pods": {rule["name"]["as"] for rule in adapter["rules"]},
        "External": {rule["name"]["as"] for rule in adapter["externalRules"]},
    }
    asked: dict[str, set[str]] = {"Pods": set(), "External": set()}
    for manifest in render("overlays/production"):
        if manifest["kind"] == "HorizontalPodAutoscaler":
            for metric in manifest["spec"]["metrics"]:
                if metric["type"] != "Resource":
                    asked[metric["type"]].add(metric[metric["type"].lower()]["metric"]["name"])
    assert asked == offered
    for rule in (*adapter["rules"], *adapter["externalRules"]):
        assert _asked_for(rule["seriesQuery"]) <= exported
