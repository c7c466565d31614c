"""How a message is put together around what it asks for; the same in every language."""

from typing import Final

from intent.training.chatbot.intents import INTENTS, NEW_TOPICS, SEEN_TOPICS

_INTENT: Final = """
NAME =
    3* {NAME_short}
    9* {NAME_ask}
    4* {hello}, {NAME_ask}
    3* {NAME_ask} {thanks}
    3* {opener} {NAME_ask}
    4* {NAME_context} {NAME_ask}
    2* {NAME_ask} {NAME_context}
    2* {hello}, {NAME_context} {NAME_ask} {thanks}
    2* [{hello}. ]{ramble} {NAME_context} {NAME_ask}[ {ramble}]
"""

_BARE: Final = """
NAME = {NAME_ask}
"""

_TOPIC: Final = """
NAME = 6* {NAME_ask} | 2* {hello}, {NAME_ask} | {opener} {NAME_ask} | {NAME_ask} {thanks}
"""

_UNFRAMED: Final = "greeting"


def frames() -> str:
    """Return a rule for each intent and each topic, in the grammar's notation.

    A language's own grammar gives the rules `hello`, `thanks`, `opener` and `ramble`, for each topic `…_ask`, and for
    each intent `…_short`, `…_ask` and `…_context`; of the greeting, which is its own frame, only `greeting_ask`.
    """
    intents = ((_BARE if name == _UNFRAMED else _INTENT).replace("NAME", name) for name in INTENTS)
    topics = (_TOPIC.replace("NAME", name) for name in SEEN_TOPICS + NEW_TOPICS)
    return "".join((*intents, *topics))
