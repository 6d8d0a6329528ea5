# The two commands of a newcomer, and what CI runs. Needs Python 3.11 or newer and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: quickstart test test-train check bench faults fuzz clean

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

# Each set of packages is installed once; setup.cfg says what is in it.
$(VENV)/base: $(BIN)/python setup.cfg pyproject.toml
	$(BIN)/pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/test: $(VENV)/base
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[test]'
	@touch $@

quickstart: $(VENV)/base
	HF_HUB_OFFLINE=1 $(BIN)/python -m generation.mind --config mind-quickstart --ledger data/quickstart/ledger.sqlite
	HF_HUB_OFFLINE=1 $(BIN)/python -m generation.gsdp --config gsdp-quickstart --ledger data/quickstart/ledger.sqlite
	$(BIN)/python -m cards.card data/quickstart/mind
	$(BIN)/python -m cards.card data/quickstart/gsdp

test: $(VENV)/test
	$(BIN)/python -m pytest tests

# torch first and alone, or gigabytes of CUDA come along
$(VENV)/train: $(VENV)/test
	$(BIN)/pip install --quiet --disable-pip-version-check torch==2.13.0
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[train]'
	@touch $@

test-train: $(VENV)/train
	$(BIN)/python -m pytest tests/train

check: $(VENV)/test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(MAKE) test

bench: $(VENV)/test
	$(BIN)/python -m tests.bench $(if $(QUICK),--quick)

# some minutes; SEED=17 METHOD=mind SCENE=kills MOMENTS=50 say which, and how often a run is disturbed
faults: $(VENV)/test
	$(BIN)/python -m tests.faults $(if $(SEED),--seed $(SEED)) $(if $(METHOD),--method $(METHOD)) $(if $(SCENE),--scene $(SCENE)) $(if $(MOMENTS),--moments $(MOMENTS))

fuzz: $(VENV)/test
	$(BIN)/python -m tests.fuzz $(if $(SEED),--seed $(SEED)) $(if $(SECONDS),--seconds $(SECONDS))

clean:
	rm -rf $(VENV) build *.egg-info data/quickstart
