"""Models say nothing that only DuckDB understands: what differs between engines stands in dispatched macros.

Belongs here: what a reading of the files can find. Does not belong here: running them on another engine
(`tests/spark`).
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.dbt_project import build

# What was found by compiling and running the project on Spark, and what its grammar does not have.
ONLY_DUCKDB = {
    "a name in double quotes is a text on Spark: adapter.quote()": r'"\w+"',
    "nulls are ignored outside of the brackets elsewhere: last_known(), next_known()": r"ignore nulls",
    "a frame on a named window: give the frame a window of its own": r"over \(\w+\s+(rows|range)\b",
    "a minus after a window's name is read as part of it: put brackets around": r"over \w+ -",
    "listagg has no order on Spark: joined()": r"dbt\.listagg",
    "a cast by colons": r"::\s*\w",
    "qualify": r"^\s*qualify\b",
    "asof join": r"\basof\b",
    "lists, structs and their functions": r"\b(list|array|struct|unnest|list_\w+|array_\w+|struct_\w+)\s*\(",
    "columns by rule": r"\bcolumns\s*\(['*]|\*\s+(exclude|replace|rename)\b|\bexclude\s*\(",
    "whole-number division": r"//",
    "a doubled quote inside a text: dbt.escape_single_quotes()": r"""replace\("'", "''"\)""",
}


def sql_files() -> list[Path]:
    """Every model and macro."""
    return sorted(file for folder in ("models", "macros") for file in (build.PROJECT / folder).rglob("*.sql"))


def portable_sql(text: str) -> str:
    """The SQL of a file that every engine gets: no Jinja, no comments, no macro of one engine."""
    text = re.sub(r"{#.*?#}", "", text, flags=re.DOTALL)
    text = re.sub(r"{% macro (duckdb|default|spark)__.*?endmacro %}", "", text, flags=re.DOTALL)
    # Calls keep their name, for some of them are not portable; the rest of Jinja is Python.
    text = re.sub(r"{%.*?%}", "", text, flags=re.DOTALL)
    text = re.sub(r"{{-?\s*([\w.]*)\(?.*?}}", r"\1", text, flags=re.DOTALL)
    return re.sub(r"--.*", "", text)


@pytest.mark.parametrize("claim", ONLY_DUCKDB)
def test_models_say_it_in_every_engines_words(claim: str) -> None:
    found = []
    for file in sql_files():
        for match in re.finditer(ONLY_DUCKDB[claim], portable_sql(file.read_text()), flags=re.MULTILINE):
            found.append(f"{file.relative_to(build.PROJECT)}: {match.group(0)!r}")
    assert not found, claim


@pytest.mark.parametrize(
    ("sql", "claim"),
    [
        ('select "position" from t', "double quotes"),
        ("select last_value(x ignore nulls) over w from t", "nulls are ignored"),
        ("select sum(x) over (w rows between 1 preceding and current row) from t", "named window"),
        ("select {{ dbt.listagg('x', \"','\", 'order by x') }} from t", "listagg"),
        ("select x::int from t", "colons"),
        ("select a // 7 from t", "division"),
    ],
)
def test_what_only_duckdb_says_is_found(sql: str, claim: str) -> None:
    (pattern,) = [pattern for text, pattern in ONLY_DUCKDB.items() if claim in text]
    assert re.search(pattern, portable_sql(sql), flags=re.MULTILINE)
