"""What kustomize makes of the manifests, and what their network policies let through."""

import subprocess
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from os.path import relpath
from pathlib import Path
from shutil import which
from tempfile import TemporaryDirectory
from typing import Any, Final

import pytest
import yaml

DEPLOY: Final = Path(__file__).parents[1]
COMPONENTS: Final = ("gateway-api", "ingress", "observability", "postgres", "search", "valkey")
RENDERINGS: Final = (
    *("base", "overlays/local", "overlays/production"),
    *(f"base + {component}" for component in COMPONENTS),
    f"base + {' + '.join(COMPONENTS)}",
    *(f"overlays/local + {component}" for component in COMPONENTS if component != "postgres"),
    *(f"overlays/production + {component}" for component in ("ingress", "search")),
)
"""Each component alone, which finds what it lacks, and all together, which finds what does not fit together."""

WHOLE: Final = ("base", "overlays/local", "overlays/production + search")
"""Every workload is in one of these."""

Manifest = dict[str, Any]


@dataclass(frozen=True)
class Pod:
    """A pod as a workload makes it; `labels` and `spec` are its template's."""

    kind: str
    name: str
    labels: Mapping[str, str]
    spec: Manifest

    @property
    def containers(self) -> list[Manifest]:
        """All containers, those that come before the others first."""
        return [*self.spec.get("initContainers", []), *self.spec["containers"]]


@cache
def rendered(what: str) -> list[Manifest]:
    """Return all objects of `root + component + …`."""
    root, *components = what.split(" + ")
    with TemporaryDirectory() as folder:
        file = Path(folder) / "kustomization.yaml"
        entries = {
            "resources": [relpath(DEPLOY / root, Path(folder).resolve())],
            "components": [relpath(DEPLOY / "components" / name, Path(folder).resolve()) for name in components],
        }
        file.write_text(yaml.safe_dump(entries))
        command = ["kubectl", "kustomize", str(DEPLOY / root) if not components else folder]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return list(yaml.load_all(done.stdout, yaml.CSafeLoader))


@pytest.fixture(scope="session")
def render() -> Callable[[str], list[Manifest]]:
    """Renders; skips where there is no kubectl."""
    if which("kubectl") is None:
        pytest.skip("kubectl is not installed")
    return rendered


@pytest.fixture(params=RENDERINGS)
def manifests(request: pytest.FixtureRequest, render: Callable[[str], list[Manifest]]) -> list[Manifest]:
    """All objects of each combination."""
    return render(request.param)


@pytest.fixture(params=WHOLE)
def whole(request: pytest.FixtureRequest, render: Callable[[str], list[Manifest]]) -> list[Manifest]:
    """All objects of what is deployed as it is."""
    return render(request.param)


@pytest.fixture
def production(render: Callable[[str], list[Manifest]]) -> list[Manifest]:
    """All objects of production."""
    return render("overlays/production")


@pytest.fixture
def pods(whole: list[Manifest]) -> list[Pod]:
    """The pods of all workloads."""
    return list(pods_of(whole))


@pytest.fixture(scope="session")
def pods_in(render: Callable[[str], list[Manifest]]) -> Callable[[str], list[Pod]]:
    """Returns the pods of a rendering."""
    return lambda what: list(pods_of(render(what)))


def pods_of(manifests: list[Manifest]) -> Iterator[Pod]:
    """Yield the pods of the workloads among `manifests`."""
    for manifest in manifests:
        spec = manifest.get("spec", {})
        if manifest["kind"] == "CronJob":
            spec = spec["jobTemplate"]["spec"]
        if manifest["kind"] in ("Deployment", "StatefulSet", "Job", "CronJob"):
            template = spec["template"]
            name = manifest["metadata"]["name"]
            yield Pod(manifest["kind"], name, template["metadata"]["labels"], template["spec"])


@dataclass(frozen=True)
class Peer:
    """Who talks: a pod's labels, and those of its namespace where that is another one."""

    labels: Mapping[str, str]
    namespace: Mapping[str, str] | None = None
    ports: Mapping[str, int] | None = None
    """The numbers of its named ports."""


Passes = Callable[[Peer, Peer, int], bool]


@pytest.fixture(scope="session")
def peer() -> type[Peer]:
    """Makes peers."""
    return Peer


@pytest.fixture(scope="session")
def selected() -> Callable[[Manifest, Mapping[str, str]], bool]:
    """Tells whether a selector takes what has these labels."""
    return selects


@pytest.fixture(scope="session")
def passes(render: Callable[[str], list[Manifest]]) -> Callable[[str], Passes]:
    """Tells whether the network policies of a rendering let one peer reach another's port."""

    def of(what: str) -> Passes:
        policies = [each["spec"] for each in render(what) if each["kind"] == "NetworkPolicy"]

        def reaches(source: Peer, target: Peer, port: int) -> bool:
            leaves = source.namespace is not None or _allowed(policies, "egress", source, target, target, port)
            enters = target.namespace is not None or _allowed(policies, "ingress", target, source, target, port)
            return leaves and enters

        return reaches

    return of


def _allowed(policies: list[Manifest], way: str, of: Peer, other: Peer, target: Peer, port: int) -> bool:
    concerned = [
        policy
        for policy in policies
        if way.capitalize() in policy["policyTypes"] and selects(policy["podSelector"], of.labels)
    ]
    return not concerned or any(
        _peer_matches(rule.get("from" if way == "ingress" else "to"), other) and _port_matches(rule, target, port)
        for policy in concerned
        for rule in policy.get(way, [])
    )


def _peer_matches(choices: list[Manifest] | None, peer: Peer) -> bool:
    return choices is None or any(
        selects(choice.get("podSelector", {}), peer.labels) and _from_there(choice, peer)
        for choice in choices
        if "ipBlock" not in choice
    )


def _from_there(choice: Manifest, peer: Peer) -> bool:
    if "namespaceSelector" not in choice:
        return peer.namespace is None
    return peer.namespace is not None and selects(choice["namespaceSelector"], peer.namespace)


def _port_matches(rule: Manifest, target: Peer, port: int) -> bool:
    named = target.ports or {}
    return "ports" not in rule or any(named.get(entry["port"], entry["port"]) == port for entry in rule["ports"])


def selects(selector: Manifest, labels: Mapping[str, str]) -> bool:
    """Return whether a selector of Kubernetes takes what has these labels."""
    equal = all(labels.get(key) == value for key, value in selector.get("matchLabels", {}).items())
    return equal and all(_fulfils(entry, labels) for entry in selector.get("matchExpressions", []))


def _fulfils(entry: Manifest, labels: Mapping[str, str]) -> bool:
    match entry["operator"]:
        case "In":
            return labels.get(entry["key"]) in entry["values"]
        case "NotIn":
            return labels.get(entry["key"]) not in entry["values"]
        case "Exists":
            return entry["key"] in labels
        case operator:
            raise ValueError(operator)
