"""The same rows are the same bytes, and every line reads back as its row."""

import json
from collections.abc import Callable, Iterable
from datetime import timedelta, timezone
from typing import Any

import anyio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog.exports.rows import Row

TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=255)
TAGS = st.lists(TEXT, unique=True, max_size=6)


async def test_the_three_states_and_never_labeled(rows: list[Row], export_to: Callable[..., Any]) -> None:
    labeled, unlabeled, linked = map(json.loads, (await export_to("ndjson", rows)).splitlines())
    assert (labeled["present"], labeled["absent"], labeled["labeling"]) == (["cat", "dog"], ["bird"], 3)
    assert (unlabeled["present"], unlabeled["absent"], unlabeled["labeling"]) == ([], [], None)
    assert (linked["present"], linked["absent"], linked["labeling"]) == ([], ["fish"], 3)


async def test_what_is_unknown_is_left_out(rows: list[Row], export_to: Callable[..., Any]) -> None:
    _, unlabeled, linked = map(json.loads, (await export_to("ndjson", rows)).splitlines())
    assert {"url", "width", "author", "labeled_at", "schema"}.isdisjoint(unlabeled)
    assert {"sha256", "size"}.isdisjoint(linked)


async def test_the_bytes_are_those_that_a_snapshot_is_named_by(rows: list[Row], export_to: Callable[..., Any]) -> None:
    first, *_ = (await export_to("ndjson", rows)).splitlines(keepends=True)
    assert first == (
        b'{"absent":["bird"],"author":"ann","created_at":"2026-01-02T03:04:06.000000Z","height":480,'
        b'"id":"00000000-0000-0000-0000-000000000001","labeled_at":"2026-01-03T03:04:05.000005Z","labeling":3,'
        b'"name":"1.jpg","present":["cat","dog"],"schema":"animals","schema_version":2,'
        b'"sha256":"d414b085826eb06778483ba35564dc849e643359f69ed9747878ba6e54985bed","size":1280,"source":"manual",'
        b'"type":"image/jpeg","width":640}\n'
    )


async def test_a_time_is_told_in_utc(make_row: Callable[..., Row], export_to: Callable[..., Any]) -> None:
    utc = make_row()
    elsewhere = make_row(created_at=utc.created_at.astimezone(timezone(timedelta(hours=5, minutes=30))))
    assert await export_to("ndjson", [elsewhere]) == await export_to("ndjson", [utc])
    assert b'"created_at":"2026-01-02T03:04:06.000000Z"' in await export_to("ndjson", [utc])


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=TEXT, present=TAGS, absent=TAGS)
def test_any_text_reads_back(
    name: str,
    present: Iterable[str],
    absent: Iterable[str],
    make_row: Callable[..., Row],
    export_to: Callable[..., Any],
) -> None:
    row = make_row(name=name, present=tuple(sorted(present)), absent=tuple(sorted(absent)))
    data = anyio.run(export_to, "ndjson", [row])
    assert data.count(b"\n") == 1
    line = json.loads(data)
    assert (line["name"], line["present"], line["absent"]) == (name, sorted(present), sorted(absent))
