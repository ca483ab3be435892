"""Ingestion: from source files to the typed `raw` schema.

Belongs here: the source contract, one module per connector, sites, the loader, the simulator.
Does not belong here: anything that turns raw rows into meaning (that is `dbt_project/`), checks of what
was loaded (`expectations/`) or when it runs (`orchestration/`).

Import from the modules: `ingestion.load.load`, `ingestion.site.load_site`, `ingestion.paths.Paths`.
"""
