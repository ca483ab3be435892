"""What a load did, as a table for people. Belongs here: wording only. Does not belong here: counting."""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from ingestion.load import LoadResult
from ingestion.paths import Paths
from ingestion.site import Site


def summary(site: Site, paths: Paths, result: LoadResult) -> RenderableType:
    """Return the summary of a load, ready to print."""
    if result.load_no is None:
        return f"{site.name}: nothing new, {paths.warehouse} is as it was"
    table = Table(title=f"{site.name}: load {result.load_no}")
    for heading in ("source", "entity"):
        table.add_column(heading)
    for heading in ("files", "read", "loaded", "quarantined", "duplicates"):
        table.add_column(heading, justify="right")
    totals: dict[tuple[str, str], list[int]] = {}
    for file in result.files:
        total = totals.setdefault((file.source_id, file.entity), [0] * 5)
        for index, count in enumerate((1, file.read, file.loaded, file.quarantined, file.duplicates)):
            total[index] += count
    for (source, entity), counts in totals.items():
        table.add_row(source, entity, *(f"{count:,}" for count in counts))
    parts: list[RenderableType] = [table]
    for (source, entity), rate in sorted(result.quarantine_rates.items()):
        if rate > 0:
            limit = "above" if rate > site.max_quarantine_rate else "within"
            parts.append(
                f"{source} {entity}: {rate:.2%} in quarantine, {limit} the site's"
                f" {site.max_quarantine_rate:.2%};"
                f" see quarantine.{entity}"
            )
    for name, columns in result.unknown_columns.items():
        parts.append(Text(f"{name}: unknown columns kept in `extra`: {', '.join(columns)}"))
    if result.ignored_files:
        parts.append(Text(f"ignored, being no file of a known entity: {', '.join(result.ignored_files)}"))
    return Group(*parts)
