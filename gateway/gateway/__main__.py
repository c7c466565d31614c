"""`python -m gateway` serves."""

from gateway.main import create_app
from gateway.settings import Settings
from shared.server import serve

if __name__ == "__main__":
    settings = Settings()
    serve(create_app(settings), settings)
