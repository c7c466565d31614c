"""The defaults fit the machine, which may be a container on a far larger one."""

import os
from pathlib import Path

import pytest

from vision.settings import MAX_DEFAULT_WORKERS, Settings, usable_cores


@pytest.fixture(autouse=True)
def cpu_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the container's limit stands; there is none at first."""
    monkeypatch.setattr("vision.settings.CPU_LIMIT", tmp_path / "cpu.max")
    return tmp_path / "cpu.max"


@pytest.mark.skipif(not hasattr(os, "sched_getaffinity"), reason="needs an operating system that tells its affinity")
@pytest.mark.parametrize(("usable", "workers"), [(1, 1), (3, 3), (64, MAX_DEFAULT_WORKERS)])
def test_workers_by_default(usable: int, workers: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VISION_WORKERS", raising=False)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(usable)))
    monkeypatch.setattr(os, "cpu_count", lambda: 128)
    assert Settings().workers == workers


def test_workers_where_affinity_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VISION_WORKERS", raising=False)
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: None)
    assert Settings().workers == 1


@pytest.mark.parametrize(("limit", "cores"), [("150000 100000", 2), ("1000 100000", 1), ("max 100000", 64), ("", 64)])
def test_no_more_cores_are_used_than_the_container_has(
    limit: str, cores: int, cpu_limit: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(64)))
    cpu_limit.write_text(limit)
    assert usable_cores() == cores
