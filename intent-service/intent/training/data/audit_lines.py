"""An audit as a few lines for a terminal."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Final

from intent.labels import Label
from intent.training.data.examples import Rejected
from intent.training.data.findings import Audit, Group, LabelSize, Member, NearPair

MAX_EXAMPLES: Final = 3
"""Of each kind of finding so many are shown, by which the report has at most 35 lines."""
MAX_LINE_CHARACTERS: Final = 160
MAX_NAME_CHARACTERS: Final = 40


def lines(audit: Audit) -> list[str]:
    """Return the report, each line at most 160 characters long."""
    return [_shortened(_printable(line), MAX_LINE_CHARACTERS) for line in _lines(audit)]


def _lines(audit: Audit) -> Iterator[str]:
    for part in audit.parts:
        outside = f", and {part.out_of_scope:,} out of scope" if part.out_of_scope else ""
        yield f"{part.part:<11}{part.rows:>9,} rows, {part.labels:,} labels{outside}"
    yield from _labels(audit)
    if audit.unlabeled:
        yield f"without a label: {audit.unlabeled:,} rows, not used"
    yield from _duplicates(audit)
    yield from _leaks(audit)
    yield from _rows("odd", audit.odd.count, audit.odd.first)
    yield from _rows("rejected", audit.rejected.count, audit.rejected.first)


def _labels(audit: Audit) -> Iterator[str]:
    trained = [size for size in audit.labels if size.training]
    if trained:
        yield f"largest labels in training: {_sizes(trained[:MAX_EXAMPLES])}"
        yield f"smallest labels in training: {_sizes(trained[::-1][:MAX_EXAMPLES])}"
    if audit.few:
        yield f"fewer than 2 rows in training: {_names(audit.few)}"
    if audit.only_in_testing:
        yield f"only in testing, never predicted: {_names(audit.only_in_testing)}"


def _duplicates(audit: Audit) -> Iterator[str]:
    exact, two, near = audit.exact_duplicates, audit.two_labels, audit.near_duplicates
    yield f"exact duplicates: {exact.count:,} texts in {exact.rows:,} rows"
    yield from _some(map(_group, exact.first))
    yield f"the same text with two labels: {two.count:,} texts in {two.rows:,} rows"
    yield from _some(map(_group, two.first))
    least = "" if near.is_complete else "at least "
    yield f"near-duplicates: {least}{near.count:,} pairs of texts, {least}{near.two_labels:,} of them with two labels"
    yield from _some(map(_pair, near.first_two_labels or near.first))


def _leaks(audit: Audit) -> Iterator[str]:
    testing = next((part for part in audit.parts if part.part == "testing"), None)
    if testing and testing.rows + testing.out_of_scope:
        shared, count = audit.shared, testing.rows + testing.out_of_scope
        least = "" if audit.near_duplicates.is_complete else "at least "
        found = f"{shared.exact:,} exactly, {least}{shared.near:,} others nearly"
        yield f"rows for testing whose text is in training: {found}, of {count:,}"
        yield from _some(map(_group, shared.first_exact))
        yield from _some(map(_pair, shared.first_near))


def _rows(what: str, count: int, first: Sequence[Rejected]) -> Iterator[str]:
    yield f"{what} rows: {count:,}"
    yield from _some(f"{row.place} {row.reason}" for row in first)


def _some(findings: Iterable[str]) -> Iterator[str]:
    yield from (f"  {finding}" for finding in islice(findings, MAX_EXAMPLES))


def _group(group: Group) -> str:
    more = f" and {group.rows - MAX_EXAMPLES:,} more" if group.rows > MAX_EXAMPLES else ""
    return " = ".join(map(_member, group.first[:MAX_EXAMPLES])) + more


def _pair(pair: NearPair) -> str:
    return f"{pair.similarity:.2f} {_member(pair.one)} ~ {_member(pair.other)}"


def _member(member: Member) -> str:
    label = "out of scope" if member.label is None else _name(member.label)
    return f"{member.place} ({label})"


def _sizes(sizes: Sequence[LabelSize]) -> str:
    return ", ".join(f"{_name(size.label)} {size.training:,}" for size in sizes)


def _names(labels: Sequence[Label]) -> str:
    more = f" and {len(labels) - MAX_EXAMPLES:,} more" if len(labels) > MAX_EXAMPLES else ""
    return ", ".join(map(_name, labels[:MAX_EXAMPLES])) + more


def _name(label: Label) -> str:
    return _shortened(str(label), MAX_NAME_CHARACTERS)


def _printable(line: str) -> str:
    return "".join(character if character.isprintable() else "?" for character in line)


def _shortened(text: str, limit: int) -> str:
    return text if len(text) <= limit else f"{text[: limit - 1]}…"
