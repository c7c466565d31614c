"""`python -m gateway` serves."""

import sys

from pydantic import ValidationError

from gateway.configuration import ConfigurationError
from gateway.main import create_app
from gateway.settings import Settings
from gateway.wire.upgrades import UpgradingProtocol
from shared.server import serve


def main() -> None:
    """Serve until a signal; exit with 2 where the settings or the files that they name cannot be used."""
    try:
        settings = Settings()
        app = create_app(settings)
    except ValidationError as error:
        sys.exit("\n".join(f"{e['loc'] and e['loc'][0]}: {e['msg']}" for e in error.errors()))
    except (ConfigurationError, ValueError) as error:
        sys.exit(str(error))
    serve(app, settings, UpgradingProtocol)


if __name__ == "__main__":
    main()
