# make serve: set up, extract corpus/ into statements.db, serve it at http://127.0.0.1:8001 (PORT= changes it)
# make test:  set up, then lint, types, import contracts, unit and browser tests

PORT ?= 8001
PYTHON ?= python3
BIN := .venv/bin
PEERS := .venv-peers
STAMP := .venv/.installed
# what is built once (the index of places) stays in the clone, so that removing the clone removes all
export STATEMENT_NLP_CACHE ?= $(CURDIR)/.cache

.PHONY: serve setup test lint types contracts index unit browser bench bench-pages peers evaluate train faults fuzz licences audit lock chromium clean

serve: setup
	@$(BIN)/statement-nlp extract corpus --db statements.db --demonstration
	@$(BIN)/statement-nlp serve --db statements.db --port $(PORT)

setup: $(STAMP)

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; give its name: make PYTHON=python3.11")'
	@echo "Setting up .venv (a few minutes, once) ..."
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps --editable .
	@touch $(STAMP)

test: setup
	@$(MAKE) --no-print-directory -j2 -O lint types contracts index
	@$(MAKE) --no-print-directory unit
	@$(MAKE) --no-print-directory browser

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: setup
	$(BIN)/mypy

contracts: setup
	$(BIN)/lint-imports

# built once, before many processes ask for it
index: setup
	@$(BIN)/statement-nlp gazetteer build

# in as many processes as there are cores; the tests of one file share what they set up
unit: setup index
	OMP_NUM_THREADS=1 $(BIN)/pytest -m "not browser" -n auto --dist loadfile

browser: setup chromium
	OMP_NUM_THREADS=1 $(BIN)/pytest -m browser -n auto --dist loadfile

# the browser tests drive the system's Chromium; where there is none, Debian's is installed
chromium:
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    echo "Installing Chromium for the browser tests ..."; \
	    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >/dev/null; \
	  else echo "The browser tests need Chromium: install it (Debian: apt install chromium) and run make test again" >&2; exit 1; fi

# pages over a million made-up claims, beside stock Datasette (MADE=small.db STATEMENTS=2000: fewer)
MADE ?= .cache/made.db
STATEMENTS ?= 100000
bench-pages: setup
	@mkdir -p $(dir $(MADE))
	test -e $(MADE) || $(BIN)/python -m statement_nlp.learning.made --statements $(STATEMENTS) --db $(MADE)
	$(BIN)/python -m statement_nlp.learning.pages_speed $(MADE)
	$(BIN)/python -m statement_nlp.learning.linking_speed $(MADE)

bench: setup peers
	OMP_NUM_THREADS=1 $(BIN)/python -m statement_nlp.learning.speed corpus --peers $(PEERS)/bin/python
	OMP_NUM_THREADS=1 $(BIN)/python -m statement_nlp.learning.throughput corpus

# what bench compares us with, in an environment of its own; without it, bench says so and prints the rest
peers: $(PEERS)/.installed

$(PEERS)/.installed: tests/learning/peers/requirements.lock
	@echo "Installing what bench compares us with ..."
	@($(PYTHON) -m venv $(PEERS) && \
	  $(PEERS)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $< && touch $@) || \
	  rm -rf $(PEERS)

evaluate: setup
	$(BIN)/statement-nlp evaluate corpus

train: setup
	$(BIN)/statement-nlp train corpus

# kills what writes a database at random moments and looks at what is left (docs/reliability.md)
KILLS ?= 200
faults: setup
	@$(BIN)/python -m tests.reliability.killing $(KILLS)

# reads and extracts documents made to harm, and some made at random for MINUTES (docs/reliability.md)
MINUTES ?= 10
fuzz: setup
	@$(BIN)/python -m tests.reliability.fuzzing $(MINUTES)

# licences of all that is locked; fails on one that is neither allowed nor explained (docs/reliability.md)
licences: setup
	@$(BIN)/python -m tests.reliability.licences

# known vulnerabilities of what is locked; asks pypi.org and so needs the network (docs/reliability.md)
audit: setup
	@$(BIN)/pip-audit --requirement requirements.lock --require-hashes --disable-pip --strict --progress-spinner off

# after a change of dependencies in pyproject.toml
lock: setup
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile pyproject.toml --all-extras --group dev --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-annotate --no-header -q -o requirements.lock

clean:
	rm -rf .venv .venv-peers .cache statements.db statements.db-wal statements.db-shm
