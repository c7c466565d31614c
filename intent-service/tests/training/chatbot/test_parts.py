"""Rows are dealt evenly, and to every part."""

from hypothesis import given
from hypothesis import strategies as st

from intent.training.chatbot.parts import IN_SCOPE, OUT_OF_SCOPE, PARTS, part_of_each, share


@given(st.integers(0, 100_000), st.integers(1, 50))
def test_shares_are_even_and_whole(total: int, ways: int) -> None:
    shares = [share(total, ways, place) for place in range(ways)]
    assert sum(shares) == total
    assert max(shares) - min(shares) <= 1


@given(st.integers(0, 5000), st.sampled_from([IN_SCOPE, OUT_OF_SCOPE]))
def test_every_row_has_a_part_and_every_part_its_share(count: int, shares: tuple[int, int, int]) -> None:
    parts = part_of_each(count, shares)
    assert len(parts) == count
    if count >= 3:
        assert set(parts) == set(PARTS)
        assert all(abs(parts.count(part) - count * each / 100) <= 1.5 for part, each in zip(PARTS, shares))


def test_a_hundred_rows() -> None:
    assert [part_of_each(100, IN_SCOPE).count(part) for part in PARTS] == [70, 15, 15]
    assert [part_of_each(100, OUT_OF_SCOPE).count(part) for part in PARTS] == [40, 30, 30]
