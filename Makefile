# The two commands of the README, and those of its developers. Everything is installed into .venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
TWOLANE := $(BIN)/twolane --data-dir .run
# Each file's tests in one process. What runs models, or breaks a machine, has this one to itself instead.
ON_ALL_CORES := --numprocesses=auto --dist=loadfile
ALONE := alone or model

.PHONY: help run test install check eval readers bench chaos clients containers site screenshots docs lock clean

help: ## Show this list
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

run: $(VENV)/installed ## Install, fetch the models, file examples/inbox, and serve http://127.0.0.1:8642
	$(TWOLANE) models pull || echo "not all models are here: the page says what is lacking; run make run again for the rest"
	$(TWOLANE) add examples/inbox || echo "not every example was filed: the page shows which and why"
	$(TWOLANE) serve

test: $(VENV)/installed-page ## Install what the tests need, and run them all
	sh tools/install_test_programs.sh
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest $(ON_ALL_CORES) -m "not ($(ALONE))" tests
	$(BIN)/python -m pytest -m "$(ALONE)" tests

install: $(VENV)/installed ## Install into .venv

check: $(VENV)/installed-page ## The quick checks: style, types, unit tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest $(ON_ALL_CORES) tests/unit

eval: $(VENV)/installed-dev ## Measure on a set: make eval SET=languages, or SET=bbc_news EVALS=folder-with-the-sets
	$(BIN)/python -m eval $(SET) $(if $(EVALS),--evals $(EVALS)) $(ARGS)

readers: $(VENV)/installed-dev ## Hold the readers against other libraries on all files of a folder: make readers EVALS=folder
	EVALS=$(EVALS) $(BIN)/python -m pytest tests/integration/extract/test_other_readers.py

containers: $(VENV)/installed-dev ## Run the stack of compose.yaml with a real engine, break it, update it, restore it
	sh tools/install_test_programs.sh
	WHOLE_STACK=1 $(BIN)/python -m pytest tests/integration/deploy

chaos: $(VENV)/installed-dev ## Break servers, workers and the disk under load, and tell what users saw: make chaos ARGS="--short"
	$(BIN)/python -m chaos $(ARGS)

bench: $(VENV)/installed-dev ## Measure twolane itself: make bench NAME=queue, or crash ARGS="--jobs 100000 --kills 200"
	$(BIN)/python -m bench $(NAME) $(ARGS)

clients: $(VENV)/installed-dev ## Try other programs' clients against a running server: make clients ARGS="llm_cli open_webui"
	$(BIN)/python tools/try_clients.py $(ARGS)

site: $(VENV)/installed-dev ## Make a site of docs/ in build/site: open build/site/index.html, or let any web server give it out
	$(BIN)/python tools/build_site.py

screenshots: $(VENV)/installed-dev ## Take the pictures in docs/images anew, of the page in a real browser
	$(BIN)/python tools/take_screenshots.py

docs: $(VENV)/installed-dev ## Write what the program dictates of docs/, and the page's types, anew
	$(BIN)/python tools/write_reference.py
	$(BIN)/python tools/write_page_types.py

lock: $(VENV)/installed-dev ## Choose the newest versions that pyproject.toml allows, with their digests
	sh tools/lock.sh $(BIN)

clean: ## Delete what was built and the example library; models stay in the user's cache
	rm -rf $(VENV) node_modules .run .mypy_cache .ruff_cache .pytest_cache

$(VENV)/installed: requirements.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	@echo "installing twolane into $(VENV) ..."
	$(PIP) install --require-hashes -r requirements.lock
	$(PIP) install --no-deps -e .
	@touch $@

$(VENV)/installed-dev: requirements-dev.lock $(VENV)/installed
	$(PIP) install --require-hashes -r requirements-dev.lock
	@touch $@

$(VENV)/installed-page: package-lock.json $(VENV)/installed-dev
	PATH="$(CURDIR)/$(BIN):$$PATH" npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@
