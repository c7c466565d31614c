"""`first_model.py IMAGE VOLUME` copies the models that the volume lacks; one that is copied half is copied anew."""

import sys
from pathlib import Path
from shutil import copyfile, rmtree


def main(image: Path, volume: Path) -> None:
    """Copy each model under another name first, so that nobody sees half of it."""
    for model in sorted(folder for folder in image.iterdir() if (folder / "card.json").is_file()):
        copy = volume / f".{model.name}.copy"
        rmtree(copy, ignore_errors=True)
        if not (volume / model.name).exists():
            copy.mkdir()
            for file in (file for file in model.iterdir() if file.is_file()):
                copyfile(file, copy / file.name)
            copy.rename(volume / model.name)
            print(f"{model.name} copied")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
