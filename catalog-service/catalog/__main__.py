"""`python -m catalog` serves."""

from catalog.main import create_app
from catalog.settings import Settings
from shared.server import serve

if __name__ == "__main__":
    settings = Settings()
    serve(create_app(settings), settings)
