"""The intents are twelve, and hard pairs go both ways."""

from intent.training.chatbot.intents import HARD_PAIRS, INTENTS, NEW_TOPICS, PARTNERS, SEEN_TOPICS


def test_twelve_intents_with_hard_pairs_among_them() -> None:
    assert len(set(INTENTS)) == 12
    assert len(HARD_PAIRS) >= 3
    assert set(PARTNERS) <= set(INTENTS)
    assert all(PARTNERS[other] == one for one, other in PARTNERS.items())


def test_topics_are_no_intents_and_seen_or_new() -> None:
    assert len({*INTENTS, *SEEN_TOPICS, *NEW_TOPICS}) == len(INTENTS) + len(SEEN_TOPICS) + len(NEW_TOPICS)
