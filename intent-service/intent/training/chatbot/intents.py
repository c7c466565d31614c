"""The intents, and which of them are easily taken for each other."""

from typing import Final

INTENTS: Final = (
    "greeting",
    "track_order",
    "change_address",
    "cancel_order",
    "change_order",
    "return_item",
    "refund_status",
    "payment_failed",
    "charged_twice",
    "product_availability",
    "opening_hours",
    "speak_to_human",
)

HARD_PAIRS: Final = (
    ("track_order", "change_address"),
    ("cancel_order", "change_order"),
    ("return_item", "refund_status"),
    ("payment_failed", "charged_twice"),
)

PARTNERS: Final = {one: other for pair in HARD_PAIRS for one, other in (pair, pair[::-1])}
"""The other intent of the hard pair, for those that are in one."""

SEEN_TOPICS: Final = ("weather", "sports", "small_talk", "recipes", "films", "bookings")
"""What is out of scope in all parts of the data."""

NEW_TOPICS: Final = ("code", "health", "gardening", "sums", "subscriptions")
"""What is out of scope in the part for testing only."""
