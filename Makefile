# Everything a newcomer needs: `make run` and `make test` install what they use, then work offline.
# Settings come from the environment: SITE (a site folder), DATA_DIR (all that is written), AS_OF, FULL_REFRESH=1.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
PY := $(VENV)/bin/python
UV_VERSION := 0.13.9
PORT ?= 3000

# Named after the lock's content, so that a fresh checkout time alone never triggers a new (online) install.
INSTALLED := $(VENV)/.installed-$(shell cksum < requirements.lock | cut -d' ' -f1)

.DEFAULT_GOAL := help
.PHONY: run test bench bench-appeals bench-insights ui install lint types help

run: $(INSTALLED) ## Build and publish the site (default: the simulated demo), ending with a summary
	@$(PY) -m orchestration.run

test: lint types ## Lint, check types and run all tests
	@$(PY) -m pytest -n 2 --dist loadscope --no-loadscope-reorder

bench: $(INSTALLED) ## Measure full and incremental builds, time and memory (BENCH_SIZES=100k,1M)
	@$(PY) -m tests.bench

ui: $(INSTALLED) ## Dagster on http://127.0.0.1:3000 (PORT=…): asset graph, runs, schedule, sensor
	@$(PY) -m orchestration.ui --port $(PORT)

bench-appeals: $(INSTALLED) ## From files to the regulator's report of a half-year of 15 million complaints
	@$(PY) -m tests.bench.appeals

bench-insights: $(INSTALLED) ## Insights and effects against what 20 simulated sites planted (BENCH_SEEDS=20)
	@$(PY) -m tests.bench.insights

install: $(INSTALLED) ## Only install (into .venv, from requirements.lock, hashes checked)

lint: $(INSTALLED) ## Only lint (ruff)
	@$(PY) -m ruff check .

types: $(INSTALLED) ## Only check types (mypy)
	@$(PY) -m mypy

help: ## This list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-15s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(INSTALLED):
	@test -n "$(PYTHON)" || { echo "Python 3.11 is needed: install it or set PYTHON=/path/to/python3.11" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' \
	  || { echo "Python 3.11 is needed, $(PYTHON) is another version: set PYTHON=/path/to/python3.11" >&2; exit 1; }
	@test -x $(PY) || $(PYTHON) -m venv $(VENV)
	@echo "Installing into $(VENV) from requirements.lock"
	@if $(PY) -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION); then \
	  $(PY) -m uv pip sync --quiet --require-hashes --compile-bytecode --python $(PY) requirements.lock; \
	else \
	  $(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock; \
	fi
	@rm -f $(VENV)/.installed-*
	@touch $@
