# LearnCraft's commands for newcomers. `make help` lists them. Needs make and Python 3.11 or later, nothing else.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

# A stamp tells that a lock file is installed, so that repeating a command costs nothing.
RUN := $(VENV)/.installed-run
DEV := $(VENV)/.installed-dev

.DEFAULT_GOAL := help
.PHONY: help setup run test check bench messages lock clean

help: ## Show this list
	@echo "LearnCraft. Start with: make run"
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(RUN) ## Install what is needed, start LearnCraft with demo data, print the address and the accounts
	@$(BIN)/learncraft serve --demo $(if $(PORT),--port $(PORT))

setup: $(DEV) ## Install what is needed to run, test and change LearnCraft

test: $(DEV) ## Run the whole suite, a real browser included
	@$(BIN)/python -m tests.browser.find
	@$(BIN)/python -m pytest -n auto --dist loadgroup

check: $(DEV) ## Style, types, directions between packages, models against migrations
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@home=$$(mktemp -d) && trap 'rm -rf "$$home"' EXIT && \
		$(BIN)/learncraft db upgrade --home "$$home" && $(BIN)/learncraft db check --home "$$home"

bench: $(DEV) ## Measure the start, each page, learners' programs beside attacks, the builder, an upload, and an exam of 200
	@$(BIN)/python -m tests.bench
	@$(BIN)/python -m tests.bench.sandbox
	@-$(BIN)/python -m tests.bench.builder
	@-$(BIN)/python -m tests.bench.upload
	@-$(BIN)/learncraft bench exam

messages: $(DEV) ## Bring the catalogues of other languages up to date with the code
	@$(BIN)/python -m learncraft.messages

# Both locks hold exact versions and hashes, no addresses. The second takes the first one's versions.
COMPILE = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-annotate --no-header

lock: $(DEV) ## Write both lock files anew from pyproject.toml
	$(COMPILE) --group build pyproject.toml --output-file requirements.lock
	$(COMPILE) --group build --group dev --constraints requirements.lock pyproject.toml --output-file requirements-dev.lock

clean: ## Remove the virtual environment and all caches; data in LEARNCRAFT_HOME stays
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis build dist test-results
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
		{ echo "LearnCraft needs Python 3.11 or later. Name one: make run PYTHON=python3.12" >&2; exit 1; }
	@echo "Making a virtual environment in $(VENV)"
	@$(PYTHON) -m venv $(VENV) || \
		{ echo "Python can't make one. On Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }

# Only what the locks hold is fetched, checked by its hash; LearnCraft itself is installed from this folder.
$(RUN): requirements.lock pyproject.toml | $(BIN)/python
	@echo "Installing what LearnCraft needs (about 350 MB the first time)"
	@$(PIP) install --require-hashes -r requirements.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@$(BIN)/learncraft sandbox install || \
		echo "LearnCraft works without it, but learners' programs can't be run" >&2
	@$(BIN)/learncraft player install || \
		echo "LearnCraft works without it, but videos don't change their quality by themselves" >&2
	@touch $@

$(DEV): requirements-dev.lock $(RUN)
	@echo "Installing what its tests need"
	@$(PIP) install --require-hashes -r requirements-dev.lock
	@$(BIN)/learncraft sandbox install
	@$(BIN)/learncraft player install
	@touch $@
