"""`python -m crystal` serves."""

from crystal.main import create_app
from crystal.settings import Settings
from shared.server import serve

if __name__ == "__main__":
    settings = Settings()
    serve(create_app(settings), settings)
