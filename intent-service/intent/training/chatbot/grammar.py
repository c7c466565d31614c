"""A context-free grammar without recursion, from which sentences are drawn."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from math import prod
from typing import TypeAlias

from intent.training.chatbot.chance import Chance


class GrammarError(ValueError):
    """The grammar cannot be used; the text says which rule is wrong and how."""


@dataclass(frozen=True, slots=True)
class Reference:
    """A rule's name: a slot that one of the rule's texts fills."""

    name: str


@dataclass(frozen=True, slots=True)
class Joined:
    """Parts that follow one another."""

    parts: "tuple[Node, ...]"


@dataclass(frozen=True, slots=True)
class Choice:
    """Alternatives, each with a weight from 1 up."""

    options: "tuple[Node, ...]"
    weights: tuple[int, ...]


Node: TypeAlias = str | Reference | Joined | Choice


class Grammar:
    """Rules by name; those in `kept` give the same text wherever a sentence names them.

    Raises GrammarError when a rule names one that is missing, or itself in the end, so that every draw ends.
    """

    def __init__(self, rules: Mapping[str, Node], kept: AbstractSet[str] = frozenset()) -> None:
        self.rules = dict(rules)
        self._kept = kept
        self._counts: dict[str, int] = {}
        for name in self.rules:
            self._count_rule(name, ())

    def sample(self, start: str, chance: Chance) -> str:
        """Return a sentence of the rule `start`, with single spaces. Raises KeyError when there is no such rule."""
        return " ".join(self._expand(self.rules[start], chance, {}).split())

    def derivations(self, start: str) -> int:
        """Return in how many ways a sentence could be drawn from the rule if none were kept; some give the same one."""
        return self._counts[start]

    def reachable(self, *starts: str) -> frozenset[str]:
        """Return the names of all rules that a sentence from one of `starts` can use, these included."""
        found: set[str] = set()
        waiting = list(starts)
        while waiting:
            name = waiting.pop()
            if name not in found:
                found.add(name)
                waiting += references(self.rules[name])
        return frozenset(found)

    def _expand(self, node: Node, chance: Chance, filled: dict[str, str]) -> str:
        match node:
            case str():
                return node
            case Reference(name):
                return self._fill(name, chance, filled)
            case Joined(parts):
                return "".join(self._expand(part, chance, filled) for part in parts)
            case Choice(options, weights):
                return self._expand(options[chance.weighted(weights)], chance, filled)

    def _fill(self, name: str, chance: Chance, filled: dict[str, str]) -> str:
        if name not in self._kept:
            return self._expand(self.rules[name], chance, filled)
        if name not in filled:
            filled[name] = self._expand(self.rules[name], chance, filled)
        return filled[name]

    def _count_rule(self, name: str, path: tuple[str, ...]) -> int:
        if name in path:
            raise GrammarError(f"the rule {name} leads back to itself: {' > '.join((*path, name))}")
        if name not in self.rules:
            raise GrammarError(f"the rule {path[-1]} names {{{name}}}, which does not exist")
        if name not in self._counts:
            self._counts[name] = self._count(self.rules[name], (*path, name))
        return self._counts[name]

    def _count(self, node: Node, path: tuple[str, ...]) -> int:
        match node:
            case str():
                return 1
            case Reference(name):
                return self._count_rule(name, path)
            case Joined(parts):
                return prod(self._count(part, path) for part in parts)
            case Choice(options):
                return sum(self._count(option, path) for option in options)


def references(node: Node) -> list[str]:
    """Return the names of the rules that a part of a grammar names itself."""
    match node:
        case str():
            return []
        case Reference(name):
            return [name]
        case Joined(parts) | Choice(parts):
            return [name for part in parts for name in references(part)]
