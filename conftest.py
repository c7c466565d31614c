"""Imports the members whose folder has the package's own name, before pytest takes the folders for packages."""

import fleet  # noqa: F401
import gateway  # noqa: F401
import shared  # noqa: F401
