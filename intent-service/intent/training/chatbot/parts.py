"""How many rows each part of the data gets."""

from typing import Final

PARTS: Final = ("training", "validation", "testing")
IN_SCOPE: Final = (70, 15, 15)
OUT_OF_SCOPE: Final = (40, 30, 30)
"""Shares of a hundred. Whether a threshold works can be told only from enough rows that it should refuse."""


def share(total: int, ways: int, place: int) -> int:
    """Return the part at `place` when `total` is dealt `ways` ways, so that no two parts differ by more than 1."""
    return total * (place + 1) // ways - total * place // ways


def part_of_each(count: int, shares: tuple[int, int, int]) -> list[str]:
    """Return the parts of `count` rows, in the order of PARTS: of three rows or more each part gets one at least."""
    later = [max(1, (count * part + 50) // 100) for part in shares[1:]]
    sizes = (max(0, count - sum(later)), *later)
    return [part for part, size in zip(PARTS, sizes, strict=True) for _ in range(size)][:count]
