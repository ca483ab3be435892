"""The commands of the shell: asked for help they help, and an argument they do not know is an error."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest

MODULES = (
    "ingestion.__main__",
    "expectations.__main__",
    "orchestration.dsa_csv",
    "orchestration.report.__main__",
    "orchestration.run",
    "orchestration.ui",
    "tests.bench.__main__",
    "tests.bench.appeals",
    "tests.bench.insights.__main__",
)


@pytest.fixture(autouse=True)
def untouched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A command that went to work all the same would do it in a folder that is no site."""
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("SITE", str(tmp_path / "no_site"))


@pytest.mark.parametrize("module", MODULES)
@pytest.mark.parametrize(("argument", "code"), [("--help", 0), ("--no-such-option", 2)])
def test_help_and_unknown_arguments_start_nothing(
    module: str, argument: str, code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.argv", ["command", argument])
    with pytest.raises(SystemExit) as ended:
        importlib.import_module(module).main()
    assert ended.value.code == code
    assert not (tmp_path / "data").exists()


def test_the_help_of_a_run_names_its_settings(capsys: pytest.CaptureFixture[str]) -> None:
    run = importlib.import_module("orchestration.run")
    with pytest.raises(SystemExit):
        run.main(["--help"])
    told = capsys.readouterr().out
    assert all(name in told for name in ("SITE", "DATA_DIR", "AS_OF", "FULL_REFRESH"))
