"""`python -m intent.prepare` makes a first model, of the made-up chatbot's data, where there is none yet."""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from intent.card import CARD
from intent.settings import Settings
from intent.training.chatbot.generating import generate
from intent.training.running import run


def main() -> int:
    """Train it; return the exit status."""
    folder = Settings().model_dir
    known = sorted(folder.glob(f"*/{CARD}"))
    if known:
        print(f"{folder} has {len(known)} model{'s' if len(known) > 1 else ''} already.")
        return 0
    with TemporaryDirectory() as temporary:
        generate(Path(temporary))
        trained = run(Path(temporary), None, folder, 0, print)
    print(f"Made {trained.folder}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
