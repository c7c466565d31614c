"""The order of a page, as times say it and not their letters."""

from fleet.load.catalog import newest_first


def test_a_full_second_is_before_its_milliseconds() -> None:
    times = ["2026-11-26T11:29:21.022000Z", "2026-11-26T11:29:21Z", "2026-11-26T11:29:20.982000Z"]
    items = [{"created_at": time, "id": "a"} for time in times]
    assert newest_first(items)
    assert not newest_first(items[::-1])


def test_ids_decide_within_a_millisecond() -> None:
    items = [{"created_at": "2026-11-26T11:29:21Z", "id": each} for each in "ba"]
    assert newest_first(items)
    assert not newest_first(items[::-1])
