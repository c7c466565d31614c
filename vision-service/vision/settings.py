"""The service's settings, read from the environment under `VISION_`."""

import math
import os
from pathlib import Path

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from shared.settings import Names, ServiceSettings, cache_folder

CPU_LIMIT = Path("/sys/fs/cgroup/cpu.max")
MAX_DEFAULT_WORKERS = 4
"""A large image takes half a gigabyte, so memory, too, must grow with the workers: an operator's decision."""


def usable_cores() -> int:
    """Return how many cores this process may use; a container's host may have many more.

    A container's limit stands in CPU_LIMIT as cgroup v2 has it: microseconds of processor time in a period of so many.
    """
    affinity = getattr(os, "sched_getaffinity", None)  # Linux only
    cores = len(affinity(0)) if affinity else os.cpu_count() or 1
    try:
        time, period = CPU_LIMIT.read_text(encoding="ascii").split()
        return min(cores, max(1, math.ceil(int(time) / int(period))))
    except (OSError, ValueError):  # no such file, or `max` for no limit
        return cores


def default_workers() -> int:
    """Return how many cores this process may use, at most four."""
    return min(usable_cores(), MAX_DEFAULT_WORKERS)


class Settings(ServiceSettings):
    """What the service serves and how much it takes on at once."""

    model_config = SettingsConfigDict(env_prefix="VISION_", env_ignore_empty=True, frozen=True)

    port: int = Field(8002, ge=0, le=65535, description="Port to listen on; 0 takes a free one.")
    max_body_bytes: int = Field(20 << 20, ge=0, description="Largest request body; beyond it the answer is 413.")
    max_pixels: int = Field(
        50_000_000, gt=0, description="Largest width times height of an image or of a tile; beyond it 413."
    )
    model_dir: Path = Field(
        default_factory=lambda: cache_folder("vision"),
        description="Folder of the models that `python -m vision.prepare` made; by default in the user's cache.",
    )
    models: Names = Field(
        (), description="Models to load, by commas; the first answers where none is named. By default one alone."
    )
    weights: Path | None = Field(
        None, description="For `python -m vision.prepare` only: a file with the weights, instead of a download."
    )
    workers: int = Field(
        default_factory=default_workers,
        ge=1,
        description="Images decoded at the same time; by default one per usable core, at most 4.",
    )
    queue_size: int | None = Field(
        None,
        ge=0,
        description="Requests that may wait beyond these; by default 16, or as many as are computed in 0.15 s.",
    )
    threads: int | None = Field(None, ge=1, le=256, description="Cores that one batch uses; by default measured.")
    max_batch: int | None = Field(
        None, ge=1, le=256, description="Images that are computed together at most; by default measured."
    )
    tuning_seconds: float = Field(
        2,
        ge=0,
        le=600,
        allow_inf_nan=False,
        description="How long a model is measured when loaded; 0: not at all.",
    )
    batch_wait_ms: float = Field(
        0, ge=0, le=1000, allow_inf_nan=False, description="How long an image waits for others while the model is free."
    )
    cache_bytes: int = Field(
        32 << 20, ge=0, description="Memory for the answers given last; 0 computes every image anew."
    )
