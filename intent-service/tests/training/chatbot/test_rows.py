"""The rows are as many as asked, balanced, all different, and in their parts."""

from collections import Counter
from itertools import pairwise

import pytest

from intent.training.chatbot.intents import INTENTS, NEW_TOPICS, SEEN_TOPICS
from intent.training.chatbot.messages import core
from intent.training.chatbot.parts import PARTS
from intent.training.chatbot.rows import MAX_ROWS, MIN_ROWS, Row, compose, topics


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    return compose(2400, 0)


@pytest.mark.parametrize("count", [MIN_ROWS, 101, 119, 333, 1000, 2400])
def test_sizes(count: int) -> None:
    found = compose(count, 1)
    assert len(found) == len({core(row.text) for row in found}) == len({row.id for row in found}) == count
    assert sum(row.intent is None for row in found) == count // 10
    cells = Counter((row.intent, row.language) for row in found if row.intent)
    assert len(cells) == 2 * len(INTENTS)
    assert max(cells.values()) - min(cells.values()) <= 1
    assert {(row.split, row.intent) for row in found} == {
        (part, intent) for part in PARTS for intent in (*INTENTS, None)
    }


def test_the_largest_size_has_no_two_alike() -> None:
    found = compose(MAX_ROWS, 0)
    assert len({core(row.text) for row in found}) == MAX_ROWS


@pytest.mark.parametrize("count", [-1, 0, MIN_ROWS - 1, MAX_ROWS + 1])
def test_other_sizes_are_refused(count: int) -> None:
    with pytest.raises(ValueError, match=r"choose from 100 to 50,000"):
        compose(count, 0)


def test_languages_are_balanced(rows: list[Row]) -> None:
    assert Counter(row.language for row in rows) == {"en": 1200, "fr": 1200}
    assert Counter(row.language for row in rows if row.intent is None) == {"en": 120, "fr": 120}


def test_new_topics_are_in_the_part_for_testing_only(rows: list[Row]) -> None:
    outside = {part: Counter(row.rule for row in rows if row.intent is None and row.split == part) for part in PARTS}
    assert set(outside["training"]) == set(outside["validation"]) == set(SEEN_TOPICS)
    assert set(outside["testing"]) == {*SEEN_TOPICS, *NEW_TOPICS}
    assert sum(outside["testing"][topic] for topic in NEW_TOPICS) * 2 == outside["testing"].total()


def test_topics_share_a_part_evenly() -> None:
    assert Counter(topics("training", 12)) == dict.fromkeys(SEEN_TOPICS, 2)
    assert topics("testing", 1) == [NEW_TOPICS[0]]
    assert topics("testing", 0) == []


def test_rows_are_in_random_order(rows: list[Row]) -> None:
    changes = sum(one.rule != other.rule for one, other in pairwise(rows))
    assert changes > 2000
    assert [row.id for row in rows] == sorted(row.id for row in rows)


def test_messages_are_short_and_long(rows: list[Row]) -> None:
    lengths = sorted(len(row.text.split()) for row in rows if row.intent)
    assert lengths[0] == 1
    assert lengths[-1] > 40


def test_seeds_differ(rows: list[Row]) -> None:
    other = {row.text for row in compose(2400, 1)}
    assert sum(row.text in other for row in rows) < 240
