"""Answers carry the fields of the tightest rate; a refusal says when to come again."""

import pytest

from gateway.limiting.policy import Policy
from gateway.limiting.taken import Taken, in_words

POLICY = Policy.parse("standard", ["20/second", "600/minute"])


def test_headers_are_those_of_the_tightest_rate() -> None:
    assert Taken(POLICY, POLICY.rates[1], 7, 42, granted=True).headers() == [
        (b"ratelimit-limit", b"600"),
        (b"ratelimit-remaining", b"7"),
        (b"ratelimit-reset", b"42"),
        (b"ratelimit-policy", b"20;w=1, 600;w=60"),
    ]


def test_a_refusal_names_the_limit_and_when_it_is_open_again() -> None:
    error = Taken(POLICY, POLICY.rates[1], 0, 42, granted=False).refusal()
    assert error.status == 429
    assert error.detail == ("The limit standard of 600 requests per minute is reached; it is open again in 42 seconds.")
    assert error.headers == {
        "Retry-After": "42",
        "RateLimit-Limit": "600",
        "RateLimit-Remaining": "0",
        "RateLimit-Reset": "42",
        "RateLimit-Policy": "20;w=1, 600;w=60",
    }


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(1, "1 second"), (119, "119 seconds"), (121, "3 minutes"), (7200, "2 hours"), (7201, "3 hours")],
)
def test_times_are_rounded_up(seconds: int, words: str) -> None:
    assert in_words(seconds) == words
