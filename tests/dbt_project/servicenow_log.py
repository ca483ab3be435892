"""The ServiceNow incident log as small sites: cut to some tickets, and what staging makes of it as CSV.

Belongs here: files for tests of the ServiceNow models. Does not belong here: what these models should say.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import yaml

ROOT = Path(__file__).resolve().parents[2]
SITE = ROOT / "ingestion" / "sites" / "servicenow"
LOG = ROOT.parent / "shared" / "data" / "servicenow_incidents" / "incident_event_log.csv.gz"
AS_OF = "2017-02-18 17:00:00"  # UTC; 15:00 on the log's clock, its last change

# What the contract calls an instant; the staging models hold UTC without a zone.
_INSTANTS = {"created_at", "updated_at", "occurred_at", "recorded_at"}


def read_log(connection: duckdb.DuckDBPyConnection, file: Path) -> None:
    """Make the table `log` of a log file: all columns text, `line` the number of the row, from 1."""
    connection.execute("set threads = 2")
    connection.execute("set preserve_insertion_order = true")
    connection.execute(
        "create table log as select *, row_number() over () as line"
        f" from read_csv('{file}', all_varchar = true, header = true)"
    )


def write_small_site(folder: Path, tickets: int) -> Path:
    """Write the ServiceNow site with every odd ticket of the log and some others; returns its folder."""
    connection = duckdb.connect()
    read_log(connection, LOG)
    (folder / "log").mkdir(parents=True)
    connection.execute(
        f"""
        copy (
            with odd as (
                select number from log group by 1
                having count(*) > count(distinct sys_mod_count)
                    or bool_or(incident_state = '-100') or max(reopen_count::int) > 0
            ),
            others as (
                select distinct number from log where number not in (from odd)
                order by md5(number) limit {tickets}
            )
            select log.* exclude (line) from log
            where number in (from odd union all from others) order by line
        ) to '{folder}/log/incident_event_log.csv.gz' (header, compression gzip)
        """
    )
    shutil.copytree(SITE / "reference", folder / "reference")
    config = yaml.safe_load((SITE / "site.yml").read_text(encoding="utf-8"))
    config["sources"][0]["path"] = "log"
    (folder / "site.yml").write_text(yaml.safe_dump(config), encoding="utf-8")
    return folder


def write_deliveries(site: Path, folder: Path) -> list[Path]:
    """Write a small site's log as two deliveries, every other row in each.

    The site in `folder` holds the first delivery; moving the files returned into its `log` makes the second.
    """
    connection = duckdb.connect()
    read_log(connection, site / "log" / "incident_event_log.csv.gz")
    shutil.copytree(site / "reference", folder / "reference")
    shutil.copy(site / "site.yml", folder / "site.yml")
    (folder / "log").mkdir()
    (folder / "later").mkdir()
    for remainder, place in enumerate(("log", "later")):
        connection.execute(
            f"copy (select * exclude (line) from log where line % 2 = {remainder} order by line)"
            f" to '{folder}/{place}/incident_event_log_{remainder}.csv.gz' (header, compression gzip)"
        )
    return sorted((folder / "later").iterdir())


def write_canonical_site(warehouse: Path, folder: Path) -> Path:
    """Write the staged tickets and events as a site of canonical CSV files; returns its folder."""
    (folder / "servicenow").mkdir(parents=True)
    connection = duckdb.connect(str(warehouse), read_only=True)
    for entity in ("tickets", "ticket_events"):
        relation = f"staging.stg_servicenow__{entity}"
        columns = [name for name, *_ in connection.execute(f"describe {relation}").fetchall()]
        chosen = [
            f"strftime({name}, '%Y-%m-%dT%H:%M:%S.%fZ') as {name}" if name in _INSTANTS else name
            for name in columns
            if name not in ("source_id", "load_no")
        ]
        connection.execute(
            f"copy (select {', '.join(chosen)} from {relation})"
            f" to '{folder}/servicenow/{entity}.csv' (header)"
        )
    connection.close()
    shutil.copytree(SITE / "reference", folder / "reference")
    config = yaml.safe_load((SITE / "site.yml").read_text(encoding="utf-8"))
    config["sources"] = [{"name": "servicenow", "connector": "canonical_files", "path": "servicenow"}]
    (folder / "site.yml").write_text(yaml.safe_dump(config), encoding="utf-8")
    return folder
