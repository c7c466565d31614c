"""What is written in French, without typing mistakes."""

from typing import Final

from intent.training.chatbot.french import money, orders, shop, topics, words
from intent.training.chatbot.french.words import FEMININE, MASCULINE, SHORTHAND, TU, VOUS

__all__ = ["FEMININE", "MASCULINE", "SHORTHAND", "TEXT", "TU", "VOUS"]

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
"""The rules that complete the frames, but for what VOUS or TU, and MASCULINE or FEMININE, give."""
