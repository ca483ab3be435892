"""What must not enter the warehouse: creators' ids in clear, and personal data in free text.

Belongs here: the pseudonym key, pseudonyms and redaction as DuckDB macros. Does not belong here: which
columns they apply to (`ingestion.contracts`), and erasing a minor's or a deleted ticket's text
(`ingestion.erasure`).

Redaction is done by RE2 patterns inside DuckDB, over whole columns: names in running text are not found.
Libraries that could (Presidio and the like) need language models that have to be downloaded and read text
by text in Python.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ingestion import personal_names
from ingestion.paths import Paths

if TYPE_CHECKING:
    import duckdb

KEY_NAME = "PSEUDONYM_KEY"
_LEAST = 16  # characters of a key
_BLOCK = 64  # SHA-256 works on blocks of 64 bytes, which HMAC's pads fill

# Over-redaction is accepted: a number of nine digits or more goes, whatever it is. Digits of any script
# count.
# Letters of any script with their marks, digits, and signs without width that join or hide them.
_WORD = r"\p{L}\p{M}\p{N}\p{Cf}"
_AT = "[@\uff20\ufe6b]"  # also wide and small ones, as keyboards of East Asia write them
# Also without a dot behind the sign: `jane@mail` is somebody's, wherever it is.
_EMAIL = rf"[{_WORD}._%+\-]+{_AT}[{_WORD}\-]+(?:\.[{_WORD}\-]+)*"
_URL = (
    r"(?i)\b(?:(?:https?|ftp)://|www\.)[^\s<>\"]+"
    r"|\b(?:[a-z0-9\-]+\.)+(?:com|net|org|io|tv|me|gg|ly|co|app|link|info|biz|xyz|shop|site|online)\b(?:/[^\s<>\"]*)?"
)
_HANDLE = rf"{_AT}+[{_WORD}_][{_WORD}_.\-]*"
# Blanks and dashes of every width, and the sign of minus.
_APART = r"[\s\p{Z}\p{Pd}\p{Cf}\x{2212}().（）/]{0,3}"
_PHONE = (
    rf"(^|[^\p{{L}}\p{{N}}])(?:(?:[+＋]|00){_APART}\p{{Nd}}(?:{_APART}\p{{Nd}}){{6,14}}"
    rf"|\(?\p{{Nd}}(?:{_APART}\p{{Nd}}){{8,14}})"
)


class PseudonymKeyError(RuntimeError):
    """No usable pseudonym key."""


def pseudonym_key(paths: Paths) -> bytes:
    """Return the secret of the pseudonyms.

    Taken from the environment's `PSEUDONYM_KEY`, else from `.dlt/secrets.toml` of the working folder
    (`pseudonym_key = "…"`, also in a section), else generated once and kept in the data folder's secrets,
    readable by its owner only.
    """
    configured = os.environ.get(KEY_NAME, "").strip()
    if not configured:
        file = Path(".dlt") / "secrets.toml"
        if file.is_file():
            try:
                content = tomllib.loads(file.read_text(encoding="utf-8"))
            except ValueError:  # whose words may quote the file's
                raise PseudonymKeyError(f"{file.resolve()} is not readable as TOML in UTF-8") from None
            configured = _configured(content)
    if configured:
        if len(configured) < _LEAST:
            raise PseudonymKeyError(f"{KEY_NAME} is too short: use at least {_LEAST} characters")
        return configured.encode()
    kept = paths.secrets / "pseudonym_key"
    if not kept.is_file():
        paths.secrets.mkdir(parents=True, exist_ok=True, mode=0o700)
        partial = kept.with_suffix(".partial")
        partial.unlink(missing_ok=True)
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as out:
            out.write(secrets.token_hex(32))
        partial.replace(kept)
    key = kept.read_bytes().strip()
    if len(key) < _LEAST:
        raise PseudonymKeyError(
            f"the key kept in {kept} is damaged: it has {len(key)} characters; restore it from a backup, for"
            " with another key the same creators get other pseudonyms (only if nothing was loaded yet, remove"
            " the file, and a new key is made)"
        )
    return key


def _configured(content: Mapping[str, Any]) -> str:
    """The key in a secrets file, also below a heading: a line above it may begin a section."""
    for name in ("pseudonym_key", KEY_NAME):
        if content.get(name):
            return str(content[name])
    inside = (_configured(part) for part in content.values() if isinstance(part, dict))
    return next((found for found in inside if found), "")


def key_fingerprint(key: bytes) -> str:
    """Return a short name of the key that does not reveal it: with another key, files are read again."""
    return hashlib.sha256(b"fingerprint of " + key).hexdigest()[:12]


def other_key(paths: Paths, gone: Sequence[str]) -> PseudonymKeyError:
    """Return the error of a key that is not the warehouse's while `gone` files can't be read again."""
    more = f" and {len(gone) - 3} more" if len(gone) > 3 else ""
    return PseudonymKeyError(
        f"the pseudonym key is not the one that {paths.warehouse} was loaded with, and rows of"
        f" {', '.join(gone[:3])}{more} can't be read again: the same creator would have two pseudonyms. Set"
        f" the former key ({KEY_NAME}, .dlt/secrets.toml or {paths.secrets / 'pseudonym_key'}); or put the"
        " files back; or move the warehouse away to begin anew with the files that are there"
    )


def register(connection: duckdb.DuckDBPyConnection, key: bytes) -> None:
    """Make the macros `pseudonym(text)` (HMAC-SHA256, hexadecimal), `redact(text)` and those of
    `personal_names` known to a connection.
    """
    block = (hashlib.sha256(key).digest() if len(key) > _BLOCK else key).ljust(_BLOCK, b"\0")
    # Variables, not literals: the key then stands in no query text, plan or error message.
    connection.execute("SET VARIABLE inner_pad = ?", [bytes(b ^ 0x36 for b in block)])
    connection.execute("SET VARIABLE outer_pad = ?", [bytes(b ^ 0x5C for b in block)])
    connection.execute(
        "CREATE OR REPLACE MACRO pseudonym(id) AS sha256(CAST(getvariable('outer_pad') AS BLOB) ||"
        " unhex(sha256(CAST(getvariable('inner_pad') AS BLOB) || encode(id))))"
    )

    # An address holds a domain and a handle, a link may hold an address: hence this order. Each pattern
    # stands once: a macro that used its argument twice would double the query at every level.
    text = "t"
    steps = ((_EMAIL, "[email]"), (_URL, "[url]"), (_HANDLE, "[handle]"), (_PHONE, r"\1[phone]"))
    for pattern, by in steps:
        text = "regexp_replace({}, '{}', '{}', 'g')".format(text, pattern.replace("'", "''"), by)
    connection.execute(f"CREATE OR REPLACE MACRO redact(t) AS {text}")
    personal_names.register(connection)
