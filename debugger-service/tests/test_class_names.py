"""What classes are called later: merges and renames, in their order, unless they are undone."""

import pytest

from debugger.class_names import ClassNames, Naming


def naming(number: int, labels: str = "", label: str | None = None, undone_by: int | None = None) -> Naming:
    return Naming(number, "merge" if label else "undo", frozenset(labels.split()), label, undone_by)


NAMES = ClassNames(
    [
        naming(2, "a b", "c"),
        naming(3, "c", "d", undone_by=5),
        naming(4, "x", "y", undone_by=6),
        naming(5, undone_by=7),
        naming(6),
        naming(7),
        naming(9, "d y", "z"),
    ]
)


@pytest.mark.parametrize(
    ("label", "older", "newer", "later"),
    [
        ("a", 1, 2, "c"),
        ("a", 2, 3, "a"),
        ("b", 1, 3, "d"),
        ("b", 1, 5, "c"),
        ("b", 1, 6, "c"),
        ("b", 1, 7, "d"),
        ("c", 6, 7, "d"),
        ("c", 3, 7, "c"),
        ("x", 1, 4, "y"),
        ("x", 1, 5, "y"),
        ("x", 1, 6, "x"),
        ("a", 1, 9, "z"),
        ("y", 6, 9, "z"),
        ("other", 1, 9, "other"),
        (None, 1, 9, None),
    ],
)
def test_a_class_goes_on_under_the_name_that_holds(
    label: str | None, older: int, newer: int, later: str | None
) -> None:
    assert NAMES.later(label, older, newer) == later


def test_names_that_were_given_up_are_known() -> None:
    assert NAMES.known == set("abcdxy")
