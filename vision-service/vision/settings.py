"""The service's settings, read from the environment under `VISION_`."""

import os
from pathlib import Path

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from shared.settings import ServiceSettings, cache_folder

MAX_DEFAULT_WORKERS = 4
"""A large image takes half a gigabyte, so memory, too, must grow with the workers: an operator's decision."""


def default_workers() -> int:
    """Return how many cores this process may use, at most four; a container's host may have many more."""
    affinity = getattr(os, "sched_getaffinity", None)  # Linux only
    cores = len(affinity(0)) if affinity else os.cpu_count() or 1
    return min(cores, MAX_DEFAULT_WORKERS)


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
        description="Folder of the model that `python -m vision.prepare` made; by default in the user's cache.",
    )
    weights: Path | None = Field(
        None, description="For `python -m vision.prepare` only: a file with the weights, instead of a download."
    )
    workers: int = Field(
        default_factory=default_workers,
        ge=1,
        description="Predictions computed at the same time; by default one per usable core, at most 4.",
    )
    queue_size: int = Field(64, ge=0, description="Requests that may wait beyond these; one more is answered 503.")
    threads: int = Field(1, ge=1, description="Cores that one prediction uses; more is faster only when idle.")
