"""What is said where nothing is installed that trains."""

import sys

import pytest

from intent.retraining.packages import require_installed
from intent.retraining.refusals import MissingPackagesError
from intent.retraining.trainings import Wanted


def test_what_is_missing_is_named_with_what_brings_it(monkeypatch: pytest.MonkeyPatch) -> None:
    require_installed(Wanted(encoder="minilm"))
    monkeypatch.setitem(sys.modules, "torch", None)
    require_installed(Wanted())
    with pytest.raises(MissingPackagesError, match=r"without torch: .*\[training,encoder-training\]"):
        require_installed(Wanted(encoder="minilm"))
    monkeypatch.setitem(sys.modules, "sklearn", None)
    with pytest.raises(MissingPackagesError, match=r"without sklearn: install flotilla-intent\[training\]"):
        require_installed(Wanted())
