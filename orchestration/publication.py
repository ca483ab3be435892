"""The published file and the pages made from it as assets, at the end of the graph.

Belongs here: what Dagster shows of a publication. Does not belong here: publishing (`orchestration.publish`),
making pages (`orchestration.report`).
"""

import logging

import dagster as dg

from ingestion.paths import Paths
from orchestration import dsa_csv
from orchestration.build_state import built_as_of, record_publication
from orchestration.context import POOL, settings_of, working_on_build_file
from orchestration.dbt_runner import load_manifest
from orchestration.publish import SCHEMA, Description, publish
from orchestration.raw_assets import DATA_ENGINEERING
from orchestration.report.write import write
from orchestration.suppression import FLAG, FLAG_DESCRIPTION

logger = logging.getLogger(__name__)


@dg.asset(
    deps=["gate_marts"],
    group_name="publication",
    kinds={"duckdb"},
    owners=DATA_ENGINEERING,
    pool=POOL,
    description="The serving file: all marts as tables, and the manifest `marts.publication`. BI reads it.",
)
def published_marts(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
    with working_on_build_file(context) as settings:
        as_of = built_as_of(settings.paths)
        record_publication(settings.paths, as_of)
        publication = publish(
            settings.paths,
            settings.site,
            as_of,
            context.run.run_id,
            _descriptions(settings.paths),
        )
        filings = dsa_csv.write(settings.paths)
    rows = sum(mart.rows for mart in publication.marts)
    logger.info(
        f"{len(publication.marts)} marts, {rows:,} rows"
        + ("" if publication.copied else ": same content as before, manifest renewed")
    )
    return dg.MaterializeResult(
        metadata={
            "file": dg.MetadataValue.path(publication.file),
            "as_of": dg.MetadataValue.text(publication.as_of.isoformat()),
            "site": publication.site,
            "marts": len(publication.marts),
            "dagster/row_count": rows,
            "filings": ", ".join(file.name for file in filings),
            "content": dg.MetadataValue.table(
                [
                    dg.TableRecord({"mart": m.name, "rows": m.rows, "content_hash": m.content_hash})
                    for m in publication.marts
                ]
            ),
        }
    )


@dg.asset(
    deps=[published_marts],
    group_name="publication",
    kinds={"html"},
    owners=DATA_ENGINEERING,
    description="The insight report: a page per line of business and week, made from the published file.",
)
def insight_report(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
    settings = settings_of(context)
    report = write(settings.paths)
    logger.info(f"insight report: {report.pages} pages")
    return dg.MaterializeResult(
        metadata={"index": dg.MetadataValue.path(report.index), "pages": report.pages}
    )


def _descriptions(paths: Paths) -> dict[str, Description]:
    """Return by mart what the project says about it and its columns."""
    return {
        node["alias"]: Description(
            _one_line(node["description"]),
            {
                **{name: _one_line(column["description"]) for name, column in node["columns"].items()},
                FLAG: FLAG_DESCRIPTION,
            },
        )
        for node in load_manifest(paths)["nodes"].values()
        if node["resource_type"] == "model" and node["schema"] == SCHEMA
    }


def _one_line(text: str) -> str:
    return " ".join(text.split())
