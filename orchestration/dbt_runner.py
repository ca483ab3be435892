"""Runs dbt inside this process: a manifest that is parsed once per state of the project, and one `dbt build`.

Belongs here: preparing the manifest, calling dbt, and its results in plain types. Does not belong here: what
Dagster makes of them (`orchestration.dbt_assets`) or anything about models (`dbt_project/`).

In process, because starting the dbt command costs several seconds each time; with the manifest handed over,
because dbt parses the whole project again whenever a variable such as `as_of` differs from last time.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from ingestion import memory
from ingestion.paths import Paths

PROJECT = Path(__file__).resolve().parents[1] / "dbt_project"
_NOT_SOURCE = {"target", "logs", "dbt_packages", "__pycache__"}
_QUIET = [
    "--log-level", "none", "--log-level-file", "info", "--no-use-colors", "--no-send-anonymous-usage-stats",
    "--no-version-check",
]  # fmt: skip


class DbtError(RuntimeError):
    """dbt could not parse or start; the message is dbt's own."""


@dataclass(frozen=True)
class NodeResult:
    """A model, seed, snapshot or test after a build: `status` is dbt's word, `node` its manifest entry."""

    unique_id: str
    status: str
    seconds: float
    failures: int | None
    message: str
    compiled_sql: str | None
    node: Mapping[str, Any]

    @property
    def is_built(self) -> bool:
        """True where a relation now holds what the model says."""
        return self.node["resource_type"] in {"model", "seed", "snapshot"} and self.status == "success"

    @property
    def is_blocking(self) -> bool:
        """True for an error of a model, or of a test whose severity is error."""
        return self.status in {"error", "fail", "runtime error"}


def dbt_folder(paths: Paths) -> Path:
    """Where dbt writes: manifest, run results, log."""
    return paths.data_dir / "dbt"


def prepare_manifest(paths: Paths, project: Path = PROJECT) -> Path:
    """Return the project's `manifest.json`, parsing only if a file of the project has changed since.

    Raises `DbtError` with dbt's message if the project does not parse.
    """
    folder = dbt_folder(paths)
    folder.mkdir(parents=True, exist_ok=True)
    manifest, stamp = folder / "target" / "manifest.json", folder / "parsed"
    with (folder / "parse.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        fingerprint = project_fingerprint(project)
        if not (manifest.exists() and stamp.exists() and stamp.read_text() == fingerprint):
            stamp.unlink(missing_ok=True)
            _parse(paths, project)
            stamp.write_text(fingerprint)
    return manifest


def load_manifest(paths: Paths) -> dict[str, Any]:
    """Return the project's manifest as dbt's JSON, parsed before if need be."""
    return json.loads(prepare_manifest(paths).read_text(encoding="utf-8"))


def project_fingerprint(project: Path = PROJECT) -> str:
    """Return a digest of all that parsing depends on: the project's files and the versions of dbt."""
    digest = hashlib.sha256()
    for package in ("dbt-core", "dbt-duckdb"):
        digest.update(f"{package}={version(package)};".encode())
    for file in sorted(_project_files(project)):
        digest.update(str(file.relative_to(project)).encode() + b"\0")
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def macros_hash(project: Path = PROJECT) -> str:
    """Return a digest of the project's macros: dbt's own graph, which models look into, leaves them out."""
    files = sorted((project / "macros").rglob("*.sql"))
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


def build(
    paths: Paths,
    variables: Mapping[str, str],
    *,
    select: Sequence[str] = (),
    full_refresh: bool = False,
    on_finished: Callable[[str, str, float], None] = lambda unique_id, status, seconds: None,
    project: Path = PROJECT,
) -> None:
    """Build models and run their data tests in the warehouse, in one pass; the build file is closed after.

    `select` are dbt selectors, none meaning all; `on_finished(unique_id, status, seconds)` is called as each
    node ends. `last_results` then has what became of each; raises `DbtError` where dbt as a whole failed.
    Unit tests are left out: they test the project, not the data, and run with the other tests.
    """
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.cli.main import dbtRunner
    from dbt.contracts.graph.manifest import Manifest

    prepare_manifest(paths, project)
    # What Python models import; the profile's own path only holds in the repository's folder.
    if str(project / "python") not in sys.path:
        sys.path.append(str(project / "python"))
    packed = dbt_folder(paths) / "target" / "partial_parse.msgpack"
    manifest = Manifest.from_msgpack(packed.read_bytes())
    manifest.build_flat_graph()

    def report(event: Any) -> None:
        if event.info.name == "NodeFinished":
            result = event.data.run_result
            on_finished(event.data.node_info.unique_id, result.status, result.execution_time)

    arguments = [*_QUIET, "build", *_locations(paths, project), "--vars", json.dumps(dict(variables))]
    arguments += ["--exclude-resource-type", "unit_test"]
    if full_refresh:
        arguments.append("--full-refresh")
    if select:
        # Tests are named one by one where only a part is built: dbt must not add others by itself.
        arguments += ["--select", *select, "--indirect-selection", "empty"]
    with _environment(paths, **{memory.VARIABLE: memory.memory_limit(paths.warehouse)}):
        try:
            outcome = dbtRunner(manifest=manifest, callbacks=[report]).invoke(arguments)
        finally:
            DuckDBConnectionManager.close_all_connections()
    if isinstance(outcome.exception, KeyboardInterrupt):
        raise KeyboardInterrupt
    if outcome.exception is not None:
        raise DbtError(f"dbt build: {outcome.exception}")


def results_file(paths: Paths) -> Path:
    """Where dbt leaves the results of a build; not there if the folder of logs and results was removed."""
    return dbt_folder(paths) / "target" / "run_results.json"


def last_results(paths: Paths, nodes: Mapping[str, Any]) -> list[NodeResult]:
    """Return the results of the last build, as dbt left them; `nodes` are the manifest's."""
    file = results_file(paths)
    return [
        NodeResult(
            unique_id=result["unique_id"],
            status=result["status"],
            seconds=float(result["execution_time"]),
            failures=result["failures"],
            message=str(result["message"] or ""),
            compiled_sql=result["compiled_code"],
            node=nodes[result["unique_id"]],
        )
        for result in json.loads(file.read_text(encoding="utf-8"))["results"]
        if result["unique_id"] in nodes
    ]


def _parse(paths: Paths, project: Path) -> None:
    from dbt.cli.main import dbtRunner

    with _environment(paths):
        outcome = dbtRunner().invoke([*_QUIET, "parse", *_locations(paths, project)])
    if not outcome.success:
        raise DbtError(f"dbt parse: {outcome.exception}")


def _project_files(project: Path) -> Iterator[Path]:
    for file in project.rglob("*"):
        if file.is_file() and not _NOT_SOURCE & set(file.relative_to(project).parts):
            yield file


def _locations(paths: Paths, project: Path) -> list[str]:
    folder = dbt_folder(paths)
    return [
        "--project-dir", str(project), "--profiles-dir", str(project),
        "--target-path", str(folder / "target"), "--log-path", str(folder / "logs"),
    ]  # fmt: skip


@contextmanager
def _environment(paths: Paths, **more: str) -> Iterator[None]:
    """Tell dbt's profile which data folder is meant, and `more`, for as long as dbt runs."""
    before = dict(os.environ)
    os.environ.update({"DATA_DIR": str(paths.data_dir), **more})
    try:
        yield
    finally:
        for name in ("DATA_DIR", *more):
            if name in before:
                os.environ[name] = before[name]
            else:
                del os.environ[name]
