"""`python -m intent` serves."""

from intent.main import create_app
from intent.settings import Settings
from shared.server import serve

if __name__ == "__main__":
    settings = Settings()
    serve(create_app(settings), settings)
