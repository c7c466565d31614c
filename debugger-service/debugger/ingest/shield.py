"""What keeps a spreadsheet from running a cell of CSV as a formula, and how the cell is read back exactly.

OWASP's remedy (https://owasp.org/www-community/attacks/CSV_Injection) is an apostrophe before what a formula may begin
with. A text that itself begins with apostrophes and then with such a sign gets one more too. So who takes one
apostrophe off a cell that has at least one and then such a sign, has exactly what was written. Other texts that begin
with an apostrophe, such as "'tis", are left alone both ways. Of a file that nobody shielded this changes only cells
such as "'=1".
"""

import re
from typing import Final

APOSTROPHE: Final = "'"

_DANGEROUS: Final = re.compile("'*[=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")
"""OWASP's list; the last four are full-width."""


def shielded(text: str) -> str:
    """Return the cell for a text."""
    return APOSTROPHE + text if _DANGEROUS.match(text) else text


def unshielded(cell: str) -> str:
    """Return the text of a cell."""
    return cell[1:] if cell.startswith(APOSTROPHE) and _DANGEROUS.match(cell) else cell
