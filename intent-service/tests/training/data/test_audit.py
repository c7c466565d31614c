"""What an audit finds, and that it holds nothing of the texts."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from intent.labels import Label
from intent.training.data.audit import MAX_LISTED, audit, lines
from intent.training.data.examples import Data, Example, Place, Rejected
from intent.training.data.findings import Group, LabelSize, Member, NearPair, PartSize
from intent.training.data.reading import read

Rows = Sequence[tuple[str, Label | None]]


def data_of(training: Rows, validation: Rows = (), testing: Rows = (), rejected: Sequence[Rejected] = ()) -> Data:
    one, two, three = (
        [Example(text, label, Place(file, line)) for line, (text, label) in enumerate(rows, 1)]
        for file, rows in (("a", training), ("b", validation), ("c", testing))
    )
    return Data(one, two, three, 3, rejected, "0" * 64)


def member(place: str, part: str, label: Label | None) -> Member:
    file, line = place.split(":")
    return Member(Place(file, int(line)), part, label)


def test_parts_and_labels_are_counted() -> None:
    found = audit(
        data_of(
            [("one", "x"), ("two", "x"), ("three", 5), ("none", None)],
            [("four", "validated")],
            [("five", "x"), ("six", "new")],
        )
    )
    assert found.parts == [
        PartSize("training", 3, 2, 1),
        PartSize("validation", 1, 1, 0),
        PartSize("testing", 2, 2, 0),
    ]
    assert found.labels == [
        LabelSize("x", 2, 0, 1),
        LabelSize(5, 1, 0, 0),
        LabelSize("new", 0, 0, 1),
        LabelSize("validated", 0, 1, 0),
    ]
    assert (found.few, found.only_in_testing, found.unlabeled) == ([5, "validated"], ["new"], 3)


def test_duplicates_are_those_that_differ_in_case_and_punctuation() -> None:
    found = audit(data_of([("My card?", "x"), ("my CARD", "x"), ("card", "x"), ("Card!", "y")]))
    same = [member("a:1", "training", "x"), member("a:2", "training", "x")]
    two = [member("a:3", "training", "x"), member("a:4", "training", "y")]
    assert (found.exact_duplicates.count, found.exact_duplicates.rows) == (2, 4)
    assert found.exact_duplicates.first == [Group(2, same), Group(2, two)]
    assert found.two_labels.first == [Group(2, two)]


def test_in_scope_and_out_of_scope_are_two_labels() -> None:
    assert audit(data_of([("a b", "x"), ("a b", None)])).two_labels.count == 1


def test_near_duplicates_and_their_labels() -> None:
    found = audit(data_of([("a b c d e", "x"), ("a b c d", "x"), ("a b c d f", "y"), ("other words", "z")]))
    near = found.near_duplicates
    one, two, three = (member(f"a:{line}", "training", label) for line, label in ((1, "x"), (2, "x"), (3, "y")))
    assert (near.count, near.is_complete, near.two_labels) == (2, True, 1)
    assert near.first == [NearPair(0.8, one, two), NearPair(0.8, two, three)]
    assert near.first_two_labels == [NearPair(0.8, two, three)]


def test_texts_that_training_and_testing_share() -> None:
    training = [("a b c d e", "x"), ("exactly this", "x")]
    testing = [("a b c d", "x"), ("d c b a", "x"), ("Exactly this!", "x"), ("exactly this", "y"), ("new", "x")]
    shared = audit(data_of(training, [("new", "x")], testing)).shared
    assert (shared.exact, shared.near) == (2, 2)
    assert [group.rows for group in shared.first_exact] == [3]
    first, second = (member(f"c:{line}", "testing", "x") for line in (1, 2))
    trained = member("a:1", "training", "x")
    assert shared.first_near == [NearPair(0.8, first, trained), NearPair(0.8, second, trained)]


def test_odd_rows_are_named() -> None:
    odd = audit(data_of([("ok", "x"), ("?!", "x"), ("12", "x"), ("word " * 300, "x"), ("fine", "x")])).odd
    assert [(str(each.place), each.reason) for each in odd.first] == [
        ("a:1", "is very short: 2 characters"),
        ("a:2", "has no letters"),
        ("a:3", "has no letters"),
        ("a:4", "is very long: 1,500 characters"),
    ]


def test_all_is_counted_and_some_is_listed() -> None:
    rejected = [Rejected(Place("a", line), "is bad") for line in range(MAX_LISTED + 1)]
    found = audit(data_of([("same", number) for number in range(100)], rejected=rejected))
    assert (found.rejected.count, len(found.rejected.first)) == (MAX_LISTED + 1, MAX_LISTED)
    assert found.exact_duplicates.first[0].rows == 100
    assert len(found.exact_duplicates.first[0].first) == 10


def test_the_report_is_short_and_readable() -> None:
    said = lines(
        audit(
            data_of(
                [("My card?", "card"), ("my card", "money"), ("a b c d e", "card"), ("one", "x" * 200)],
                testing=[("my card!", "card"), ("a b c d", "card"), ("ok", 7)],
                rejected=[Rejected(Place("a\x1b", 9), "the text is empty")],
            )
        )
    )
    assert "training           4 rows, 3 labels" in said
    assert "the same text with two labels: 1 texts in 3 rows" in said
    assert "  a:1 (card) = a:2 (money) = c:1 (card)" in said
    assert "only in testing, never predicted: 7" in said
    assert "rows for testing whose text is in training: 1 exactly, 1 others nearly, of 3" in said
    assert "  a?:9 the text is empty" in said


TEXTS = st.text("abc ?1", min_size=1, max_size=12).filter(str.strip)
LABELS = st.one_of(st.none(), st.integers(0, 3), st.text(max_size=50))
ROWS = st.lists(st.tuples(TEXTS, LABELS), max_size=30)


@settings(deadline=None)
@given(ROWS, ROWS, ROWS)
def test_any_audit_is_json_and_a_report_of_bounded_size(training: Rows, validation: Rows, testing: Rows) -> None:
    found = audit(data_of(training, validation, testing))
    assert json.loads(json.dumps(asdict(found)))["sha256"] == "0" * 64
    said = lines(found)
    assert len(said) <= 35
    assert all(len(line) <= 160 and line.isprintable() for line in said)


def test_an_audit_holds_nothing_of_the_texts() -> None:
    found = audit(data_of([("hush", "x"), ("hush", "y"), ("a b c d hush", "x"), ("a b c d", "y")]))
    assert "hush" not in json.dumps(asdict(found)) + "".join(lines(found))


def test_banking77(intents: Path) -> None:
    found = audit(read(intents / "banking77_train.csv", test=intents / "banking77_test.csv"))
    assert [part.rows for part in found.parts] == [10_003, 0, 3_080]
    assert (found.few, found.only_in_testing) == ([], [])
    assert found.near_duplicates.is_complete
    assert found.shared.near > found.shared.exact > 0


def test_clinc150(intents: Path) -> None:
    found = audit(read(intents / "clinc150_full.json"))
    assert [part.out_of_scope for part in found.parts] == [100, 100, 1_000]
    assert all((size.training, size.validation, size.testing) == (100, 20, 30) for size in found.labels)
