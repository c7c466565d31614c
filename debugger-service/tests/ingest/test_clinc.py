"""The lists of CLINC150's JSON."""

import json
from collections import Counter
from pathlib import Path

import pytest

from debugger.ingest import BrokenFileError, BrokenRecord, Record, open_file, open_records

REAL = Path(__file__).parents[3] / "../shared/data/intents/clinc150_full.json"
PAIR = ["where is my card", "lost"]


def read(document: object) -> list[Record | BrokenRecord]:
    return list(open_records(iter([json.dumps(document).encode()]), "clinc"))


def test_each_list_is_a_split() -> None:
    text, label = PAIR
    document = {"oos_val": [[text, "oos"]], "Train": [PAIR], "test": [PAIR], "unsplit": [[text, None]]}
    assert read(document) == [
        Record(text, None, "validation", out_of_scope=True),
        Record(text, label, "training"),
        Record(text, label, "testing"),
        Record(text),
    ]


@pytest.mark.parametrize("pair", [5, [], ["a"], ["a", "b", "c"], {"a": "b"}, ["", "b"], [5, "b"], ["a", ["b"]]])
def test_a_broken_pair_spoils_no_other(pair: object) -> None:
    first, second, third = read({"train": [PAIR, pair, PAIR]})
    assert isinstance(second, BrokenRecord)
    assert isinstance(first, Record)
    assert first == third


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ('{"train": [], "domains": []}', "none of the lists"),
        ('{"train": {}}', '`"train"` is not a list'),
        ('{"train": [["a", "b"]]', "cut off"),
        ('{"train" []}', "not `:`"),
        ('{"\\ud800": []}', "name of a list"),
        ("{1: []}", "none of the lists"),
    ],
)
def test_another_document_is_refused(document: str, reason: str) -> None:
    with pytest.raises(BrokenFileError, match=reason):
        list(open_records(iter([document.encode()]), "clinc"))


@pytest.mark.skipif(not REAL.exists(), reason="the shared data is not there")
def test_the_real_file_is_read_whole() -> None:
    with REAL.open("rb") as file:
        opened = open_file(iter(lambda: file.read(1 << 16), b""))
        found = [each for each in opened.records if isinstance(each, Record)]
    assert opened.format == "clinc"
    assert len(found) == 23_700
    assert Counter(each.split for each in found if each.out_of_scope) == {
        "testing": 1000,
        "training": 100,
        "validation": 100,
    }
    assert len({each.label for each in found} - {None}) == 150
