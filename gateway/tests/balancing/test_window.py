"""A rolling count is the number of things that happened in the last buckets."""

from hypothesis import given
from hypothesis import strategies as st

from gateway.balancing.window import BUCKETS, RollingCount

moments = st.lists(st.integers(0, 400).map(lambda quarter: quarter / 4), max_size=60).map(sorted)


@given(moments, st.integers(0, 80))
def test_it_counts_what_is_in_the_window(times: list[float], later: int) -> None:
    count = RollingCount(10)
    for time in times:
        count.add(time)
    now = max(times, default=0.0) + later / 4
    assert count.total(now) == sum(int(time) > int(now) - BUCKETS for time in times)


def test_nothing_is_left_after_clearing() -> None:
    count = RollingCount(10)
    count.add(3)
    count.clear()
    assert count.total(3) == 0
    count.add(3)
    assert (count.total(12.9), count.total(13)) == (1, 0)


@given(moments.filter(bool), st.integers(0, 80), st.data())
def test_what_is_taken_back_was_never_there(times: list[float], later: int, data: st.DataObject) -> None:
    taken = data.draw(st.integers(0, len(times) - 1))
    count, without = RollingCount(10), RollingCount(10)
    for position, time in enumerate(times):
        count.add(time)
        if position != taken:
            without.add(time)
    count.take_back(times[taken])
    now = max(times) + later / 4
    assert count.total(now) == without.total(now)
