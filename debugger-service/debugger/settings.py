"""The service's settings, read from the environment under `DEBUGGER_`."""

from pathlib import Path
from typing import Final

from platformdirs import user_data_path
from pydantic import BaseModel, ConfigDict, Field, HttpUrl, SecretStr
from pydantic_settings import SettingsConfigDict

from shared.settings import ServiceSettings

INTENT: Final = "intent"


class PredictionService(BaseModel):
    """A service that speaks the Humanloop prediction API: its address, which project of it, and the key for it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    url: HttpUrl
    project: str = "1"
    key: SecretStr | None = None


class Settings(ServiceSettings):
    """Where the debugger keeps what it holds, and how much it takes on at once."""

    model_config = SettingsConfigDict(env_prefix="DEBUGGER_", env_ignore_empty=True, frozen=True)

    port: int = Field(8003, ge=0, le=65535, description="Port to listen on; 0 takes a free one.")
    body_seconds: float = Field(600, gt=0, description="How long a body may take to arrive; beyond it 408.")
    data_dir: Path = Field(
        default_factory=lambda: user_data_path("flotilla") / "debugger",
        description="Folder of the embedded database, where no other one is given.",
    )
    database_url: str | None = Field(
        None, description="`postgresql://…` of a PostgreSQL 15 or newer; the embedded one where there is none."
    )
    database_pool: int = Field(10, ge=2, le=200, description="Most connections to the database.")
    database_wait_seconds: float = Field(15, gt=0, description="How long to wait for a free one; beyond it 503.")
    max_import_bytes: int = Field(1 << 30, ge=1, description="Largest file that is imported; beyond it 413.")
    max_rows: int = Field(1_000_000, ge=1, description="Most rows of a project.")
    exports: int = Field(4, ge=1, description="Exports at the same time; one more is answered 503.")
    run_jobs: bool = Field(
        True, description="Run background jobs in this process; else `python -m debugger.worker` must."
    )
    intent_url: HttpUrl = Field(HttpUrl("http://127.0.0.1:4002"), description="Where the intent service is.")
    intent_key: SecretStr | None = Field(None, description="The key that the intent service asks for, if any.")
    prediction_services: dict[str, PredictionService] = Field(
        default_factory=dict,
        description='Other services that may be asked for predictions, by names: `{"chatbot": {"url": "https://…", '
        '"project": "411", "key": "…"}}`; `intent` is the intent service.',
    )
    prediction_calls: int = Field(4, ge=1, le=64, description="Calls to such a service at the same time.")

    def prediction_service(self, name: str) -> PredictionService | None:
        """Return the service that has the name."""
        own = PredictionService(url=self.intent_url, key=self.intent_key)
        return self.prediction_services.get(name, own if name == INTENT else None)

    @property
    def prediction_service_names(self) -> list[str]:
        """Return the names of all, the intent service's first."""
        return [INTENT, *(name for name in self.prediction_services if name != INTENT)]
