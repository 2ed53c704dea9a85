# What a newcomer runs: `make demo`, then `make test`. Both set up .venv by themselves.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
# One more than there are cores: tests that wait for servers, browsers and other processes leave room for another.
WORKERS := $(shell expr $$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 1) + 1)
LABELSTUDIO ?= .labelstudio
# Every process of the tests, and there are hundreds, would compile again what it imports.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: demo test test-slow test-cluster labelstudio-test lint format clean

demo: $(VENV)/.installed ## plan 60 hours, run the hybrid on the embedded scenes, write report.html
	$(BIN)/budgetseg plan --hours 60
	$(BIN)/budgetseg run --strategy hybrid --full-images 100
	$(BIN)/budgetseg report runs/ -o report.html

test: $(VENV)/.installed ## run the tests
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest --numprocesses $(WORKERS) --dist loadfile -m "not slow"

test-slow: $(VENV)/.installed ## run the few tests that draw thousands of clicks, learn detectors and compile kernels
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest --numprocesses $(WORKERS) --dist loadfile -m slow $$(grep -rl --include='test_*.py' 'mark\.slow' tests)

test-cluster: $(VENV)/.installed ## run the tests that need Ray and submitit: a cluster of two nodes, one of them killed
	$(BIN)/python -m pip install --quiet --editable ".[ray,slurm]"
	BUDGETSEG_CLUSTER_TESTS=1 OMP_NUM_THREADS=1 $(BIN)/python -m pytest -m cluster

lint: $(VENV)/.installed ## check style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# Label Studio brings about 930 MB and its own pins, so it gets an environment of its own.
labelstudio-test: $(VENV)/.installed $(LABELSTUDIO)/.installed ## run the annotation loop against a real Label Studio
	BUDGETSEG_LABEL_STUDIO=$(abspath $(LABELSTUDIO))/bin/label-studio $(BIN)/python -m pytest -m labelstudio

format: $(VENV)/.installed ## put the code into the house style
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean: ## remove what the commands above made
	rm -rf $(VENV) $(LABELSTUDIO) build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis

# torch and torchvision come first and together: installed one by one, pip may take releases that do not match.
$(VENV)/.installed: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet torch torchvision
	$(BIN)/python -m pip install --quiet --editable ".[dev]"
	touch $@

$(LABELSTUDIO)/.installed:
	$(PYTHON) -m venv $(LABELSTUDIO)
	$(LABELSTUDIO)/bin/python -m pip install --quiet label-studio
	touch $@
