"""What an intent is called in the data: a number stays a number."""

from typing import TypeAlias

Label: TypeAlias = int | str
