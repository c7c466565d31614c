"""Which part a name speaks of."""

import pytest

from intent.training.data.parts import Part, part_in, part_of, without_part


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("banking77_train.csv", Part.TRAINING),
        ("questionsTrain.csv", Part.TRAINING),
        ("training-set.csv", Part.TRAINING),
        ("trainset2.csv", Part.TRAINING),
        ("valid.csv", Part.VALIDATION),
        ("val/questions.csv", Part.VALIDATION),
        ("X_dev.tsv", Part.VALIDATION),
        ("TEST.CSV", Part.TESTING),
        ("testdata.jsonl", Part.TESTING),
        ("test/train_questions.csv", Part.TRAINING),
        ("latest.csv", None),
        ("contest_values.csv", None),
        ("devices.csv", None),
        ("constraints.csv", None),
        ("questions.csv", None),
    ],
)
def test_names_speak_of_a_part(name: str, part: Part | None) -> None:
    assert part_in(name) is part


def test_words_mean_a_part() -> None:
    assert [part_of(word) for word in ("training", " Val ", "TEST", "both", "")] == [*Part, None, None]


def test_a_name_without_its_part() -> None:
    assert without_part("Train_questions.csv") == without_part("test_questions.csv") == "_questions.csv"
