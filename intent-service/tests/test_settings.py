"""Who may have models trained, where nothing is said about it."""

from typing import Final

import pytest

from intent.settings import Settings

EVERYWHERE: Final = "0.0.0.0"  # noqa: S104 looked at, not bound to


@pytest.mark.parametrize(
    ("host", "said", "expected"),
    [
        ("127.0.0.1", None, True),
        ("127.1.2.3", None, True),
        ("::1", None, True),
        ("localhost", None, True),
        (EVERYWHERE, None, False),
        ("::", None, False),
        ("192.168.0.1", None, False),
        ("intent", None, False),
        (EVERYWHERE, True, True),
        ("127.0.0.1", False, False),
    ],
)
def test_only_this_machine_may_unless_the_settings_say_otherwise(host: str, said: bool | None, expected: bool) -> None:
    assert Settings(host=host, trainings=said).takes_trainings is expected


def test_an_empty_variable_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INTENT_TRAININGS", "")
    assert Settings().trainings is None
    monkeypatch.setenv("INTENT_TRAININGS", "false")
    assert Settings().takes_trainings is False
