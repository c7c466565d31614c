"""The cache keeps what was used last and never more than it may."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from vision.caching import Answer, AnswerCache


def answer(length: int) -> Answer:
    return Answer(np.zeros(length, np.float32), np.zeros(1, np.float32))


@given(lengths=st.lists(st.integers(1, 400), max_size=60), limit=st.integers(0, 3000))
def test_it_never_takes_more_than_it_may_and_the_last_is_there(lengths: list[int], limit: int) -> None:
    cache = AnswerCache(limit)
    for length in lengths:
        key = ("v", length.to_bytes(2))
        cache.put(key, answer(length))
        assert cache.bytes <= limit
        found = cache.get(key)
        assert found.logits.size == length if found else 4 * length + 504 > limit


def test_what_was_used_last_stays() -> None:
    cache = AnswerCache(2 * 1500)
    first, second, third = (("v", bytes([number])) for number in range(3))
    cache.put(first, answer(200))
    cache.put(second, answer(200))
    cache.get(first)
    cache.put(third, answer(200))
    assert [cache.get(key) is not None for key in (first, second, third)] == [True, False, True]
