"""The service's settings, read from the environment under `CATALOG_`."""

from ipaddress import IPv4Network, IPv6Network
from pathlib import Path

from platformdirs import user_data_path
from pydantic import Field
from pydantic_settings import SettingsConfigDict

from shared.settings import Names, ServiceSettings


class Settings(ServiceSettings):
    """Where the catalog keeps what it holds, and how much it takes on at once."""

    model_config = SettingsConfigDict(env_prefix="CATALOG_", env_ignore_empty=True, frozen=True)

    port: int = Field(8001, ge=0, le=65535, description="Port to listen on; 0 takes a free one.")
    body_seconds: float = Field(600, gt=0, description="How long a body may take to arrive; beyond it 408.")
    data_dir: Path = Field(
        default_factory=lambda: user_data_path("flotilla") / "catalog",
        description="Folder of the embedded database and of the images, where no other place is given for them.",
    )
    database_url: str | None = Field(
        None, description="`postgresql://…` of a PostgreSQL 15 or newer; the embedded one where there is none."
    )
    database_pool: int = Field(10, ge=2, le=200, description="Most connections to the database.")
    database_wait_seconds: float = Field(15, gt=0, description="How long to wait for a free one; beyond it 503.")
    object_store: str | None = Field(
        None, description="`s3://…`, `gs://…`, `az://…` or `file:///…`; else a folder in the data folder."
    )
    max_upload_bytes: int = Field(50 << 20, ge=1, description="Largest image that is taken; beyond it 413.")
    max_import_bytes: int = Field(4 << 30, ge=1, description="Largest file that is imported; beyond it 413.")
    max_pixels: int = Field(50_000_000, gt=0, description="Largest width times height of an image; beyond it 413.")
    workers: int = Field(2, ge=1, description="Images decoded at the same time.")
    queue_size: int = Field(64, ge=0, description="Requests that may wait for that; one more is answered 503.")
    exports: int = Field(
        4, ge=1, description="Exports at the same time, each with a connection; one more is answered 503."
    )
    run_jobs: bool = Field(
        True, description="Run background jobs in this process; else `python -m catalog.worker` must."
    )
    vision_url: str = Field("http://127.0.0.1:8002", description="Where the vision service is.")
    fetch_hosts: Names = Field(
        (), description="Hosts that may be fetched from, by commas: `images.example.org`, `*.example.com:8443`."
    )
    fetch_private_networks: tuple[IPv4Network | IPv6Network, ...] = Field(
        (), description="Private networks that these hosts may be in, as a JSON list; by default none."
    )
