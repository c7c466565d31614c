"""What is written in English, without typing mistakes."""

from typing import Final

from intent.training.chatbot.english import money, orders, shop, topics, words
from intent.training.chatbot.english.words import SHORTHAND

__all__ = ["SHORTHAND", "TEXT"]

TEXT: Final = "".join(
    (
        words.SLOTS,
        words.MANNERS,
        shop.GREETING,
        shop.SHOP,
        orders.DELIVERY,
        orders.ORDERS,
        money.RETURNS,
        money.PAYMENTS,
        topics.SEEN,
        topics.NEW,
    )
)
"""The rules that complete the frames."""
