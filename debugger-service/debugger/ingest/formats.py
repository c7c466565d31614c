"""Which of the formats a file is in, by its beginning."""

import re
from typing import Final, Literal

from debugger.ingest import clinc
from debugger.ingest.comma_separated import HEADER_CHARACTERS, find_header
from debugger.ingest.refusals import BrokenFileError

Format = Literal["chatbot", "clinc", "jsonl", "csv"]

HEAD_CHARACTERS: Final = HEADER_CHARACTERS

_LIST: Final = re.compile(r'\{\s*"(\w{1,20})"\s*:\s*\[')


def detect(head: str) -> Format:
    """Return the format of a file that begins with `head`; raises BrokenFileError where that cannot be told."""
    begun = head.lstrip()
    if begun.startswith("["):
        return "chatbot"
    found = _LIST.match(begun)
    if found and found[1].casefold() in clinc.LISTS:
        return "clinc"
    if begun.startswith("{") and _is_whole_line(begun):
        return "jsonl"
    if find_header(head):
        return "csv"
    raise BrokenFileError(_refusal(begun))


def _is_whole_line(begun: str) -> bool:
    """Return whether the first line may be an object; a document over many lines begins with an open one."""
    line, end, _ = begun.partition("\n")
    return not end or line.rstrip().endswith("}")


def _refusal(begun: str) -> str:
    if not begun:
        return "The file is empty, or begins with nothing but blanks."
    if begun.startswith("{"):
        return "The file is one JSON object over many lines, and not CLINC150's: send JSONL, one object a line."
    return (
        "The format cannot be told: send a chatbot's JSON list, CLINC150's JSON, JSONL, or CSV whose first line names "
        "the columns, among them `text`."
    )
