"""How a grammar is written.

    name = text | text with {another_rule} [perhaps this] (one | of these)
    name =
        3* an alternative a line, this one three times as likely
        another
    name := text that stays the same within a sentence

A rule may be added to: the same name again continues it. `[…]` is there half the time. Empty lines mean nothing.
"""

import re
from collections.abc import Callable, Iterator
from typing import Final

from intent.training.chatbot.grammar import Choice, Grammar, GrammarError, Joined, Node, Reference

_RULE: Final = re.compile(r"(\w+) (:?)=(.*)")
_PIECE: Final = re.compile(r"\{\w+\}|[{}()\[\]|]|[^{}()\[\]|]+")
_WEIGHT: Final = re.compile(r"\s*(\d+)\*")


def parse_grammar(text: str) -> Grammar:
    """Return the grammar that `text` writes. Raises GrammarError, with the line or the rule."""
    alternatives: dict[str, list[tuple[int, Node]]] = {}
    kept = {rule[1] for line in text.splitlines() if (rule := _RULE.fullmatch(line)) and rule[2]}
    for number, name, line in _lines(text):
        try:
            alternatives.setdefault(name, []).extend(_Parser(line).whole() if line.strip() else [])
        except GrammarError as error:
            raise GrammarError(f"line {number}: {error}") from error
    empty = [name for name, options in alternatives.items() if not options]
    if empty:
        raise GrammarError(f"rules without a text: {', '.join(empty)}")
    return Grammar({name: _choice(options) for name, options in alternatives.items()}, kept)


def _lines(text: str) -> Iterator[tuple[int, str, str]]:
    """Yield each line's number, the rule that it belongs to, and its alternatives."""
    name = ""
    for number, line in enumerate(text.splitlines(), 1):
        if rule := _RULE.fullmatch(line):
            name = rule[1]
            yield number, name, rule[3]
        elif name and (line.startswith(" ") or not line.strip()):
            yield number, name, line
        elif line.strip():
            raise GrammarError(f"line {number}: neither `name = text` nor an indented alternative: {line}")


def _choice(alternatives: list[tuple[int, Node]]) -> Node:
    if len(alternatives) == 1:
        return alternatives[0][1]
    weights, options = zip(*alternatives, strict=True)
    return Choice(options, weights)


def _trimmed(node: Node) -> Node:
    """Return the node without the blanks that set it apart from other alternatives."""
    if isinstance(node, str):
        return node.strip()
    if not isinstance(node, Joined) or not node.parts:
        return node
    first, *middle, last = node.parts
    return Joined((_cut(first, str.lstrip), *middle, _cut(last, str.rstrip)))


def _cut(node: Node, strip: Callable[[str], str]) -> Node:
    return strip(node) if isinstance(node, str) else node


class _Parser:
    """Reads one line by recursive descent."""

    def __init__(self, line: str) -> None:
        self._pieces = _PIECE.findall(line)
        self._place = 0

    def whole(self) -> list[tuple[int, Node]]:
        alternatives = self._alternatives()
        if self._next():
            raise GrammarError(f"`{self._next()}` where nothing is open")
        return [(weight, _trimmed(node)) for weight, node in alternatives]

    def _next(self) -> str:
        return self._pieces[self._place] if self._place < len(self._pieces) else ""

    def _alternatives(self) -> list[tuple[int, Node]]:
        alternatives = [self._alternative()]
        while self._next() == "|":
            self._place += 1
            alternatives.append(self._alternative())
        return alternatives

    def _alternative(self) -> tuple[int, Node]:
        weight = self._weight()
        parts: list[Node] = []
        while (piece := self._next()) and piece not in {"|", ")", "]"}:
            self._place += 1
            parts.append(self._part(piece))
        return weight, parts[0] if len(parts) == 1 else Joined(tuple(parts))

    def _weight(self) -> int:
        found = _WEIGHT.match(self._next())
        if not found:
            return 1
        if not int(found[1]):
            raise GrammarError("a weight must be 1 or more")
        self._pieces[self._place] = self._next()[found.end() :] or " "
        return int(found[1])

    def _part(self, piece: str) -> Node:
        if piece == "(":
            return self._closed(")")
        if piece == "[":
            return Choice((self._closed("]"), ""), (1, 1))
        if piece in {"{", "}"}:
            raise GrammarError("a slot is written {name}, with nothing but the name in it")
        return Reference(piece[1:-1]) if piece.startswith("{") else piece

    def _closed(self, closing: str) -> Node:
        inside = _choice(self._alternatives())
        if self._next() != closing:
            raise GrammarError(f"`{closing}` is missing")
        self._place += 1
        return inside
