# One door for users and developers. Needs Python 3.11 or later, git and make; everything else comes from the lock files.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.PHONY: demo test lint types contracts pytest bench soak fuzz audit sbom lock clean

demo: $(VENV)/.runtime
	$(BIN)/egov-audit demo

test: lint types contracts pytest

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.dev
	$(BIN)/mypy

contracts: $(VENV)/.dev
	$(BIN)/lint-imports --no-cache

pytest: $(VENV)/.dev
	$(BIN)/pytest -n 2 --dist loadgroup

bench: $(VENV)/.dev
	$(BIN)/python -m tests.bench

# Fifty kills, some on PostgreSQL, a flaky site, the load: at full size, with figures. `make test` runs them small.
soak: $(VENV)/.dev
	$(BIN)/python -m tests.soak

# Every parser and importer under coverage-guided fuzzing, FUZZ_SECONDS each, and inputs made to be heavy.
FUZZ_SECONDS ?= 20
fuzz: $(VENV)/.fuzz
	$(BIN)/python -m tests.fuzz $(FUZZ_SECONDS)

$(VENV)/.fuzz: requirements/fuzz.lock $(VENV)/.dev
	$(PIP) install --require-hashes -r requirements/fuzz.lock
	@touch $@

$(VENV)/.runtime: requirements/runtime.lock requirements/build.lock pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(PIP) install --require-hashes -r requirements/runtime.lock
	$(PIP) install --require-hashes -r requirements/build.lock
	$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: requirements/dev.lock $(VENV)/.runtime
	$(PIP) install --require-hashes -r requirements/dev.lock
	@touch $@

# Known vulnerabilities in what is locked. Asks the network; a package nobody could look up is a failure, not a pass.
audit: $(VENV)/.supply
	$(VENV)/supply/bin/pip-audit --strict --require-hashes --disable-pip -r requirements/runtime.lock

# The bill of materials of what an installation gets, every package with its hashes; the same locks give the same file.
sbom: $(VENV)/.supply
	@mkdir -p dist
	$(VENV)/supply/bin/cyclonedx-py requirements requirements/runtime.lock --pyproject pyproject.toml --output-reproducible --of JSON -o dist/sbom.cdx.json
	@echo dist/sbom.cdx.json

# Tools with dependencies of their own, kept out of the environment the product runs in.
$(VENV)/.supply: requirements/supply.lock $(VENV)/.runtime
	test -x $(VENV)/supply/bin/python || $(PYTHON) -m venv $(VENV)/supply
	$(VENV)/supply/bin/python -m pip --disable-pip-version-check --quiet install --require-hashes -r requirements/supply.lock
	@touch $@

# Needs uv; the locks are committed, so only who changes a dependency runs it.
lock:
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-annotate --no-header pyproject.toml -o requirements/runtime.lock
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-annotate --no-header pyproject.toml --all-extras --group dev -c requirements/runtime.lock -o requirements/dev.lock
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-annotate --no-header --group supply -o requirements/supply.lock
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-annotate --no-header --group fuzz -o requirements/fuzz.lock
	printf 'hatchling==1.33.0\neditables==0.6\n' | uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-annotate --no-header - -o requirements/build.lock

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .import_linter_cache .hypothesis
