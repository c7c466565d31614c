"""The defaults fit the machine, which may be a container on a far larger one."""

import os

import pytest

from vision.settings import MAX_DEFAULT_WORKERS, Settings


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
