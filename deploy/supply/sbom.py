"""`python -m deploy.supply.sbom --out build/sbom`: what each image is made of, as CycloneDX 1.6 (ECMA-424), in JSON.

It lists what the image's members need and what that needs in turn, as it is installed here by constraints.txt, by which
the image installs too. What the base image has of Debian is not listed: ask the image itself for that. The same
environment gives the same bytes.
"""

import argparse
import json
import re
import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from importlib.metadata import Distribution, distribution
from pathlib import Path
from typing import Any, Final
from uuid import NAMESPACE_URL, uuid5

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from deploy.supply.licences import POLICY, licences_of

ROOT: Final = Path(__file__).parents[2]
IMAGES: Final[Mapping[str, str]] = {
    "flotilla-gateway": "gateway",
    "flotilla-catalog": "catalog-service",
    "flotilla-crystal": "crystal-service",
    "flotilla-vision": "vision-service",
    "flotilla-intent": "intent-service[encoder]",
    "flotilla-intent-training": "intent-service[encoder,training]",
    "flotilla-intent-trainer": "intent-service[training,search]",
    "flotilla-debugger": "debugger-service",
}
"""The member that each image has besides `shared`."""

Component = dict[str, Any]


def main(arguments: Sequence[str] | None = None) -> int:
    """Write one file an image; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m deploy.supply.sbom")
    parser.add_argument("--out", type=Path, required=True, help="the folder to write to")
    options = parser.parse_args(arguments)
    options.out.mkdir(parents=True, exist_ok=True)
    for image in IMAGES:
        document = bill(image)
        file = options.out / f"{image}.cdx.json"
        file.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        print(f"{file}: {len(document['components'])} components")
    return 0


def bill(image: str) -> dict[str, Any]:
    """Return an image's bill of materials; raise PackageNotFoundError when something of it is not installed here."""
    folder, _, extras = IMAGES[image].rstrip("]").partition("[")
    member = tomllib.loads((ROOT / folder / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    needs = _closure(f"{member['name']}[{extras}]")
    policy = tomllib.loads(POLICY.read_text(encoding="utf-8"))
    components = [_component(name, policy) for name in sorted(needs)]
    root = {"type": "container", "bom-ref": image, "name": image, "version": member["version"]}
    dependencies = [{"ref": image, "dependsOn": [_purl(member["name"])]}] + [
        {"ref": _purl(name), "dependsOn": sorted(_purl(each) for each in needs[name])} for name in sorted(needs)
    ]
    content = {"metadata": {"component": root}, "components": components, "dependencies": dependencies}
    serial = uuid5(NAMESPACE_URL, json.dumps(content, sort_keys=True))
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{serial}",
        "version": 1,
        **content,
    }


def _closure(root: str) -> dict[str, set[str]]:
    """Return all distributions that `root` needs, itself included, each with those that it needs directly."""
    found: dict[str, set[str]] = {}
    open_ = [Requirement(root)]
    done: set[tuple[str, str]] = set()
    while open_:
        wanted = open_.pop()
        name = canonicalize_name(wanted.name)
        for extra in {"", *wanted.extras} - {each for known, each in done if known == name}:
            done.add((name, extra))
            needed = _needs(name, extra)
            found.setdefault(name, set()).update(canonicalize_name(each.name) for each in needed)
            open_ += needed
    return found


@cache
def _needs(name: str, extra: str) -> tuple[Requirement, ...]:
    """Return what an extra brings, and for no extra (`""`) what is needed without any."""
    requirements = [Requirement(line) for line in _installed(name).requires or ()]
    plain = [each for each in requirements if each.marker is None or each.marker.evaluate({"extra": ""})]
    if not extra:
        return tuple(plain)
    with_extra = [each for each in requirements if each.marker and each.marker.evaluate({"extra": extra})]
    return tuple(each for each in with_extra if each not in plain)


def _component(name: str, policy: Mapping[str, Any]) -> Component:
    metadata = _installed(name).metadata
    component: Component = {"type": "library", "bom-ref": _purl(name), "name": metadata["Name"]}
    component |= {"version": metadata["Version"], "purl": _purl(name)}
    licences = list(_licences(licences_of(name, policy)))
    return component | ({"licenses": licences} if licences else {})


def _licences(written: Iterable[str]) -> Iterator[dict[str, Any]]:
    expressions = list(written)
    if len(expressions) == 1 and re.fullmatch(r"[\w.()+-]+( (AND|OR|WITH) [\w.()+-]+)*", expressions[0]):
        yield {"expression": expressions[0]}
    else:
        yield from ({"license": {"name": each}} for each in expressions)


def _purl(name: str) -> str:
    return f"pkg:pypi/{canonicalize_name(name)}@{_installed(name).version.replace('+', '%2B')}"


@cache
def _installed(name: str) -> Distribution:
    return distribution(name)


if __name__ == "__main__":
    sys.exit(main())
