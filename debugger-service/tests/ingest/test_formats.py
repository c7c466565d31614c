"""The format is told by the beginning of a file, or it is said that it cannot be."""

import pytest

from debugger.ingest import BrokenFileError
from debugger.ingest.formats import HEAD_CHARACTERS, Format, detect


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ("[]", "chatbot"),
        (' \n[{"id": 1', "chatbot"),
        ('{"oos_val": [["a", "oos"]', "clinc"),
        ('{\n  "train": [', "clinc"),
        ('{"text": "a"}\n{"text": "b"}\n', "jsonl"),
        ('{"text": "a"} \r\n', "jsonl"),
        ('{"text": "' + "x" * HEAD_CHARACTERS, "jsonl"),
        ("text,label\na,b\n", "csv"),
        ("text\na\n", "csv"),
        ("id;Text\n", "csv"),
        ('label\t"text"\n', "csv"),
        ('"a\nb",text\n', "csv"),
    ],
)
def test_the_beginning_tells(head: str, expected: Format) -> None:
    assert detect(head) == expected


@pytest.mark.parametrize(
    ("head", "reason"),
    [
        ("", "empty"),
        (" \n", "empty"),
        ('{\n  "rows": [\n', "over many lines"),
        ("hello", "cannot be told"),
        ("a,b\nc,d\n", "cannot be told"),
        ("\0" * 100, "cannot be told"),
        ("text" + ",a" * HEAD_CHARACTERS, "cannot be told"),
    ],
)
def test_what_cannot_be_told_says_what_is_expected(head: str, reason: str) -> None:
    with pytest.raises(BrokenFileError, match=reason):
        detect(head)
