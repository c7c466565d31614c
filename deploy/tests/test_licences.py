"""Every distribution that is pinned may be used and passed on."""

import tomllib
from typing import Any, Final

import pytest

from deploy.supply.licences import CONSTRAINTS, POLICY, accepted, complaints, licences_of, main, stale

ALLOWED: Final = ("Apache-2.0", "Apache-2.0 WITH LLVM-exception", "MIT")


@pytest.fixture
def policy() -> dict[str, Any]:
    """What is accepted."""
    return tomllib.loads(POLICY.read_text(encoding="utf-8"))


def test_every_licence_is_accepted(capsys: pytest.CaptureFixture[str]) -> None:
    status = main()
    assert status == 0, capsys.readouterr().out


@pytest.mark.parametrize(
    "expression",
    [
        "MIT",
        "MIT AND Apache-2.0",
        "GPL-3.0-only OR MIT",
        "MIT AND (GPL-3.0-only OR Apache-2.0)",
        "Apache-2.0 AND Apache-2.0 WITH LLVM-exception",
    ],
)
def test_of_alternatives_one_is_enough(expression: str) -> None:
    assert accepted(expression, ALLOWED)


@pytest.mark.parametrize(
    "expression", ["GPL-3.0-only", "MIT AND GPL-3.0-only", "MIT-0", "", "mit or anything", "MIT WITH LLVM-exception"]
)
def test_all_that_hold_together_must_be_accepted(expression: str) -> None:
    assert not accepted(expression, ALLOWED)


def test_a_licence_that_is_not_accepted_is_told_with_what_to_do(policy: dict[str, Any]) -> None:
    (told,) = complaints(["fastapi"], policy | {"allowed": ["Apache-2.0"]})
    assert told == "fastapi is under MIT: accept that in licences.toml, or do without fastapi"


def test_what_is_not_installed_must_have_a_reason(policy: dict[str, Any]) -> None:
    assert "fasterapi is not installed" in next(iter(complaints(["fasterapi"], policy)))
    assert not list(complaints(["colorama"], policy))


def test_a_distribution_that_does_not_say_is_refused_unless_its_file_was_read(policy: dict[str, Any]) -> None:
    assert not list(complaints(["promql-parser"], policy))
    (told,) = complaints(["promql-parser"], policy | {"read": {}})
    assert "no licence that it says" in told


def test_a_whole_text_in_place_of_a_name_is_read_by_its_first_line(policy: dict[str, Any]) -> None:
    assert licences_of("cleanlab", policy) == ["Apache-2.0"]


def test_what_is_no_longer_pinned_is_told(policy: dict[str, Any]) -> None:
    names = [line.partition("==")[0] for line in CONSTRAINTS.read_text(encoding="utf-8").splitlines()]
    assert not list(stale(names, policy))
    assert "psycopg is in licences.toml, but not pinned" in list(stale(names[:3], policy))


def test_every_exception_has_a_reason(policy: dict[str, Any]) -> None:
    assert all(len(reason) >= 10 for table in ("exceptions", "elsewhere") for reason in policy[table].values())
    assert not policy["exceptions"].keys() & policy["elsewhere"].keys()
