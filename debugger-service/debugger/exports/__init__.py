"""Exports of a data version: the formats that are imported, without what is dropped, and a list of what was changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from debugger.exports import chatbot, clinc, comma_separated, lines, patch
from debugger.exports.rows import Export


@dataclass(frozen=True, slots=True)
class FileFormat:
    """A file format that rows can be exported to."""

    name: str
    media_type: str
    extension: str
    export: Export


FORMATS: Final[Mapping[str, FileFormat]] = MappingProxyType(
    {
        kind.name: kind
        for kind in (
            FileFormat("chatbot", "application/json", "json", chatbot.export),
            FileFormat("clinc", "application/json", "json", clinc.export),
            FileFormat("jsonl", "application/jsonl", "jsonl", lines.export),
            FileFormat("csv", "text/csv; charset=utf-8; header=present", "csv", comma_separated.export),
        )
    }
)
"""The formats of data by their names, which are those of the imports."""

PATCH: Final = FileFormat("patch", "application/jsonl", "patch.jsonl", patch.export)
