# `make` or `make help` lists what there is. Everything needs Python 3.11+, make and git, nothing else.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.stamp
LOCAL := $(BIN)/python -m pinboard.local
PEOPLE ?= 100
SEED ?= 1
# One more than there are cores: many tests wait for processes of their own.
WORKERS ?= $(shell $(PYTHON) -c 'import os; print((os.cpu_count() or 1) + 1)')
CASES ?= 20000
FUZZ_SECONDS ?= 600

# Compiled code is kept, whatever the environment says: tests start dozens of processes, and each would
# compile all of ours anew.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help run test demo lint format types imports schema schema-check shell migrations migrate migrations-check fuzz chaos bench curves lock clean check

help: ## List the commands
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-18s%s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(STAMP) ## Start everything: web, live, worker, beat, Postgres, Valkey (PORT=8000 LIVE_PORT=8001, DEMO=0 for no demo world)
	@$(LOCAL) run

test: $(STAMP) ## Run all tests, in parallel, on services of their own (ARGS="-k feed")
	@$(BIN)/python -m pytest -n $(WORKERS) $(ARGS)

demo: $(STAMP) ## Fill a demo world (PEOPLE=100 SEED=1 PHOTOS=folder)
	@$(LOCAL) exec --migrate -- $(BIN)/python manage.py demo --people $(PEOPLE) --seed $(SEED) $(if $(PHOTOS),--photos "$(PHOTOS)")

lint: $(STAMP) ## Check style and common mistakes
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

format: $(STAMP) ## Rewrite the code in the project's style
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

types: $(STAMP) ## Check types
	@$(LOCAL) exec -- $(BIN)/mypy pinboard apps config

imports: $(STAMP) ## Check that floors and rooms are kept
	@$(BIN)/lint-imports

schema: $(STAMP) ## Write schema.graphql
	@$(LOCAL) exec -- $(BIN)/python manage.py schema

schema-check: $(STAMP) ## Check that schema.graphql is up to date, and no change breaks clients (BEFORE=file, of what they know)
	@$(LOCAL) exec -- $(BIN)/python manage.py schema --check $(if $(BEFORE),--against "$(BEFORE)")

shell: $(STAMP) ## Open a Python shell with everything loaded
	@$(LOCAL) exec --migrate -- $(BIN)/python manage.py shell

migrations: $(STAMP) ## Write migrations for changed models
	@$(LOCAL) exec -- $(BIN)/python manage.py makemigrations

migrations-check: $(STAMP) ## Check that no model changed without a migration
	@$(LOCAL) exec -- $(BIN)/python manage.py makemigrations --check --dry-run

migrate: $(STAMP) ## Bring the development database up to date
	@$(LOCAL) exec -- $(BIN)/python manage.py migrate

fuzz: $(STAMP) ## Compare the engine with graphql-core, the feed with its model, and try the endpoint and its servers, on many drawn cases (CASES=20000 FUZZ_SECONDS=600)
	@FUZZ_CASES=$(CASES) FUZZ_SECONDS=$(FUZZ_SECONDS) $(BIN)/python -m pytest -n $(WORKERS) \
	  tests/engine tests/endpoint/test_fuzz.py tests/endpoint/test_fuzz_wire.py tests/feed/test_oracle.py

chaos: $(STAMP) ## Kill, flush and restart what pins to 100,000 followers go through, and count (ARGS="worker --seed 1")
	@$(BIN)/python -m tests.chaos $(ARGS)

bench: $(STAMP) ## Measure (ARGS=NAME for one benchmark); figures go to build/bench/
	@$(BIN)/python -m benchmarks $(ARGS)

curves: $(STAMP) ## Write the figures of `make bench ARGS=feed` into docs/feed/: curves, and the plan
	@$(BIN)/python -m benchmarks.curves
	@$(BIN)/python -m benchmarks.plan --into docs/feed/plan.md

check: lint types imports migrations-check schema-check ## All checks but the tests

lock: $(STAMP) ## Lock the requirements anew, with hashes
	@for name in base dev; do \
	  $(BIN)/pip-compile --quiet --strip-extras --generate-hashes --allow-unsafe --no-header \
	    --no-emit-index-url --no-emit-trusted-host --no-emit-find-links --no-emit-options \
	    --output-file requirements/$$name.txt requirements/$$name.in; \
	done

clean: ## Delete the environment, the development data and what was built
	@[ ! -x $(BIN)/python ] || $(LOCAL) clean
	@rm -rf $(VENV) .local build tests/clients/node_modules .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# An environment whose Python has gone, after an upgrade say, is made anew.
ifneq ($(shell $(BIN)/python -c 'print("works")' 2>/dev/null),works)
.PHONY: $(STAMP)
endif

$(STAMP): requirements/dev.txt
	@command -v $(PYTHON) >/dev/null || { echo "Python is missing. Install Python 3.11 or newer, or name it: make PYTHON=/path/to/python3"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "$$($(PYTHON) --version) is too old. Pinboard needs Python 3.11 or newer: make PYTHON=python3.11"; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo "This Python has no venv module. Install it (on Debian: python3-venv), or name another Python: make PYTHON=/path/to/python3"; exit 1; }
	@$(PYTHON) -c 'import shutil, sys; sys.exit(shutil.disk_usage(".").free < 1.5e9)' || { echo "The disk has less than 1.5 GB free, which the environment and the data need. Make room, then start again."; exit 1; }
	@$(BIN)/python -c '' 2>/dev/null || rm -rf $(VENV)
	@echo "Making $(VENV) from requirements/dev.txt; about a minute, once."
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps --require-hashes -r requirements/dev.txt
	@touch $@
