"""What every pod keeps to."""

import re
from typing import Any, Final

DIFFERENT_USER: Final = {"postgres": 999}
"""The image's own user, who owns its folders."""

WITHOUT_PROBES: Final = {"Job", "CronJob"}
"""They end by themselves, and have a deadline or a bounded number of attempts."""

WITHOUT_LIVENESS: Final = {"catalog-worker", "debugger-worker"}
"""Nobody waits for an answer of theirs, and they listen nowhere; one that hangs stops telling the queue that it lives,
and another one takes its job within seconds. One that ends is started again."""

Manifest = dict[str, Any]


def test_every_pod_is_restricted(pods: list[Any]) -> None:
    for pod in pods:
        context = pod.spec["securityContext"]
        assert context["runAsNonRoot"] is True, pod.name
        assert context["runAsUser"] == context["runAsGroup"] == DIFFERENT_USER.get(pod.name, 10001), pod.name
        assert context["seccompProfile"] == {"type": "RuntimeDefault"}, pod.name
        assert not {"hostNetwork", "hostPID", "hostIPC"} & pod.spec.keys(), pod.name


def test_every_container_is_restricted(pods: list[Any]) -> None:
    for pod in pods:
        for container in pod.containers:
            assert container["securityContext"] == {
                "allowPrivilegeEscalation": False,
                "capabilities": {"drop": ["ALL"]},
                "readOnlyRootFilesystem": True,
            }, f"{pod.name}: {container['name']}"


def test_no_pod_has_a_token(whole: list[Manifest], pods: list[Any]) -> None:
    accounts = {each["metadata"]["name"]: each for each in whole if each["kind"] == "ServiceAccount"}
    for account in accounts.values():
        assert account["automountServiceAccountToken"] is False
    for pod in pods:
        assert pod.spec["automountServiceAccountToken"] is False, pod.name
        assert pod.spec["serviceAccountName"] in accounts, pod.name


def test_every_container_is_limited(pods: list[Any]) -> None:
    for pod in pods:
        for container in pod.containers:
            resources = container["resources"]
            assert resources["limits"].keys() == resources["requests"].keys() == {"cpu", "memory"}, pod.name


def test_every_volume_is_limited(pods: list[Any]) -> None:
    for pod in pods:
        for volume in pod.spec.get("volumes", []):
            assert "hostPath" not in volume, pod.name
            assert "emptyDir" not in volume or volume["emptyDir"]["sizeLimit"], f"{pod.name}: {volume['name']}"


def test_every_pod_that_stays_is_probed(pods: list[Any]) -> None:
    for pod in pods:
        if pod.kind not in WITHOUT_PROBES:
            expected = {"startupProbe", "readinessProbe", "livenessProbe"}
            expected -= {"livenessProbe"} if pod.name in WITHOUT_LIVENESS else set()
            for container in pod.spec["containers"]:
                assert expected == {key for key in container if key.endswith("Probe")}, pod.name


def test_services_are_asked_what_they_offer(pods: list[Any]) -> None:
    for pod in pods:
        if pod.labels["app.kubernetes.io/component"] in ("api", "trainer"):
            (container,) = pod.spec["containers"]
            paths = [
                container[probe]["httpGet"]["path"] for probe in ("startupProbe", "readinessProbe", "livenessProbe")
            ]
            assert paths == ["/livez", "/readyz", "/livez"], pod.name


def test_every_rollout_keeps_what_answers_and_spreads_it(whole: list[Manifest]) -> None:
    for manifest in whole:
        if manifest["kind"] == "Deployment":
            spec = manifest["spec"]
            assert spec["strategy"]["rollingUpdate"] == {"maxSurge": 1, "maxUnavailable": 0}
            keys = {each["topologyKey"] for each in spec["template"]["spec"]["topologySpreadConstraints"]}
            assert keys == {"kubernetes.io/hostname", "topology.kubernetes.io/zone"}


def test_a_pod_may_finish_what_it_has_begun(pods: list[Any]) -> None:
    for pod in pods:
        for container in pod.spec["containers"]:
            values = {each["name"]: each.get("value") for each in container.get("env", [])}
            drain, shutdown = (
                next((float(value) for name, value in values.items() if name.endswith(ending) and value), 0)
                for ending in ("_DRAIN_SECONDS", "_SHUTDOWN_SECONDS")
            )
            stays = pod.kind in ("Deployment", "StatefulSet")
            assert not stays or pod.spec["terminationGracePeriodSeconds"] > drain + shutdown, pod.name
            if pod.labels["app.kubernetes.io/component"] in ("api", "trainer"):
                assert drain >= 5, pod.name
                assert shutdown >= 30, pod.name


def test_every_image_has_a_version(pods: list[Any]) -> None:
    for pod in pods:
        for container in pod.containers:
            assert re.fullmatch(r"[a-z0-9/-]+(:(?!latest)[\w.-]+|@sha256:[0-9a-f]{64})", container["image"]), pod.name


def test_no_secret_is_written_down(whole: list[Manifest], pods: list[Any]) -> None:
    assert "Secret" not in {manifest["kind"] for manifest in whole}
    for pod in pods:
        for container in pod.containers:
            for variable in container.get("env", []):
                secret = re.search(r"PASSWORD|SECRET|TOKEN|KEY|DATABASE_URL|STORAGE", variable["name"])
                named = variable["name"].endswith("_FILE")
                assert not secret or named or "value" not in variable, f"{pod.name}: {variable['name']}"


def test_the_namespace_takes_restricted_pods_only(whole: list[Manifest]) -> None:
    (namespace,) = (each for each in whole if each["kind"] == "Namespace")
    for mode in ("audit", "enforce", "warn"):
        assert namespace["metadata"]["labels"][f"pod-security.kubernetes.io/{mode}"] == "restricted"
