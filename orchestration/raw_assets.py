"""Source systems and raw tables as assets: one step that loads all of a site.

Belongs here: what Dagster shows of sources and raw tables. Does not belong here: reading sources
(`ingestion/`).
"""

import logging
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import dagster as dg

from ingestion.connectors import all_entities
from ingestion.contracts import Entity
from ingestion.site import Site, SiteError
from orchestration.context import POOL, working_on_build_file
from orchestration.progress import detail
from orchestration.site_state import switch_to
from orchestration.tables import read_tables, relation_of, table_metadata

if TYPE_CHECKING:
    from ingestion.load import LoadResult

logger = logging.getLogger(__name__)

DATA_ENGINEERING = ["team:data-engineering"]


def source_specs(site: Site) -> list[dg.AssetSpec]:
    """Return the site's source systems: assets that others make."""
    return [
        dg.AssetSpec(
            ["sources", source.name.replace(".", "_")],
            description=f"Deliveries of the source system `{source.name}` of site {site.name}.",
            group_name="sources",
            kinds={"file"},
            owners=DATA_ENGINEERING,
            metadata={"path": source.path, "connector": source.connector, "time zone": source.timezone or ""},
        )
        for source in site.sources
    ]


def raw_specs(site: Site, manifest: Mapping[str, Any]) -> list[dg.AssetSpec]:
    """Return the raw tables: those of the source contract, and what else dbt reads as a source."""
    specs = {("raw", entity.table): _raw_spec(site, entity) for entity in all_entities()}
    for source in manifest["sources"].values():
        key = (source["schema"], source["identifier"])
        if key not in specs:
            specs[key] = dg.AssetSpec(
                key,
                deps=[spec.key for spec in source_specs(site)],
                description=source["description"] or source["source_description"],
                group_name="raw",
                kinds={"dlt", "duckdb"},
                owners=DATA_ENGINEERING,
            )
    return list(specs.values())


def _raw_spec(site: Site, entity: Entity) -> dg.AssetSpec:
    return dg.AssetSpec(
        ["raw", entity.table],
        deps=[spec.key for spec in source_specs(site)],
        description=entity.description,
        group_name="raw",
        kinds={"dlt", "duckdb"},
        owners=DATA_ENGINEERING,
        metadata={
            "dagster/column_schema": dg.TableSchema(
                columns=[dg.TableColumn(*column) for column in entity.raw_columns.items()]
            )
        },
    )


def build_raw_assets(site: Site, manifest: Mapping[str, Any]) -> dg.AssetsDefinition:
    """Return the step that loads the site into the raw schema."""

    @dg.multi_asset(
        name="raw_tables",
        specs=raw_specs(site, manifest),
        pool=POOL,
        description="Loads what the sources delivered since last time; broken rows go to quarantine.",
    )
    def raw_tables(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult]:
        from ingestion.load import LoadError, load
        from ingestion.privacy import PseudonymKeyError

        with working_on_build_file(context) as settings:
            moved = switch_to(settings.paths, settings.site)
            if moved:
                logger.warning(moved)
            try:
                loaded = load(settings.site, settings.paths, progress=detail.info)
            except (LoadError, PseudonymKeyError, SiteError) as error:
                raise dg.Failure(str(error)) from error
            logger.info(_in_words(loaded))
            tables = read_tables(settings.paths, {key.path[0] for key in context.selected_asset_keys})
        for key in sorted(context.selected_asset_keys):
            table = tables.get(relation_of(key))
            if table is None:
                raise dg.Failure(f"ingestion made no table {relation_of(key)}")
            spec = context.assets_def.get_asset_spec(key)
            yield dg.MaterializeResult(key, metadata=table_metadata(table, spec))

    return raw_tables


def _in_words(loaded: "LoadResult") -> str:
    if loaded.load_no is None:
        return "sources: nothing new"
    counts = ("read", "loaded", "quarantined", "duplicates")
    sums = ", ".join(f"{sum(getattr(file, count) for file in loaded.files):,} {count}" for count in counts)
    return f"sources: {len(loaded.files)} files; rows {sums}"
