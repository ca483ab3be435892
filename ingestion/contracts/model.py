"""What a contract is made of: columns, entities and the types that raw tables have.

Belongs here: the words in which a contract is written, and what each word means in DuckDB and dlt. Does not
belong here: the contract itself (`activity`, `reference`), nor how values are read
(`ingestion.typing_sql`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

ColumnType = Literal[
    "id",
    "text",
    "code",
    "market",
    "language",
    "zone",
    "time",
    "ts",
    "log_ts",
    "log_day",
    "date",
    "bool",
    "int",
    "num",
]
Kind = Literal["snapshot", "event", "reference"]

# Instants are UTC without a zone, so that no session setting can change what a query shows.
DUCKDB_TYPES: dict[str, str] = {
    "ts": "TIMESTAMP",
    "log_ts": "TIMESTAMP",
    "log_day": "TIMESTAMP",
    "date": "DATE",
    "bool": "BOOLEAN",
    "int": "BIGINT",
    "num": "DOUBLE",
}

# What happened did so in these years: a ticket of 1970 would have the business clock reach back to it. Other
# systems' shapes and validities of reference tables are not bound.
FACTS_FROM, FACTS_UNTIL = 1990, 2100


@dataclass(frozen=True)
class Column:
    """One column of an entity.

    `codes` are all values a code may have (None: any); `default` fills a missing value: a literal, or the
    names of other columns of which the first given counts (`default_from`). `personal`: an id of a creator,
    pseudonymised; `personal_unless`: the column that says whose id it is, and its values that are no
    creator; any other value, or none, is taken for one. `free_text`: written by people, redacted, and never
    loaded for minors. `value_of`: the column that names the ticket column whose value this is, and whose
    rules it follows. `protects`: true takes the free text about its subject away, and so does what cannot be
    read. `header`: what the column is called in CSV files, if otherwise.
    `inside`: an RE2 pattern that the whole cell must match, whose group is the value.
    """

    name: str
    type: ColumnType
    required: bool = False
    codes: tuple[str, ...] | None = None
    default: str | int | float | bool | None = None
    default_from: tuple[str, ...] = ()
    personal: bool = False
    personal_unless: tuple[str, tuple[str, ...]] | None = None
    value_of: str = ""
    free_text: bool = False
    protects: bool = False
    at_least: int | None = None
    at_most: int | None = None
    note: str = ""
    header: str = ""
    inside: str = ""

    @property
    def duckdb_type(self) -> str:
        """Type of the column in the raw table."""
        return DUCKDB_TYPES.get(self.type, "VARCHAR")


@dataclass(frozen=True)
class Order:
    """`later` must not be before `earlier`; null on either side is fine."""

    later: str
    earlier: str


@dataclass(frozen=True)
class Rule:
    """A row for which `violated_when` (SQL over typed columns) is true breaks the contract at `column`."""

    column: str
    violated_when: str
    reason: str


@dataclass(frozen=True)
class About:
    """Whose data a row is: `column` is the id of a `kind` (ticket, decision, appeal, review).

    `when` limits it to rows where another column has that value. A protected subject (a minor's, or one
    deleted at the source) takes the free text of all rows about it away.
    """

    column: str
    kind: str
    when: tuple[str, str] | None = None


@dataclass(frozen=True)
class Entity:
    """One source table.

    `kind`: a *snapshot* keeps the latest `version` per `key`; an *event* likewise, and never changes
    otherwise; a *reference* table is replaced whole per source. `connector` names the family of raw tables.
    """

    name: str
    kind: Kind
    description: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    version: str | None = None
    orders: tuple[Order, ...] = ()
    rules: tuple[Rule, ...] = ()
    about: tuple[About, ...] = ()
    connector: str = "canonical"
    with_extra: bool = True
    _by_name: dict[str, Column] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        self._by_name.update({column.name: column for column in self.columns})
        for name in (*self.key, *((self.version,) if self.version else ())):
            if name not in self._by_name:
                raise ValueError(f"{self.name}: {name} is no column of it")

    @property
    def table(self) -> str:
        """Name of the raw table, without schema."""
        return f"{self.connector}__{self.name}"

    @property
    def required(self) -> tuple[str, ...]:
        """Columns that every file must have and every row must fill."""
        return tuple(column.name for column in self.columns if column.required)

    @property
    def dated(self) -> tuple[str, ...]:
        """Columns whose instants have to be from `FACTS_FROM` on and before the end of `FACTS_UNTIL`."""
        bound = self.connector == "canonical" and self.kind != "reference"
        return tuple(column.name for column in self.columns if bound and column.type == "ts")

    @property
    def raw_columns(self) -> dict[str, str]:
        """Columns of the raw table with their DuckDB types, in order."""
        columns = {column.name: column.duckdb_type for column in self.columns}
        columns |= {"source_id": "VARCHAR", "load_no": "BIGINT"}
        return columns | ({"extra": "VARCHAR"} if self.with_extra else {})

    @property
    def headers(self) -> dict[str, str]:
        """Names of columns by what CSV files call them, where that differs."""
        return {column.header: column.name for column in self.columns if column.header}

    def column(self, name: str) -> Column:
        """Return a column by name; KeyError if there is none."""
        return self._by_name[name]

    def has(self, name: str) -> bool:
        """Whether the entity has a column of that name."""
        return name in self._by_name
