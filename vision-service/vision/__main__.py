"""`python -m vision` serves."""

from shared.server import serve
from vision.main import create_app
from vision.settings import Settings

if __name__ == "__main__":
    settings = Settings()
    serve(create_app(settings), settings)
