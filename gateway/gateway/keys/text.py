"""The text of an API key, as `flt_kq3v7m2xw5ta_` and 49 letters and digits more; 66 characters in all.

| part | characters | what it is for |
|---|---|---|
| `flt_` | 4 | says to people, logs' filters and secret scanners what this is |
| id | 12 of `a-z2-7`, then `_` | names the key in the file, in logs and in limits; no secret |
| secret | 43 of `0-9A-Za-z` | 256.03 bits from the system's random source |
| checksum | 6 of `0-9A-Za-z` | CRC-32 of all before it, in base 62 |

It passes through URLs and shells unchanged, and a double click selects all of it. The checksum lets a scanner tell a
key from what only looks like one, and a client learn that it mistyped, with no list of keys at hand: CRC-32 finds every
error within 32 bits, so each wrong character and each two that changed places. GitHub's tokens are built alike
("Behind GitHub's new authentication token formats", 2021). `PATTERN` is the regular expression for a scanner.

What is kept of a key is the SHA-256 of its text. A slow, salted hash such as Argon2 protects what people think up and
others can guess; nobody guesses 256 random bits, and a slow hash would only make each request slow. So NIST
SP 800-63B, section 5.1.2.2: look-up secrets with 112 bits of entropy or more are hashed with an approved one-way
function; only those with fewer need salt and a key derivation function. The hash is over the whole text, so it holds
with no other id and no other checksum.
"""

import re
import secrets
from hashlib import sha256
from string import ascii_letters, ascii_lowercase, digits
from typing import Final
from zlib import crc32

PREFIX: Final = "flt_"
CHARACTERS: Final = 66
ID_CHARACTERS: Final = 12
ID_PATTERN: Final = rf"[a-z2-7]{{{ID_CHARACTERS}}}"
PATTERN: Final = rf"flt_{ID_PATTERN}_[0-9A-Za-z]{{49}}"
ID: Final = slice(len(PREFIX), len(PREFIX) + ID_CHARACTERS)
"""Where the id is in a key's text."""

_ID_ALPHABET: Final = ascii_lowercase + "234567"
_ALPHABET: Final = digits + ascii_letters
_SECRET_CHARACTERS: Final = 43
_CHECKSUM_CHARACTERS: Final = 6
_FORM: Final = re.compile(PATTERN)


def new_id() -> str:
    """Return a random id, of 60 bits: whoever keeps it makes sure that there is no such id yet."""
    return _random(_ID_ALPHABET, ID_CHARACTERS)


def new_text(id_: str) -> str:
    """Return the text of a new key with this id: the only one with its secret, and the only time that it is known."""
    body = f"{PREFIX}{id_}_{_random(_ALPHABET, _SECRET_CHARACTERS)}"
    return body + _checksum(body)


def is_well_formed(text: str) -> bool:
    """Tell whether `text` can be a key's: it has the form and the checksum is right."""
    return bool(_FORM.fullmatch(text)) and _checksum(text[:-_CHECKSUM_CHARACTERS]) == text[-_CHECKSUM_CHARACTERS:]


def digest(text: str) -> bytes:
    """Return the SHA-256 of `text`, 32 bytes; that of a text with more than ASCII is no key's."""
    return sha256(text.encode("ascii", "replace")).digest()


def _random(alphabet: str, characters: int) -> str:
    return "".join(secrets.choice(alphabet) for _ in range(characters))


def _checksum(body: str) -> str:
    rest, found = crc32(body.encode()), ""
    for _ in range(_CHECKSUM_CHARACTERS):
        rest, index = divmod(rest, len(_ALPHABET))
        found = _ALPHABET[index] + found
    return found
