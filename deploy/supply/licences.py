"""`python -m deploy.supply.licences`: may every distribution that constraints.txt pins be used and passed on?

The environment says under what licence each one is; `licences.toml` says which licences are accepted, and which
distributions in spite of theirs, with the reason.
"""

import re
import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any, Final

CONSTRAINTS: Final = Path(__file__).parents[2] / "constraints.txt"
POLICY: Final = Path(__file__).parent / "licences.toml"

_PIN: Final = re.compile(r"^([a-z0-9.-]+)==", re.MULTILINE)


def main() -> int:
    """Say what is wrong, or that nothing is; return the exit status."""
    policy = tomllib.loads(POLICY.read_text(encoding="utf-8"))
    names = sorted(set(_PIN.findall(CONSTRAINTS.read_text(encoding="utf-8"))))
    problems = [*complaints(names, policy), *stale(names, policy)]
    print(*problems or [f"{len(names)} distributions: every licence is accepted"], sep="\n")
    return 1 if problems else 0


def complaints(names: Iterable[str], policy: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is wrong with each distribution of `names`."""
    for name in names:
        if name in policy["exceptions"]:
            continue
        try:
            written = licences_of(name, policy)
        except PackageNotFoundError:
            if name not in policy["elsewhere"]:
                yield f"{name} is not installed: install it, or say in licences.toml under `elsewhere` why it is not"
            continue
        refused = [licence for licence in written if not accepted(licence, policy["allowed"])]
        if refused or not written:
            under = " and ".join(refused) or "no licence that it says"
            yield f"{name} is under {under}: accept that in licences.toml, or do without {name}"


def stale(names: Iterable[str], policy: Mapping[str, Any]) -> Iterator[str]:
    """Yield what `licences.toml` names that is no longer pinned."""
    pinned = set(names)
    for table in ("read", "exceptions", "elsewhere"):
        yield from (f"{name} is in licences.toml, but not pinned" for name in sorted(policy[table].keys() - pinned))


def licences_of(name: str, policy: Mapping[str, Any]) -> list[str]:
    """Return the SPDX expressions of an installed distribution, all of which hold; none if it does not say.

    Raises PackageNotFoundError when it is not installed.
    """
    metadata = distribution(name).metadata
    if name in policy["read"]:
        return [policy["read"][name]["licence"]]
    if metadata["License-Expression"]:
        return [metadata["License-Expression"]]
    classifiers = [value for value in metadata.get_all("Classifier") or () if value.startswith("License :: ")]
    written = [value.rpartition(" :: ")[2] for value in classifiers] or (metadata["License"] or "").splitlines()[:1]
    return [policy["written"].get(value.strip(), value.strip()) for value in written if value]


def accepted(expression: str, allowed: Iterable[str]) -> bool:
    """Tell whether all parts of an SPDX expression that hold together are allowed; of alternatives one is enough.

    Brackets are passed over, which can only refuse what could be accepted.
    """
    known = set(allowed)
    parts = re.split(r"\s+AND\s+", re.sub(r"[()]", "", expression))
    return all(any(choice.strip() in known for choice in re.split(r"\s+OR\s+", part)) for part in parts)


if __name__ == "__main__":
    sys.exit(main())
