"""English words drawn together, or apart: `don't` and `do not`."""

import re
from collections.abc import Iterator
from typing import Final

import numpy as np

from debugger.behaviour.perturbed import Perturbation, Variant
from debugger.behaviour.words import like

_ENDINGS: Final = {"m": "am", "re": "are", "ll": "will", "ve": "have"}
_IRREGULAR: Final = {"ca": "can", "wo": "will", "sha": "shall"}
_PARTICIPLE: Final = r"(?:been|got|gone|had|done|seen|lost|made|paid|sent|become|taken|forgotten|\w{2,}ed)\b"
_HAS: Final = rf"(?= (?:not |already |just |never |always |only )?{_PARTICIPLE})"
"""`have` is drawn to what is before it only as an auxiliary."""

_INVERTED: Final = re.compile(r"\b(\w+)n['\u2019]t (i|you|we|they|he|she|it)\b", re.IGNORECASE)
_NEGATED: Final = re.compile(r"\b(?!ai)(\w+)n['\u2019]t\b", re.IGNORECASE)
_LETS: Final = re.compile(r"\b(let)['\u2019]s\b", re.IGNORECASE)
_ENDED: Final = re.compile(
    r"\b(i|you|we|they|he|she|it|that|there|what|who|where)['\u2019](m|re|ll|ve)\b", re.IGNORECASE
)
_HAS_ENDED: Final = re.compile(rf"\b(he|she|it|that|there|what|who|where)['\u2019]s\b{_HAS}", re.IGNORECASE)
_IS_ENDED: Final = re.compile(r"\b(he|she|it|that|there|here|what|who|where|when|how|why)['\u2019]s\b", re.IGNORECASE)
_WOULD_ENDED: Final = re.compile(
    r"\b(i|you|we|they|he|she)['\u2019]d(?= (?:like|love|rather|prefer|appreciate|want|need|be)\b)", re.IGNORECASE
)

_NOT: Final = re.compile(
    r"\b(do|does|did|is|are|was|were|has|have|had|could|would|should) not\b(?! only)", re.IGNORECASE
)
_CANNOT: Final = re.compile(r"\b(can) ?not\b(?! only)", re.IGNORECASE)
_WILL_NOT: Final = re.compile(r"\b(w)ill not\b", re.IGNORECASE)
_LET_US: Final = re.compile(r"\b(let) us(?= \w)", re.IGNORECASE)
_AM: Final = re.compile(r"\b(i) am(?= \w)", re.IGNORECASE)
_ARE: Final = re.compile(r"\b(you|we|they) are(?= \w)", re.IGNORECASE)
_IS: Final = re.compile(r"\b(he|she|it|that|there|what|who|where|how) is(?= \w)", re.IGNORECASE)
_WILL: Final = re.compile(r"\b(i|you|we|they|he|she|it) will(?= \w)", re.IGNORECASE)
_WOULD: Final = re.compile(r"\b(i|you|we|they|he|she) would(?= \w)", re.IGNORECASE)
_HAVE: Final = re.compile(rf"\b(i|you|we|they) have{_HAS}", re.IGNORECASE)
_CONTRACTING: Final = (
    (_NOT, "n't"), (_CANNOT, "'t"), (_WILL_NOT, "on't"), (_LET_US, "'s"), (_AM, "'m"), (_ARE, "'re"), (_IS, "'s"),
    (_WILL, "'ll"), (_WOULD, "'d"), (_HAVE, "'ve"),
)  # fmt: skip


def expanded(text: str) -> str:
    """Return `text` with what was drawn together apart; what may mean two things, such as `'d had`, stays."""
    text = _INVERTED.sub(lambda found: f"{_verb(found[1])} {found[2]} {_after(found[1], 'not')}", text)
    text = _NEGATED.sub(lambda found: f"{_verb(found[1])} {_after(found[1], 'not')}", text)
    text = _LETS.sub(lambda found: f"{found[1]} {_after(found[1], 'us')}", text)
    text = _ENDED.sub(lambda found: f"{found[1]} {_after(found[0], _ENDINGS[found[2].lower()])}", text)
    text = _HAS_ENDED.sub(lambda found: f"{found[1]} {_after(found[0], 'has')}", text)
    text = _IS_ENDED.sub(lambda found: f"{found[1]} {_after(found[0], 'is')}", text)
    return _WOULD_ENDED.sub(lambda found: f"{found[1]} {_after(found[0], 'would')}", text)


def contracted(text: str) -> str:
    """Return `text` with all drawn together that may be; at the end of a sentence (`that is how it is`) it may not."""
    for pattern, ending in _CONTRACTING:
        text = pattern.sub(lambda found, ending=ending: found[1] + _after(found[0], ending), text)  # type: ignore[misc]
    return text


def _verb(stem: str) -> str:
    return like(stem, _IRREGULAR[stem.lower()]) if stem.lower() in _IRREGULAR else stem


def _after(written: str, word: str) -> str:
    """Return `word` in capitals after what is all in capitals."""
    return word.upper() if written.isupper() and sum(map(str.isalpha, written)) > 1 else word


def _variants(text: str, _: np.random.Generator) -> Iterator[Variant]:
    yield expanded(text), "contractions written out"
    yield contracted(text), "contracted"


CONTRACTIONS: Final = Perturbation(
    "contractions", "Contractions", "English contractions written out, and the reverse.", _variants, is_english=True
)
