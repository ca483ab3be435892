"""What Dagster loads: one asset graph from the source systems to the published file, and when it runs.

Belongs here: the list of parts. Does not belong here: any part. Nothing but Dagster, dagster-dbt and the dbt
manifest is loaded; dlt, Great Expectations and DuckDB's data wait until a step runs.
"""

import dagster as dg

from ingestion.paths import Paths
from ingestion.site import load_site
from orchestration.automation import daily_schedule, job, new_files
from orchestration.dbt_assets import build_dbt_assets
from orchestration.dbt_runner import load_manifest
from orchestration.gates import build_gate
from orchestration.publication import insight_report, published_marts
from orchestration.raw_assets import build_raw_assets, source_specs

_site = load_site()
_manifest = load_manifest(Paths.from_env())
_raw_tables = build_raw_assets(_site, _manifest)
_models = build_dbt_assets(_manifest)
_marts = {key for key in _models.keys if key.path[0] == "marts"}
_raw_checks, _raw_gate = build_gate("raw", _raw_tables.keys)
_marts_checks, _marts_gate = build_gate("marts", _marts)

defs = dg.Definitions(
    assets=[
        *source_specs(_site),
        _raw_tables,
        _raw_gate,
        _models,
        _marts_gate,
        published_marts,
        insight_report,
    ],
    asset_checks=[_raw_checks, _marts_checks],
    jobs=[job],
    schedules=[daily_schedule(_site)],
    sensors=[new_files],
)
