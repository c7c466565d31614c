"""What is likely wrong with the data or the model: kinds of issue, each in a file of its own, and all of them here."""

from typing import Final

from debugger.issues import (
    ambiguous_classes,
    annotate_next,
    conflicting_labels,
    disagreements,
    label_errors,
    leaks,
    near_duplicates,
    out_of_scope,
    outliers,
    small_classes,
    weak_slices,
)
from debugger.issues.base import Kind

KINDS: Final[tuple[Kind, ...]] = (
    label_errors.KIND,
    disagreements.KIND,
    conflicting_labels.KIND,
    near_duplicates.KIND,
    leaks.KIND,
    outliers.KIND,
    out_of_scope.KIND,
    ambiguous_classes.KIND,
    small_classes.KIND,
    weak_slices.KIND,
    annotate_next.KIND,
)
"""In the order in which people should go through them."""

KIND_BY_NAME: Final[dict[str, Kind]] = {kind.name: kind for kind in KINDS}
