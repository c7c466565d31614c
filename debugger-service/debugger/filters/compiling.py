"""A filter as a condition in SQL."""

import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import numpy as np
from sqlalchemy import ColumnElement, LargeBinary, and_, any_, bindparam, case, cast, false, func, not_, or_, select
from sqlalchemy import Integer as SqlInteger
from sqlalchemy.dialects.postgresql import ARRAY, REAL
from sqlalchemy.orm import Mapped, aliased
from sqlmodel import col

from debugger.filters.fields import CLUSTER, FIELDS, ISSUE, TEXT_VECTOR, FieldSpec, Scope
from debugger.filters.syntax import (
    And,
    BrokenFilterError,
    Comparison,
    Filter,
    Inside,
    Not,
    Numeral,
    Or,
    Presence,
    Search,
    Similarity,
)
from debugger.tables import FoundIssue, Row

Condition = ColumnElement[bool]

MAX_LISTED: Final = 1000
"""So many numbers of rows are told one by one."""

Looked = Similarity | Inside | Comparison
"""What is answered from the arrays of an analysis: similarity, the place on the map, and the cluster."""

_Issue: Final = aliased(FoundIssue)  # for a query that joins issues may have such a condition too

_COMPARE: Final[Mapping[str, Callable[[Any, Any], Any]]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_BOOLEANS: Final = {"true": True, "false": False}


def looked_up(tree: Filter | None) -> list[Looked]:
    """Return the parts whose rows must be known before the filter can be compiled."""
    match tree:
        case Similarity() | Inside():
            return [tree]
        case Comparison(field) if field == CLUSTER:
            return [tree]
        case Not(part):
            return looked_up(part)
        case And(parts) | Or(parts):
            return [each for part in parts for each in looked_up(part)]
        case _:
            return []


def searches_words(tree: Filter | None) -> bool:
    """Whether the words of texts are searched."""
    match tree:
        case Search() | Comparison("text", ":"):
            return True
        case Not(part):
            return searches_words(part)
        case And(parts) | Or(parts):
            return any(map(searches_words, parts))
        case _:
            return False


def compile_filter(tree: Filter | None, scope: Scope, found: Mapping[Looked, Sequence[int]]) -> Condition:
    """Return the condition on the rows of `scope`; `found` has the numbers of rows for each of `looked_up`.

    Raises BrokenFilterError for a field that there is not, or a value that it cannot have.
    """
    mine: Condition = col(Row.project_id) == scope.project_id
    return mine if tree is None else and_(mine, _Compiler(scope, found).condition(tree))


class _Compiler:
    def __init__(self, scope: Scope, found: Mapping[Looked, Sequence[int]]) -> None:
        self._scope = scope
        self._found = found

    def condition(self, tree: Filter) -> Condition:
        match tree:
            case And(parts):
                return and_(*map(self.condition, parts))
            case Or(parts):
                return or_(*map(self.condition, parts))
            case Not(part):
                return not_(func.coalesce(self.condition(part), false()))
            case Search(text):
                return _has_words(text)
            case Presence(field):
                return self._presence(field)
            case Similarity() | Inside():
                return _among(self._found[tree])
            case Comparison(field):
                return _among(self._found[tree]) if field == CLUSTER else self._comparison(tree)

    def _presence(self, field: str) -> Condition:
        if field == ISSUE:
            return self._issue()
        condition: Condition = _field(field).expression.is_not(None)
        return condition

    def _comparison(self, tree: Comparison) -> Condition:
        name, _, kind = tree.field.partition(".")
        if name == ISSUE:
            return self._issue_score(kind, tree) if kind else self._issue_kind(tree)
        spec = _field(tree.field)
        match spec.type:
            case "words":
                return _words(tree)
            case "text":
                return _text(spec, tree)
            case "boolean":
                return _boolean(spec, tree)
            case "number":
                return _numeric(spec.expression, tree)

    def _issue(self, *conditions: Condition) -> Condition:
        mine = (col(_Issue.analysis_id) == self._scope.analysis_id, col(_Issue.number) == col(Row.number))
        return select(col(_Issue.rank)).where(*mine, *conditions).correlate(Row).exists()

    def _issue_kind(self, tree: Comparison) -> Condition:
        if tree.operator not in {"=", ":", "!="}:
            raise BrokenFilterError("`issue` is a kind of issue, such as `issue : label_error`, and takes no < or >.")
        condition = self._issue(col(_Issue.kind) == str(tree.value))
        return not_(condition) if tree.operator == "!=" else condition

    def _issue_score(self, kind: str, tree: Comparison) -> Condition:
        return self._issue(col(_Issue.kind) == kind, _numeric(col(_Issue.score), tree))


def _field(name: str) -> FieldSpec:
    if name not in FIELDS:
        known = ", ".join([*FIELDS, ISSUE, CLUSTER, "similar(…)", "inside(…)"])
        raise BrokenFilterError(f"There is no field {name}. There are: {known}.")
    return FIELDS[name]


def _among(numbers: Sequence[int]) -> Condition:
    """Return that the row is one of these: few are looked up, of many there is a bit for each row."""
    number = col(Row.number)
    if len(numbers) <= MAX_LISTED:
        return number == any_(bindparam(None, list(numbers), type_=ARRAY(SqlInteger), unique=True))
    marked = np.zeros(max(numbers) + 1, np.bool_)
    marked[numbers] = True
    bits = bindparam(None, np.packbits(marked, bitorder="little").tobytes(), type_=LargeBinary, unique=True)
    return case((number < len(marked), func.get_bit(bits, number) == 1), else_=false())


def _has_words(text: str) -> Condition:
    condition: Condition = TEXT_VECTOR.op("@@")(func.plainto_tsquery("simple", text))
    return condition


def _words(tree: Comparison) -> Condition:
    text = str(tree.value)
    match tree.operator:
        case ":":
            return _has_words(text)
        case "=":
            return col(Row.text) == text
        case "!=":
            return col(Row.text) != text
        case _:
            raise BrokenFilterError('`text` is searched, as in `text : "refund"`, and takes no < or >.')


def _text(spec: FieldSpec, tree: Comparison) -> Condition:
    value = tree.value.text if isinstance(tree.value, Numeral) else str(tree.value)
    match tree.operator:
        case "=":
            condition: Condition = spec.expression == value
        case "!=":
            condition = spec.expression.is_distinct_from(value)
        case ":":
            condition = spec.expression.icontains(value, autoescape=True)
        case _:
            raise BrokenFilterError(f"`{tree.field}` is a text and takes no < or >.")
    return condition


def _boolean(spec: FieldSpec, tree: Comparison) -> Condition:
    if tree.operator not in {"=", "!="} or tree.value not in _BOOLEANS:
        raise BrokenFilterError(f"`{tree.field}` is true or false, as in `{tree.field} = false`.")
    wanted = _BOOLEANS[str(tree.value)] is (tree.operator == "=")
    condition: Condition = spec.expression if wanted else not_(spec.expression)
    return condition


def _numeric(expression: ColumnElement[Any] | Mapped[Any], tree: Comparison) -> Condition:
    if not isinstance(tree.value, float) or tree.operator == ":":
        raise BrokenFilterError(f"`{tree.field}` is compared with a number, as in `{tree.field} > 0.5`.")
    # A REAL is compared as one: 0.3 is to equal the 0.3 that was stored.
    value: Any = cast(_nearest_real(tree.value), REAL) if _is_real(expression) else tree.value
    condition: Condition = _COMPARE[tree.operator](expression, value)
    return condition


def _nearest_real(value: float) -> float:
    """Return 0 or infinity for what is beyond a REAL, which PostgreSQL refuses to convert."""
    with np.errstate(over="ignore", under="ignore"):
        return float(np.float32(value))


def _is_real(expression: ColumnElement[Any] | Mapped[Any]) -> bool:
    return isinstance(getattr(expression, "type", None), REAL)
