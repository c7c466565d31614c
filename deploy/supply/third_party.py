"""`python third_party.py ./shared './intent-service[encoder]'`: what these need that is none of them, one a line.

An image installs that first and with hashes, which a folder has none of, and the members then without dependencies. So
a change of a member's source leaves the layer with everything else as it is.
"""

import re
import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_WANTED: Final = re.compile(r"(?P<name>[^\[\];<>=!~ ]+)(?:\[(?P<extras>[^\]]*)\])?")


@dataclass(frozen=True)
class Project:
    """What a member's pyproject.toml says that it needs, and what each extra needs besides."""

    name: str
    dependencies: tuple[str, ...]
    extras: Mapping[str, tuple[str, ...]]


def third_party(members: Iterable[str]) -> list[str]:
    """Return the requirements of `members`, which are folders, each perhaps with extras, that no other of them meets.

    Raises KeyError when an extra is not there, and OSError when a folder has no pyproject.toml.
    """
    wanted = [(_read(Path(folder)), extras) for folder, extras in map(_named, members)]
    projects = {project.name: project for project, _ in wanted}
    open_ = [(project.name, extras) for project, extras in wanted]
    done: set[tuple[str, tuple[str, ...]]] = set()
    found: set[str] = set()
    while open_:
        member = open_.pop()
        if member in done:
            continue
        done.add(member)
        for requirement in _needs(projects[member[0]], member[1]):
            name, extras = _named(requirement)
            if name in projects:
                open_.append((name, extras))
            else:
                found.add(requirement)
    return sorted(found)


def _needs(project: Project, extras: Iterable[str]) -> Iterator[str]:
    yield from project.dependencies
    for extra in extras:
        yield from project.extras[extra]


def _named(requirement: str) -> tuple[str, tuple[str, ...]]:
    match = _WANTED.match(requirement)
    if match is None:
        raise ValueError(f"{requirement!r} names nothing")
    extras = (extra.strip() for extra in (match["extras"] or "").split(","))
    return match["name"], tuple(sorted(extra for extra in extras if extra))


def _read(folder: Path) -> Project:
    table = tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = {name: tuple(needs) for name, needs in table.get("optional-dependencies", {}).items()}
    return Project(table["name"], tuple(table["dependencies"]), extras)


if __name__ == "__main__":
    print(*third_party(sys.argv[1:]), sep="\n")
