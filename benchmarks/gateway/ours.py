"""The gateway with everything on: a key, a limit of three rates, metrics, the access log as JSON in a file, traces."""

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

HANGING_REQUESTS: Final = 100
"""Places of the service that hangs; more requests than that are refused."""
_LIMIT: Final = '[limits.all]\nrates = ["1000000/second", "50000000/minute", "1000000000/day"]\n'


def ours(port: int, config: Path, keys: Path, collector: int, sampler: str, share: float) -> dict[str, str]:
    """Return the variables of a gateway that traces as `sampler` says, `share` of the requests where it asks for one.

    `collector` is the port that spans are sent to.
    """
    return {
        "GATEWAY_PORT": str(port),
        "GATEWAY_CONFIG_FILE": str(config),
        "GATEWAY_KEYS_FILE": str(keys),
        "GATEWAY_LOG_FORMAT": "json",
        "FASTAPI_OTEL_AUTO_CONFIGURE": "true",
        "OTEL_SERVICE_NAME": "gateway",
        "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{collector}",
        "OTEL_TRACES_SAMPLER": sampler,
        "OTEL_TRACES_SAMPLER_ARG": str(share),
    }


def written_configuration(folder: Path, upstreams: Mapping[str, str]) -> Path:
    """Write what stands behind the gateway; return the file."""
    config = folder / "gateway.toml"
    services = [
        f'[services.{name}]\ninstances = [{{ url = "{url}" }}]\nlimit = "all"\n'
        f"max_requests = {HANGING_REQUESTS if name == 'hanging' else 1000}\n"
        for name, url in upstreams.items()
    ]
    config.write_text("\n".join([*services, _LIMIT]), encoding="utf-8")
    return config


def made_key(keys: Path) -> str:
    """Make a key for all services in the file `keys`; return it."""
    command = [sys.executable, "-m", "gateway.keys", "create", "--file", str(keys)]
    what = ["--consumer", "benchmark", "--scope", "*:*"]
    return subprocess.run([*command, *what], capture_output=True, text=True, check=True).stdout.strip()
