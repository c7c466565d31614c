"""Exports of images with their labels, one format a file; present, absent and unknown tags are told apart in each."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from catalog.exports import coco, comma_separated, imagefolder, ndjson, webdataset
from catalog.exports.rows import Export


@dataclass(frozen=True, slots=True)
class Format:
    """A file format that images and their labels can be exported to."""

    name: str
    media_type: str
    extension: str
    export: Export


FORMATS: Final[Mapping[str, Format]] = MappingProxyType(
    {
        kind.name: kind
        for kind in (
            Format("ndjson", "application/x-ndjson", "ndjson", ndjson.export),
            Format("csv", "text/csv; charset=utf-8; header=present", "csv", comma_separated.export),
            Format("coco", "application/json", "json", coco.export),
            Format("imagefolder", "application/x-tar", "tar", imagefolder.export),
            Format("webdataset", "application/x-tar", "tar", webdataset.export),
        )
    }
)
"""The formats by their names."""
