# One command for everything a developer does. `make` alone lists them.

PORT     ?= 5000
INSTANCE ?= instance/demo
WORKERS  ?= $(shell nproc=$$(nproc 2>/dev/null || echo 2); echo $$((nproc < 2 ? 2 : nproc > 6 ? 6 : nproc)))
ONLY     ?=
ARGS     ?=

VENV := .venv
BIN  := $(VENV)/bin

.DEFAULT_GOAL := help
.PHONY: help setup demo test lint types floors newest bench texts docs clean

help: ## List the commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(VENV)/.dev ## Install kbwiki and its tools into .venv (once; the others do it by themselves)

demo: $(VENV)/.dev ## Serve a small intranet with kbwiki in it (PORT=5000, INSTANCE=instance/demo)
	$(BIN)/python -m kbwiki.demo --port $(PORT) --instance $(INSTANCE)

test: lint ## Lint, run every test, and check types meanwhile (ARGS="-k words"; WORKERS: the machine's cores, two to six)
	@$(BIN)/mypy & types=$$!; $(BIN)/python -m pytest -n $(WORKERS) -m "not bench" $(ARGS); tests=$$?; \
	wait $$types || { echo "types: see what mypy said above"; exit 1; }; exit $$tests

lint: $(VENV)/.dev ## Check style, and that imports keep to the layers
	$(BIN)/ruff check .
	$(BIN)/lint-imports

types: $(VENV)/.dev ## Check types
	$(BIN)/mypy

floors: $(VENV)/.dev ## Run tests on exactly the lowest versions that setup.cfg declares (ARGS="tests" for all of them)
	$(BIN)/python -m tests.floors $(ARGS)

newest: $(VENV)/.dev ## The same with the newest versions of everything
	$(BIN)/python -m tests.floors --newest $(ARGS)

bench: $(VENV)/.dev ## Measure and print one JSON line a figure (ONLY=name)
	@$(BIN)/python -m tests.bench $(ONLY)

texts: $(VENV)/.dev ## Bring the catalogues up to date with the texts in the code, and compile them
	$(BIN)/python -m tests.wording.catalogues

docs: $(VENV)/.docs ## Build the documentation into docs/_build/html
	$(BIN)/sphinx-build -W --keep-going -q -b html docs docs/_build/html

clean: ## Remove what these commands made, .venv too; the demo's instance folder stays
	rm -rf $(VENV) .floors .newest build dist docs/_build artefacts src/*.egg-info
	rm -rf .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/.dev: $(BIN)/python setup.cfg pyproject.toml $(wildcard plugins/*/pyproject.toml)
	$(BIN)/python -m pip install -qq --disable-pip-version-check 'setuptools>=70.1'
	$(BIN)/python -m pip install -qq --disable-pip-version-check --no-build-isolation -e '.[dev]' $(patsubst %/pyproject.toml,-e %,$(wildcard plugins/*/pyproject.toml))
	@touch $@

$(VENV)/.docs: $(BIN)/python setup.cfg pyproject.toml
	$(BIN)/python -m pip install -qq --disable-pip-version-check -e '.[docs]'
	@touch $@

# The newest Python that runs, is not too old, and can make an environment with pip in it: Debian packs venv apart,
# and version managers put names into PATH that only say that no such version is chosen.
PYTHON ?= $(shell for name in python3.14 python3.13 python3.12 python3.11 python3 python; do \
	"$$name" -c 'import sys, ensurepip, venv; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 \
	&& { echo "$$name"; break; }; done)

$(BIN)/python:
	$(if $(strip $(PYTHON)),,$(error kbwiki needs Python 3.11 or newer with its venv module, and none is in PATH. \
	On Debian or Ubuntu: apt-get install python3 python3-venv. Elsewhere: python.org, or make PYTHON=/path/to/python))
	$(PYTHON) -m venv --clear $(VENV) || { rm -rf $(VENV); exit 1; }
