# Everything a user or a contributor does with Crossbook. `make help` lists it.
#
# The environment is .venv in the checkout. Stamp files inside it remember what was installed, so that a
# second `make run` starts at once, and a changed Rust, Cargo or pyproject file rebuilds the native module.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

VENV := .venv
BIN := $(VENV)/bin
STAMPS := $(VENV)/stamps
TOOLS := $(STAMPS)/tools
PACKAGES := $(STAMPS)/packages
# The web application is built into the package, where the venue serves it from.
WEB_APP := src/crossbook/doors/http/web_app/index.html
NODE_PACKAGES := web/node_modules/.package-lock.json
NATIVE := $(STAMPS)/native
BENCH_PACKAGES := $(STAMPS)/bench
# Rivals that need an older NumPy than we do live in an environment of their own.
RIVALS_VENV := .venv-rivals
RIVALS := $(RIVALS_VENV)/installed

# An environment whose interpreter is gone, or which was made at another path, is made again. This happens
# before any rule: make looks at a stamp's age once, and would not see it go later.
$(shell grep -qs "$(CURDIR)/$(VENV)" $(BIN)/pip && $(BIN)/python -c '' 2>/dev/null || rm -rf $(VENV))

NATIVE_SOURCES := pyproject.toml Cargo.toml Cargo.lock rust-toolchain.toml .cargo/config.toml \
    $(shell find rust -name '*.rs' -o -name Cargo.toml -o -name build.rs)

WEB_SOURCES := web/index.html web/vite.config.ts web/tsconfig.json $(shell find web/src web/public -type f ! -name '*.test.*')

# One interpreter for every build of the binding: cargo builds it again when the interpreter changes.
export VIRTUAL_ENV := $(abspath $(VENV))
export PYO3_PYTHON := $(abspath $(BIN)/python)
unexport PYTHONPATH PYTHONHOME CONDA_PREFIX
# Without kept bytecode every server that a test starts compiles all that it imports.
unexport PYTHONDONTWRITEBYTECODE
UV := $(BIN)/uv --quiet --no-config
# The binding has no Rust tests: it is tested from Python, and as a program it would find no interpreter to link.
NPM := npm --prefix web
CARGO_TEST := cargo test --locked --workspace --exclude crossbook-python --quiet
# A file's tests run in one process, because some share a server that a fixture starts; tests/conftest.py says which
# files come first, so that no long one is left for the end.
PYTEST := $(BIN)/python -m pytest --quiet --numprocesses auto --dist loadfile --no-loadscope-reorder

.PHONY: help
help: ## List the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' Makefile | awk -F'|' '{ printf "%-16s %s\n", $$1, $$2 }'

# What `make run` passes on, such as ARGS="--port 9000 --data-dir /tmp/venue".
ARGS ?=

.PHONY: run
run: $(NATIVE) $(WEB_APP) ## Start the live exchange with its bots on http://127.0.0.1:8000; Ctrl-C stops it
	@exec $(BIN)/crossbook up $(ARGS)

# What `make simulate` simulates: any run file.
CONFIG ?= configs/quickstart.yaml

.PHONY: simulate
simulate: $(NATIVE) ## Simulate a trading day: configs/quickstart.yaml, or CONFIG=another run file
	@$(BIN)/crossbook run "$(CONFIG)"

.PHONY: setup
setup: $(NATIVE) $(WEB_APP) ## Make .venv with the package and the web application in it

.PHONY: check
check: lint $(NATIVE) ## Format, lint, types, rings, unit and property tests: under three minutes
	$(NPM) run --silent test
	$(CARGO_TEST)
	$(PYTEST) -m "not slow"

# What only tests need, as Debian's packages: a PostgreSQL server of their own, a browser, and Go for an example. Where one
# is not there and cannot be installed, its tests are skipped and say so.
#   $(call test-package,what tells that it is there,its name,the packages,what is missing without it)
APT_INSTALL := apt-get install --quiet --quiet --yes --no-install-recommends
define test-package
	@{ $(1); } >/dev/null 2>&1 \
	    || { echo "Installing $(2) for the tests"; \
	        $(APT_INSTALL) $(3) >/dev/null 2>&1 \
	        || { apt-get update --quiet --quiet && $(APT_INSTALL) $(3) >/dev/null; } \
	        || echo "$(2) cannot be installed here: $(4)" >&2; }
endef
GORILLA := golang-github-gorilla-websocket-dev

.PHONY: test-servers
test-servers:
	$(call test-package,command -v initdb || ls /usr/lib/postgresql/*/bin/initdb,PostgreSQL,postgresql,its tests will be skipped)
	$(call test-package,command -v chromium,Chromium,chromium,journeys through the pages need it)
	$(call test-package,command -v go,Go,golang-go,its example is not tested)
	$(call test-package,ls /usr/share/gocode/src/github.com/gorilla/websocket,WebSockets for Go,$(GORILLA),its example is not tested)

.PHONY: test
test: lint $(NATIVE) $(WEB_APP) test-servers ## Everything that check does, and the slow tests
	$(NPM) run --silent test
	$(NPM) run --silent journeys
	$(CARGO_TEST) --profile checked --lib --bins --tests -- --include-ignored
	$(CARGO_TEST) --profile checked --doc
	$(PYTEST)

KILLS ?= 1000

.PHONY: soak
soak: $(NATIVE) ## Kill a live venue KILLS times while clients trade, and compare what is left with what was acknowledged
	PYTHONPATH=. $(BIN)/python scripts/soak.py --kills $(KILLS)

FUZZ_SECONDS ?= 60
FUZZ_TARGETS := decode records restore agree

# The fuzzer's build has its own target directory. A full link-time optimisation with the sanitizer inside takes
# minutes and finds nothing more.
.PHONY: fuzz
fuzz: ## Fuzz the core, FUZZ_SECONDS for each target; needs a nightly Rust and cargo-fuzz
	@cargo +nightly --version >/dev/null 2>&1 || { echo "make fuzz needs a nightly Rust: rustup toolchain install nightly" >&2; exit 1; }
	@cargo fuzz --version >/dev/null 2>&1 || { echo "make fuzz needs cargo-fuzz: cargo install cargo-fuzz --locked" >&2; exit 1; }
	@for name in $(FUZZ_TARGETS); do \
	    mkdir -p target/fuzz/corpus/$$name || exit 1; \
	    echo "$$name, $(FUZZ_SECONDS) s"; \
	    CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 \
	    cargo +nightly fuzz run --fuzz-dir rust/fuzz --features libfuzzer --target-dir target/fuzz $$name \
	        target/fuzz/corpus/$$name rust/fuzz/seeds/$$name -- -max_total_time=$(FUZZ_SECONDS) -max_len=8192 \
	        -timeout=10 -print_final_stats=1 2>target/fuzz/$$name.log \
	        || { tail -n 40 target/fuzz/$$name.log; echo "$$name: see target/fuzz/$$name.log" >&2; exit 1; }; \
	    grep -E 'number_of_executed_units|new_units_added' target/fuzz/$$name.log; \
	done

.PHONY: lint
lint: $(NATIVE) $(NODE_PACKAGES)
	cargo fmt --all --check
	cargo clippy --locked --workspace --all-targets --quiet -- --deny warnings
	$(BIN)/ruff format --quiet --check .
	$(BIN)/ruff check --quiet .
	$(BIN)/mypy --no-error-summary src tests benches $(wildcard scripts/*.py)
	$(BIN)/lint-imports --no-logo
	$(NPM) run --silent lint
	$(NPM) run --silent types

.PHONY: bench
bench: $(NATIVE) $(WEB_APP) $(BENCH_PACKAGES) $(RIVALS) test-servers ## Measure, and print every figure beside its baseline and target
	$(BIN)/python benches/run.py

.PHONY: fmt
fmt: $(NATIVE) $(NODE_PACKAGES) ## Format the Rust, the Python and the web application
	cargo fmt --all
	$(BIN)/ruff check --quiet --fix-only .
	$(BIN)/ruff format --quiet .
	$(NPM) run --silent fmt

.PHONY: lock
lock: $(TOOLS) ## Pin the newest allowed packages again
	scripts/lock.sh

.PHONY: clean
clean: ## Remove the environment and everything built
	rm -rf $(VENV) $(RIVALS_VENV) target dist web/node_modules $(dir $(WEB_APP)) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find src tests benches scripts \( -name __pycache__ -o -name '_native*.so' \) -prune -exec rm -rf {} +

.PHONY: prerequisites
prerequisites:
	@scripts/prerequisites.sh >/dev/null

$(TOOLS): requirements/bootstrap.txt | prerequisites
	@python=$$(scripts/prerequisites.sh) && "$$python" -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@mkdir -p $(STAMPS) && touch $@

$(PACKAGES): requirements/dev.txt $(TOOLS) | prerequisites
	@$(UV) pip install --require-hashes -r $<
	@touch $@

$(NATIVE): $(NATIVE_SOURCES) $(PACKAGES) | prerequisites
	@echo "Building the native core: a minute or two the first time"
	@PATH="$(abspath $(BIN)):$$PATH" $(UV) pip install --no-deps --no-build-isolation --reinstall \
	    --config-settings build-args=--locked --editable .
	@touch $@

$(NODE_PACKAGES): web/package.json web/package-lock.json | prerequisites
	@echo "Installing the packages of the web application"
	@# Not ci: it fails where a registry lacks the binaries of another platform, which nobody installs here.
	@$(NPM) install --no-save --silent --no-audit --no-fund
	@touch $@

$(WEB_APP): $(WEB_SOURCES) $(NODE_PACKAGES)
	@echo "Building the web application"
	@$(NPM) run --silent build -- --logLevel warn
	@touch $@

$(BENCH_PACKAGES): requirements/bench.txt $(PACKAGES) | prerequisites
	@$(UV) pip install --require-hashes -r $<
	@touch $@

# Where they cannot be installed the benchmark runs without them, and its rows say so; the next run tries again.
$(RIVALS): requirements/rivals.txt $(TOOLS) | prerequisites
	@rm -rf $(RIVALS_VENV)
	@{ $(UV) venv --python $(BIN)/python $(RIVALS_VENV) \
	    && $(UV) pip install --python $(RIVALS_VENV)/bin/python --require-hashes -r $< && touch $@; } \
	    || echo "The rivals of requirements/rivals.txt cannot be installed here" >&2
