"""When to stop reviewing: what decisions say of the other rows."""

import numpy as np

from debugger.metrics.review import ERROR, RIGHT, UNDECIDED
from debugger.reviewing import outlooks

SCORES = np.linspace(0.9, 0.001, 500) ** 2


def test_rows_decided_in_bulk_are_counted_and_say_nothing_of_others() -> None:
    outcomes = np.full(500, UNDECIDED, np.int64)
    outcomes[:40] = np.where(np.arange(40) % 2, ERROR, RIGHT)
    in_bulk = np.zeros(500, np.bool_)
    before = outlooks(SCORES, outcomes, in_bulk)
    in_bulk[300:400] = True
    outcomes[300:400] = ERROR
    after = outlooks(SCORES, outcomes, in_bulk)
    assert (after.decided, after.errors) == (before.decided + 100, before.errors + 100)
    assert after.left.rows == before.left.rows - 100
    assert after.left.expected <= before.left.expected


def test_rows_decided_one_by_one_are_learned_from() -> None:
    outcomes = np.full(500, UNDECIDED, np.int64)
    outcomes[:40] = ERROR
    many = outlooks(SCORES, outcomes, np.zeros(500, np.bool_))
    outcomes[:40] = RIGHT
    few = outlooks(SCORES, outcomes, np.zeros(500, np.bool_))
    assert few.left.expected < many.left.expected


def test_all_rows_decided_in_bulk_leave_none() -> None:
    found = outlooks(SCORES[:3], np.full(3, RIGHT, np.int64), np.ones(3, np.bool_))
    assert (found.decided, found.errors, found.left.rows, found.left.expected) == (3, 0, 0, 0)
