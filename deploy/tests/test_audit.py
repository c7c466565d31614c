"""An audit says what it audited, and an audit of nothing is none."""

from typing import Any, Final

import pytest

from deploy.supply.audit import report

SOUND: Final = {"name": "fastapi", "version": "0.165.0", "vulns": []}
UNKNOWN: Final = {"name": "torch", "skip_reason": "not found"}
VULNERABLE: Final = {
    "name": "pillow",
    "version": "13.0.0",
    "vulns": [{"id": "PYSEC-1", "fix_versions": ["13.0.1", "14.0.0"]}, {"id": "PYSEC-2", "fix_versions": []}],
}


@pytest.mark.parametrize(
    ("found", "required", "status", "said"),
    [
        ([SOUND], False, 0, "1 packages audited, 0 with"),
        ([SOUND], True, 0, "1 packages audited, 0 with"),
        ([SOUND, UNKNOWN], False, 0, "Not audited, as the index does not know them: torch"),
        ([SOUND, UNKNOWN], True, 1, "Not audited, as the index does not know them: torch"),
        ([UNKNOWN], False, 0, "Nothing was audited"),
        ([UNKNOWN], True, 1, "Nothing was audited"),
        ([SOUND, VULNERABLE], False, 1, "pillow 13.0.0: PYSEC-1, mended in 13.0.1, 14.0.0"),
        ([SOUND, VULNERABLE], False, 1, "pillow 13.0.0: PYSEC-2, mended in no version yet"),
    ],
)
def test_what_was_audited_is_said(
    found: list[dict[str, Any]], required: bool, status: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert report({"dependencies": found}, required=required) == status
    assert said in capsys.readouterr().out
