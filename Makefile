# Everything sets itself up: each target needs only Python 3.10+ and make.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
WORKERS ?= auto
SAMPLE ?= 300
SEED ?= 11
KILLS ?= 1000
FUZZ_SECONDS ?= 60
SOAK_SECONDS ?= 1800

PLUGINS := build/plugins

.PHONY: kill-workers demo test lint types docs bench gate nightly chaos fuzz soak mutants idl lock interop plugins oldest matrix audit release clean

# The run environment is what a user gets; the development one adds the rest on top.
$(VENV)/.run: pyproject.toml requirements/run.lock
	@$(PYTHON) -c 'import sys; sys.exit("drawloom needs Python 3.10 or newer, this is " + sys.version.split()[0]) if sys.version_info < (3, 10) else None'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "setting up $(VENV) (once) ..."
	@$(PIP) install --require-hashes -r requirements/run.lock
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: $(VENV)/.run requirements/dev.lock
	@echo "adding the development tools to $(VENV) (once) ..."
	@$(PIP) install --require-hashes -r requirements/dev.lock
	@touch $@

demo: $(VENV)/.run
	@$(BIN)/python examples/demo.py

test: $(VENV)/.dev
	$(BIN)/python -m pytest -n $(WORKERS)

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.dev
	$(BIN)/pyright --pythonpath $(BIN)/python

docs: $(VENV)/.dev
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet --site-dir build/site

bench: $(VENV)/.dev
	$(BIN)/python -m benchmarks

# Nightly: no peer, a ratio of times; CI counts work instead (tests/bench/test_work.py).
gate: $(VENV)/.dev
	$(BIN)/python -m benchmarks --gate

# Each law on 100,000 examples, which takes hours, and the gate.
nightly: $(VENV)/.dev gate
	DRAWLOOM_LAWS=nightly $(BIN)/python -m pytest -n $(WORKERS) --timeout=0 tests/laws tests/literals

# Reads what the real peers wrote, and has them read what drawloom writes; not part of CI, for it installs both.
interop: $(VENV)/.dev
	$(BIN)/python -m benchmarks.interop

# The tests of models on the oldest pydantic that pyproject allows; CI runs them on the one that is locked.
oldest: $(VENV)/.dev
	@$(PIP) install --upgrade --target build/oldest "$$(sed -n 's/^pydantic = \["pydantic>=\(.*\)"\]/pydantic==\1.*/p' pyproject.toml)"
	PYTHONPATH=build/oldest $(BIN)/python -m pytest -p no:randomly tests/typeengine/contrib/test_faithful_models.py tests/typeengine/contrib/test_contrib.py

$(VENV)/.mutants: $(VENV)/.dev requirements/mutants.lock
	@$(PIP) install --require-hashes -r requirements/mutants.lock
	@touch $@

# Records under fault: kills at each call of the recorder, torn and flipped journals, full disks, many processes; counted.
chaos: $(VENV)/.dev
	$(BIN)/python tests/chaos.py --kills $(KILLS)

# Every reader for 60 seconds with inputs that are nearly right; `make fuzz FUZZ_SECONDS=3600` for an hour each.
fuzz: $(VENV)/.dev
	$(BIN)/python tests/fuzz.py --seconds $(FUZZ_SECONDS)

# Runs without end for 30 minutes: memory, threads and open files have to stay where they were.
# Workers and schedulers of executors that are killed while runs go on, counted.
kill-workers: $(VENV)/.dev
	$(BIN)/python tests/kill_workers.py --kills 50 --schedulers 5

soak: $(VENV)/.dev
	$(BIN)/python tests/soak.py --seconds $(SOAK_SECONDS)

# Hours: a seeded sample of changes to the source, each run against the tests that should notice it.
mutants: $(VENV)/.mutants
	$(BIN)/python tools/mutants.py --sample $(SAMPLE) --seed $(SEED)

# Type plug-ins of flytekit's from PyPI, unchanged, where `import flytekit` means drawloom; flytekit itself is not installed.
$(PLUGINS)/.ready: requirements/plugins.txt requirements/run.lock
	@test -x $(PLUGINS)/bin/python || $(PYTHON) -m venv $(PLUGINS)
	@$(PLUGINS)/bin/python -m pip --disable-pip-version-check --quiet install --no-deps \
		flytekitplugins-pandera==1.16.31 flytekitplugins-omegaconf==1.16.31 flytekitplugins-duckdb==1.16.31
	@$(PLUGINS)/bin/python -m pip --disable-pip-version-check --quiet install \
		-r requirements/plugins.txt protobuf msgpack click rich
	@touch $@

plugins: $(VENV)/.dev $(PLUGINS)/.ready
	DRAWLOOM_PLUGINS_PYTHON=$(CURDIR)/$(PLUGINS)/bin/python $(BIN)/python -m pytest tests/compat/test_plugins.py

# Each supported Python with the oldest and the newest of every dependency and extra; an environment of its own for each.
matrix: $(VENV)/.dev
	$(BIN)/python tools/matrix.py --workers $(WORKERS)

$(VENV)/.release: $(VENV)/.dev requirements/release.lock
	@$(PIP) install --require-hashes -r requirements/release.lock
	@touch $@

# Known weaknesses of what the locks name; what cannot be looked up fails, too.
audit: $(VENV)/.release
	$(BIN)/pip-audit --strict --require-hashes --disable-pip --progress-spinner off -r requirements/run.lock -r requirements/dev.lock

# What a release consists of, once nothing in it is known to be weak: sdist, wheel, and the list of what they are installed with.
release: audit
	rm -rf dist
	$(BIN)/python -m build --no-isolation --outdir dist
	$(BIN)/cyclonedx-py requirements requirements/run.lock --pyproject pyproject.toml --mc-type library \
		--output-reproducible --output-format JSON --output-file dist/drawloom.cdx.json

idl: $(VENV)/.dev
	$(BIN)/python tools/gen_idl.py

lock: $(VENV)/.dev
	$(BIN)/python tools/lock.py

clean:
	rm -rf $(VENV) build dist site
