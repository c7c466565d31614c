"""`python -m debugger` serves."""

from debugger.main import create_app
from debugger.settings import Settings
from shared.server import serve

if __name__ == "__main__":
    settings = Settings()
    serve(create_app(settings), settings)
