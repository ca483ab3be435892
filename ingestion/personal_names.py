"""Names that say that what they name is about a person: of unknown columns, of keys in JSON, of fields that
an event says have changed.

Belongs here: the words, how a name is cut into words, and which names may be shown to people. Does not
belong here: what is done with such values (`ingestion.readers`, `ingestion.staging`).

Withholding too much is accepted: an unknown column can be put into the contract, what leaked can't be taken
back.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ingestion.typing_sql import literal

if TYPE_CHECKING:
    import duckdb

# camelCase and ABCWord are cut where a word begins; whatever is no letter or digit parts words, too.
_CUTS = ((r"([\p{Ll}\p{N}])(\p{Lu})", r"\1_\2"), (r"(\p{Lu})(\p{Lu}\p{Ll})", r"\1_\2"))
_BETWEEN = r"[^\p{L}\p{N}]+"
_ALWAYS = (
    "e?mails?|phones?|telephones?|tel|mobiles?|cell|fax|msisdn|whatsapp|imei|idfa|gaid|iban|ssn|passport"
    "|names?|surname|forename|nick|user|creator|requester|requestor|author|customer|handles?|login|signature"
    "|address|addresses|street|postcode|zipcode|ip|ipv4|ipv6|birth|birthday|birthdate|dob|gender|gps|lat|lon"
    "|latitude|longitude|avatar|cookie|device_?id|creditcard|nom|prenom|vorname|nachname|telefon|nombre|apellido"
)
# Also words for things that are no person (`account_tier`, `contact_reason`): not with such an end.
_MOSTLY = (
    "owner|account|contact|client|member|person|profile|sender|recipient|reporter|complainant|submitter|seller"
    "|buyer|subscriber|follower|guest|player"
)
_PARTS = (
    "id|ids|uid|uuid|guid|no|nr|num|number|key|ref|hash|url|link|full|first|last|middle|given|family|display"
    "|screen|real|legal|maiden|primary|home|work|[0-9]+"
)
_THINGS = (
    "reason|type|tier|team|status|state|segment|region|country|version|language|market|count|rate|category|level"
    "|age|plan|kind|role|at|on|date|channel|source|group"
)
# Also run together: fullname, creatorid, ipaddress2.
_IS_ALWAYS = f"(?:^|_)(?:{_PARTS})*(?:{_ALWAYS})(?:{_ALWAYS}|{_PARTS}|s)*(?:_|$)"
_IS_MOSTLY = f"(?:^|_)(?:{_PARTS})*(?:{_MOSTLY})(?:{_PARTS}|s)*(?:_|$)"
_IS_THING = f"_(?:{_THINGS})$"
# What a report shows of a header: a file without one has people's data in its place.
_SHOWN = re.compile(r"_?[^\W\d_][\w:.\-]*( [\w:.\-]+){0,5}")
_DATA = re.compile(r"\s*|.*@.*|\W*[0-9][\W0-9TZ]*|.*[0-9]{5}.*", re.DOTALL)
_SQL_SHOWN = r"_?\p{L}[\p{L}\p{N}_:.\-]*( [\p{L}\p{N}_:.\-]+){0,5}"
_LONGEST = 50  # characters of a name
# A key in a JSON text, also in one that stands as a text inside another.
_KEY = r"\\*\"([^\"\\]{1,200})\\*\"\s*:"


def is_personal(name: str) -> bool:
    """Whether a name says that it names something about a person."""
    for pattern, by in ((r"([a-z0-9])([A-Z])", r"\1_\2"), (r"([A-Z])([A-Z][a-z])", r"\1_\2")):
        name = re.sub(pattern, by, name)
    name = re.sub(r"[\W_]+", "_", name).lower()
    if re.search(_IS_ALWAYS, name):
        return True
    return bool(re.search(_IS_MOSTLY, name)) and not re.search(_IS_THING, name)


def looks_like_data(name: str) -> bool:
    """Whether a column's name is rather a value: empty, a number, a time, an address, a long number."""
    return bool(_DATA.fullmatch(name))


def shown(name: str, number: int) -> str:
    """Return a column's name as reports may show it: `[column 3]` (from 1) if it may be somebody's data."""
    fits = len(name) <= _LONGEST and _SHOWN.fullmatch(name) and not looks_like_data(name)
    return name if fits else f"[column {number}]"


def register(connection: duckdb.DuckDBPyConnection) -> None:
    """Make known the macros `is_personal_name(text)` and `is_shown_name(text)`, as above, and
    `withheld(text)`: a value whose name says nothing, redacted, and withheld if it is JSON with a key that
    says so, however deep.

    Needs the macro `redact`.
    """
    words = "n"
    for pattern, by in _CUTS:
        words = f"regexp_replace({words}, {literal(pattern)}, {literal(by)}, 'g')"
    words = f"lower(regexp_replace({words}, {literal(_BETWEEN)}, '_', 'g'))"
    connection.execute(
        "CREATE OR REPLACE MACRO is_personal_name(n) AS list_bool_or([regexp_matches(w,"
        f" {literal(_IS_ALWAYS)}) OR (regexp_matches(w, {literal(_IS_MOSTLY)}) AND NOT regexp_matches(w,"
        f" {literal(_IS_THING)})) FOR w IN [{words}]])"
    )
    connection.execute(
        "CREATE OR REPLACE MACRO is_shown_name(n) AS"
        f" length(n) <= {_LONGEST} AND regexp_full_match(n, {literal(_SQL_SHOWN)})"
        " AND NOT regexp_matches(n, '[0-9]{5}')"
    )
    keys = f"regexp_extract_all(t, {literal(_KEY)}, 1)"
    connection.execute(
        "CREATE OR REPLACE MACRO withheld(t) AS CASE WHEN regexp_matches(t, '^\\s*\"?[\\[{]')"
        f" AND len(list_filter({keys}, lambda k: is_personal_name(k))) > 0 THEN '[personal]'"
        " ELSE redact(t) END"
    )
