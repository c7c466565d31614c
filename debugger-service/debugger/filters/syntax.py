"""What a filter says: its grammar, and the tree that a text is read into."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any, Final, Literal, cast

import orjson
from lark import Lark, Token, Transformer, v_args
from lark.exceptions import UnexpectedInput, VisitError

from shared.refusals import RefusalError

MAX_LENGTH: Final = 4000
MAX_DEPTH: Final = 20
MIN_CORNERS: Final = 3
MAX_CORNERS: Final = 200
"""Of a polygon on the map."""

Operator = Literal["=", "!=", "<", "<=", ">", ">=", ":"]

_GRAMMAR: Final = r"""
    ?start: expression
    ?expression: conjunction | disjunction | factor
    conjunction: factor ("AND"? factor)+
    disjunction: factor ("OR" factor)+
    ?factor: ("NOT" | "-") factor -> negation
        | "(" expression ")" -> group
        | restriction
    ?restriction: FIELD (OPERATOR | COLON) value -> comparison
        | FIELD COLON "*" -> presence
        | "similar" "(" value ")" OPERATOR NUMBER -> similarity
        | INSIDE "(" STRING ")" -> inside
        | STRING -> search
        | FIELD -> search
    ?value: STRING -> string
        | NUMBER -> number
        | FIELD -> word
    OPERATOR: "!=" | "<=" | ">=" | "=" | "<" | ">"
    COLON: ":"
    FIELD: /(?!(?:AND|OR|NOT)(?![\w.]))[^\W\d][\w-]*(?:\.[^\W\d][\w-]*)*/
    NUMBER.2: /-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?/
    INSIDE.2: /inside(?=\s*\()/
    STRING: /"(?:[^"\\\x00-\x1f]|\\.)*"/
    %ignore /[ \t\r\n]+/
"""


class BrokenFilterError(RefusalError):
    """The text is no filter."""


@dataclass(frozen=True)
class Comparison:
    """A field's value against another."""

    field: str
    operator: Operator
    value: str | float


@dataclass(frozen=True)
class Presence:
    """The field has any value."""

    field: str


@dataclass(frozen=True)
class Similarity:
    """The cosine of the row's embedding with that of a row, by its number, or of a sentence."""

    to: str | int
    operator: Operator
    threshold: float


@dataclass(frozen=True)
class Inside:
    """The row is inside the polygon on the map."""

    corners: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Search:
    """All words of `text` are in the row's text."""

    text: str


@dataclass(frozen=True)
class Not:
    """What the part does not find."""

    part: "Filter"


class Numeral(float):
    """A number as it was written, which texts are compared with: 007 is another one than 7."""

    text: str

    def __new__(cls, text: str) -> "Numeral":
        """Take what was written."""
        numeral = super().__new__(cls, text)
        numeral.text = text
        return numeral

    def __eq__(self, other: object) -> bool:
        return super().__eq__(other) and (not isinstance(other, Numeral) or self.text == other.text)

    __hash__ = float.__hash__


@dataclass(frozen=True)
class And:
    """What all parts find."""

    parts: tuple["Filter", ...]


@dataclass(frozen=True)
class Or:
    """What any of the parts finds."""

    parts: tuple["Filter", ...]


Filter = Comparison | Presence | Similarity | Inside | Search | Not | And | Or


def parse(text: str) -> Filter | None:
    """Return the filter in `text`, None if that is empty; raises BrokenFilterError."""
    if len(text) > MAX_LENGTH:
        raise BrokenFilterError(f"The filter has more than {MAX_LENGTH} characters.")
    if not text.strip():
        return None
    try:
        tree: Filter = _PARSER.parse(text)  # type: ignore[assignment]
    except UnexpectedInput as error:
        raise BrokenFilterError(_explained(text, error)) from error
    except VisitError as error:
        raise BrokenFilterError(str(error.orig_exc)) from error
    if _depth(tree) > MAX_DEPTH:
        raise BrokenFilterError(f"The filter is nested more than {MAX_DEPTH} deep.")
    return tree


def quoted(text: str) -> str:
    """Return `text` as a string of the language."""
    return orjson.dumps(text).decode()


@v_args(inline=True)
class _Builder(Transformer[Token, Filter]):
    def string(self, token: Token) -> str:
        return _unquoted(token)

    def number(self, token: Token) -> Numeral:
        return Numeral(str(token))

    def word(self, token: Token) -> str:
        return str(token)

    def comparison(self, field: Token, operator: Token, value: str | float) -> Filter:
        return Comparison(str(field), operator.value, value)

    def presence(self, field: Token, _: Token) -> Filter:
        return Presence(str(field))

    def similarity(self, to: str | float, operator: Token, threshold: Token) -> Filter:
        return Similarity(int(to) if isinstance(to, float) else to, operator.value, float(threshold))

    def inside(self, _: Token, corners: Token) -> Filter:
        return Inside(_polygon(_unquoted(corners)))

    def search(self, token: Token) -> Filter:
        return Search(_unquoted(token) if token.type == "STRING" else str(token))

    def negation(self, part: Filter) -> Filter:
        return Not(part)

    def group(self, part: Filter) -> Filter:
        return part

    def conjunction(self, *parts: Filter) -> Filter:
        return And(parts)

    def disjunction(self, *parts: Filter) -> Filter:
        return Or(parts)


def _unquoted(token: Token) -> str:
    try:
        text: Any = orjson.loads(str(token))
    except orjson.JSONDecodeError as error:
        raise BrokenFilterError(f"{token} is no string: write a backslash as two.") from error
    if "\0" in text:
        raise BrokenFilterError("No text has the character U+0000.")
    return str(text)


def _polygon(text: str) -> tuple[tuple[float, float], ...]:
    try:
        numbers = [float(part) for part in text.split()]
    except ValueError:
        numbers = []
    if len(numbers) % 2 or not MIN_CORNERS <= len(numbers) // 2 <= MAX_CORNERS or not all(map(isfinite, numbers)):
        raise BrokenFilterError(
            f"`inside` takes {MIN_CORNERS} to {MAX_CORNERS} corners on the map, x and y of each, as in "
            '`inside("0 0 0.5 0 0.5 0.5")`.'
        )
    return tuple(zip(numbers[::2], numbers[1::2]))


def _depth(tree: Filter) -> int:
    """Return how deep the tree is, without recursion: it may be as deep as the text is long."""
    depth, level = 0, [tree]
    while level:
        depth, level = depth + 1, [part for each in level for part in _parts(each)]
    return depth


def _parts(tree: Filter) -> Sequence[Filter]:
    match tree:
        case Not(part):
            return [part]
        case And(parts) | Or(parts):
            return parts
        case _:
            return []


def _explained(text: str, error: UnexpectedInput) -> str:
    position = cast("int", error.pos_in_stream)
    found = f"at {text[position : position + 20]!r}" if text[position:].strip() else "at its end"
    return (
        f"The filter cannot be read {found} (character {position + 1}). It is made of comparisons such as "
        '`label = "refund"`, joined by AND or OR; where both are used, parentheses say what belongs together.'
    )


_PARSER: Final = Lark(_GRAMMAR, parser="lalr", transformer=_Builder(), maybe_placeholders=False)
