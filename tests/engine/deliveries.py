"""A site that grows by deliveries, its warehouse, and whether two warehouses hold the same marts.

Belongs here: delivering, loading, building and comparing marts. Does not belong here: what is delivered.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from tests.dbt_project import build
from tests.reference import random_sites
from tests.reference.random_reference import TextRow
from tests.reference.random_sites import RandomSite

# Not compared: fct_sla_reported tells what earlier builds reported as their periods closed, so it depends on
# the as_of of every build before (A48; tests of its own are in tests/dbt_project); so does its sum by vendor,
# agg_vendor_weekly. load_report tells when and from which files rows came, not what they say.
HISTORIES = ("fct_sla_reported", "agg_vendor_weekly", "load_report")
FACTS = ("tickets", "ticket_events")


@dataclass(frozen=True)
class Scope:
    """What a build computed: everything, or the tickets (source_id, ticket_id) of its batch."""

    is_full: bool
    tickets: frozenset[tuple[str, str]]


@dataclass
class Deliveries:
    """A site folder that receives one delivery after another, and the data folder it is loaded into."""

    folder: Path
    data_dir: Path
    count: int = 0
    select: tuple[str, ...] = build.ENGINE

    def deliver(self, part: RandomSite) -> None:
        """Put a delivery's fact files beside the earlier ones; its reference files replace theirs."""
        self.count += 1
        scratch = random_sites.write(part, self.folder.with_name(f"{self.folder.name}_delivery_{self.count}"))
        for file in scratch.rglob("*.*"):
            place = self.folder / file.relative_to(scratch)
            if file.stem.startswith(FACTS):
                place = place.with_stem(f"{file.stem}_d{self.count}")
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, place)

    def send(self, path: str, entity: str, rows: list[TextRow]) -> None:
        """Deliver some rows of one fact table of the source with that path, and nothing else."""
        config = {"site": "unused"}
        part = RandomSite(config, {path: {entity: rows}})
        described = (self.folder / "site.yml").read_bytes()
        self.deliver(part)
        (self.folder / "site.yml").write_bytes(described)

    def load(self) -> None:
        """Load what is new."""
        build.load(self.folder, self.data_dir)

    def build(self, as_of: datetime | None = None, *, full_refresh: bool = False) -> Scope:
        """Build the selected models without tests; `as_of` (aware) is by default the site's."""
        build.build(
            self.folder,
            self.data_dir,
            as_of=as_of,
            select=self.select,
            data_tests=False,
            full_refresh=full_refresh,
        )
        return self.scope()

    def scope(self) -> Scope:
        """What the last build computed."""
        with build.warehouse(self.data_dir) as connection:
            row = connection.execute("select is_full from intermediate.int_build_scope").fetchone()
            assert row is not None
            tickets = connection.execute(
                "select source_id, ticket_id from intermediate.int_tickets"
            ).fetchall()
        return Scope(bool(row[0]), frozenset((s, t) for s, t in tickets))

    def copy(self, place: Path) -> Deliveries:
        """The same site and warehouse in another folder, to go another way from here."""
        shutil.copytree(self.folder, place / "site")
        shutil.copytree(self.data_dir, place / "data")
        return Deliveries(place / "site", place / "data", self.count, self.select)


def differences(one: Path, other: Path) -> dict[str, list[str]]:
    """Marts of two data folders that differ in any row or column, each with a few of the differing rows.

    Every column of every row counts, by column name and as often as the row occurs; `HISTORIES` are left out.
    """
    found: dict[str, list[str]] = {}
    connection = duckdb.connect()
    try:
        connection.execute("set TimeZone = 'UTC'")
        for name, folder in (("one", one), ("other", other)):
            connection.execute(f"attach '{folder / 'warehouse.duckdb'}' as {name} (read_only)")
        marts = _marts(connection, "one")
        assert marts == _marts(connection, "other") and {"fct_tickets", "fct_ticket_sla"} <= set(marts)
        for mart, columns in marts.items():
            if mart in HISTORIES:
                continue
            names = ", ".join(f'"{column}"' for column in columns)
            rows = {place: f"select {names} from {place}.marts.{mart}" for place in ("one", "other")}
            for left, right in (("one", "other"), ("other", "one")):
                query = f"select * from ({rows[left]} except all {rows[right]}) order by all limit 3"
                for row in connection.execute(query).fetchall():
                    shown = {c: v for c, v in zip(columns, row, strict=True) if v is not None}
                    found.setdefault(mart, []).append(f"only in {left}: {shown}")
    finally:
        connection.close()
    return found


def count_of(data_dir: Path, query: str) -> int:
    """The number a query on the built warehouse gives."""
    with build.warehouse(data_dir) as connection:
        row = connection.execute(query).fetchone()
    assert row is not None
    return int(row[0])


def _marts(connection: duckdb.DuckDBPyConnection, database: str) -> dict[str, tuple[str, ...]]:
    """The columns of every mart by its name."""
    query = """
        select table_name, list(column_name order by column_name) from duckdb_columns()
        where database_name = ? and schema_name = 'marts' group by 1 order by 1
    """
    rows: Iterable[tuple[str, list[str]]] = connection.execute(query, [database]).fetchall()
    return {name: tuple(columns) for name, columns in rows}
