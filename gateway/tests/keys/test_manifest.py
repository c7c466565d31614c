"""The file as a Secret of Kubernetes."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from gateway.keys.changes import NewKey
from gateway.keys.manifest import secret_manifest
from gateway.keys.reading import read_entries
from gateway.keys.refusals import KeyChangeError

Make = Callable[..., NewKey]


def test_the_secret_holds_the_file(path: Path, make: Make) -> None:
    make(note="für Ä: {} 'x'")
    manifest = json.loads(secret_manifest(read_entries(path), "keys", "fleet"))

    assert manifest["kind"] == "Secret"
    assert manifest["metadata"] == {"name": "keys", "namespace": "fleet"}
    assert manifest["stringData"]["keys.json"] == path.read_text()


def test_without_a_namespace_none_is_named(path: Path, make: Make) -> None:
    make()

    assert json.loads(secret_manifest(read_entries(path), "keys", None))["metadata"] == {"name": "keys"}


@pytest.mark.parametrize(
    ("name", "namespace"), [("Keys", None), ("", None), ("-a", None), ("keys", "a b"), ("keys", "")]
)
def test_a_name_that_kubernetes_refuses_is_refused(path: Path, make: Make, name: str, namespace: str | None) -> None:
    make()

    with pytest.raises(KeyChangeError, match="is no name in Kubernetes"):
        secret_manifest(read_entries(path), name, namespace)


def test_more_than_a_secret_holds_is_refused(path: Path, make: Make) -> None:
    make()
    entries = read_entries(path)
    many = entries.model_copy(update={"keys": entries.keys * 3000})

    with pytest.raises(KeyChangeError, match="prune them"):
        secret_manifest(many, "keys", None)
