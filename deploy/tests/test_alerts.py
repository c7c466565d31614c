"""Alerts fire when they should and are silent otherwise, as Prometheus' own `promtool` evaluates them."""

import subprocess
from collections.abc import Mapping
from pathlib import Path
from shutil import which
from typing import Any, Final

import pytest
import yaml

RULES: Final = Path(__file__).parents[1] / "components" / "observability" / "stack" / "rules.yaml"

_REQUESTS: Final = 'gateway_request_duration_seconds_count{namespace="flotilla", upstream="vision", status="%s"}'
_JOB_FAILED: Final = 'kube_job_failed{namespace="flotilla", job_name="%s", condition="%s"}'
_READY: Final = 'kube_deployment_status_replicas_available{namespace="flotilla", deployment="vision"}'
_TRAINER_READY: Final = 'kube_statefulset_status_replicas_ready{namespace="flotilla", statefulset="intent-trainer"}'
_RESTARTS: Final = 'kube_pod_container_status_restarts_total{namespace="flotilla", container="worker", pod="a"}'
_DATABASE: Final = 'cnpg_collector_up{namespace="flotilla", cnpg_io_cluster="%s-database", pod="%s"}'
_WAIT: Final = 'cnpg_flotilla_jobs_oldest_queued_seconds{namespace="flotilla", datname="catalog", pod="%s"}'
_BACKUP: Final = (
    'barman_cloud_cloudnative_pg_io_last_available_backup_timestamp{namespace="flotilla", cnpg_io_cluster="catalog"}'
)
_TEXTS: Final = 'intent_%s_total{namespace="flotilla", version="1", pod="%s"}'
_RELOADS: Final = 'gateway_configuration_reloads_total{namespace="flotilla", pod="gateway-1", outcome="refused"}'


@pytest.fixture(scope="session")
def promtool() -> str:
    """The program; skips where it is not installed."""
    found = which("promtool")
    if found is None:
        pytest.skip("promtool is not installed")
    return found


def _expectation(
    tmp_path: Path, alert: str, at: str, series: Mapping[str, str], labels: Mapping[str, str] | None
) -> Any:
    rules = yaml.safe_load(RULES.read_text(encoding="utf-8"))["spec"]["groups"]
    (rule,) = (rule for group in rules for rule in group["rules"] if rule["alert"] == alert)
    del rule["annotations"]["summary"]  # its figures are Prometheus' to round
    expected = {
        "exp_annotations": rule["annotations"],
        "exp_labels": {**(labels or {}), **rule["labels"], "namespace": "flotilla"},
    }
    (tmp_path / "rules.yaml").write_text(yaml.safe_dump({"groups": rules}), encoding="utf-8")
    return {
        "rule_files": ["rules.yaml"],
        "tests": [
            {
                "interval": "1m",
                "input_series": [{"series": name, "values": values} for name, values in series.items()],
                "alert_rule_test": [
                    {"alertname": alert, "eval_time": at, "exp_alerts": [] if labels is None else [expected]}
                ],
            }
        ],
    }


@pytest.mark.parametrize(
    ("alert", "at", "series", "labels"),
    [
        ("GatewayErrors", "20m", {_REQUESTS % 200: "0+100x30", _REQUESTS % 500: "0+2x30"}, {"upstream": "vision"}),
        ("GatewayErrors", "9m", {_REQUESTS % 200: "0+100x30", _REQUESTS % 500: "0+2x30"}, None),
        ("GatewayErrors", "20m", {_REQUESTS % 200: "0+1000x30", _REQUESTS % 500: "0+2x30"}, None),
        ("GatewayErrors", "20m", {_REQUESTS % 200: "0+100x30", _REQUESTS % 503: "0+20x30"}, None),
        ("VisionOverloaded", "20m", {_REQUESTS % 200: "0+100x30", _REQUESTS % 503: "0+10x30"}, {}),
        ("VisionOverloaded", "20m", {_REQUESTS % 200: "0+100x30", _REQUESTS % 500: "0+10x30"}, None),
        ("GatewayConfigurationRefused", "20m", {_RELOADS: "0x10 1x20"}, {"pod": "gateway-1", "outcome": "refused"}),
        ("GatewayConfigurationRefused", "50m", {_RELOADS: "0x10 1x60"}, None),
        ("ServiceGone", "5m", {_READY: "0x10"}, {"deployment": "vision", "workload": "vision"}),
        (
            "ServiceGone",
            "5m",
            {_TRAINER_READY: "0x10"},
            {"statefulset": "intent-trainer", "workload": "intent-trainer"},
        ),
        ("WorkerRestarts", "1h", {_RESTARTS: "0x20 1x10 2x10 3x10 5x60"}, {"container": "worker", "pod": "a"}),
        ("WorkerRestarts", "1h", {_RESTARTS: "0x30 1x60"}, None),
        ("ServiceGone", "5m", {_READY: "1x10"}, None),
        ("JobsWait", "30m", {_WAIT % "a": "0+60x40", _WAIT % "b": "0x40"}, {"datname": "catalog"}),
        ("JobsWait", "30m", {_WAIT % "a": "30x40"}, None),
        ("MigrationFailed", "5m", {_JOB_FAILED % ("catalog-migrate", "true"): "1x10"}, {"job_name": "catalog-migrate"}),
        ("MigrationFailed", "5m", {_JOB_FAILED % ("catalog-migrate", "true"): "0x10"}, None),
        (
            "ObjectsDamaged",
            "5m",
            {_JOB_FAILED % ("catalog-verify-1", "true"): "1x10"},
            {"job_name": "catalog-verify-1"},
        ),
        (
            "DatabaseDown",
            "5m",
            {_DATABASE % ("catalog", "1"): "0x10", _DATABASE % ("debugger", "1"): "1x10"},
            {"cnpg_io_cluster": "catalog-database"},
        ),
        ("DatabaseDown", "5m", {_DATABASE % ("catalog", "1"): "1x10"}, {"cnpg_io_cluster": "debugger-database"}),
        (
            "DatabaseDown",
            "5m",
            {
                _DATABASE % ("catalog", "1"): "0x10",
                _DATABASE % ("catalog", "2"): "1x10",
                _DATABASE % ("debugger", "1"): "1x10",
            },
            None,
        ),
        ("BackupMissing", "2h", {_BACKUP: "-130000x120"}, {"cnpg_io_cluster": "catalog"}),
        ("BackupMissing", "2h", {_BACKUP: "0x120"}, None),
        (
            "IntentOutOfScope",
            "8h",
            {_TEXTS % ("texts", "a"): "0+10x600", _TEXTS % ("out_of_scope", "a"): "0+4x600"},
            {"version": "1"},
        ),
        (
            "IntentOutOfScope",
            "8h",
            {_TEXTS % ("texts", "a"): "0+10x600", _TEXTS % ("out_of_scope", "a"): "0+1x600"},
            None,
        ),
    ],
)
def test_an_alert_fires_when_it_should(
    promtool: str, tmp_path: Path, alert: str, at: str, series: dict[str, str], labels: dict[str, str] | None
) -> None:
    file = tmp_path / "test.yaml"
    file.write_text(yaml.safe_dump(_expectation(tmp_path, alert, at, series, labels)), encoding="utf-8")
    done = subprocess.run([promtool, "test", "rules", str(file)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
