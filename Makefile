# Every target in one place: `make help` lists them.
SHELL := /bin/bash
PY ?= python3
V := .venv/bin
PIP := $(V)/python -m pip install --quiet --disable-pip-version-check
PYTEST := $(V)/python -m pytest
ON_DATABASE := $(addprefix tests/,ledger people site web registry plan draw inspection indicators loop)

# Commands and tests start processes by the hundred: compiled modules are kept, whatever the caller's habit.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help setup demo serve test test-pg prove lint bench requirements messages clean

help: ## list these targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 14

.venv/site.done: requirements/site.txt pyproject.toml
	test -x $(V)/python || $(PY) -m venv .venv
	$(PIP) --require-hashes -r requirements/site.txt
	$(PIP) --no-deps --no-build-isolation -e .
	touch $@

.venv/dev.done: .venv/site.done requirements/dev.txt
	$(PIP) --require-hashes -r requirements/dev.txt
	touch $@

setup: .venv/site.done ## create .venv with the zhiheng command

demo: setup ## set up, build the reference country, run the loop, serve on 127.0.0.1:8000
	$(V)/zhiheng demo --scale small

serve: setup ## serve what ./var holds on 127.0.0.1:8000
	$(V)/zhiheng serve

test: .venv/dev.done ## set up and run the whole suite
	$(PYTEST) -n 2 --dist loadfile
	@$(V)/zhiheng doctor --brief

test-pg: .venv/dev.done ## the database tests on PostgreSQL, started from the system's binaries
	ZHIHENG_TEST_DATABASE=postgresql $(PYTEST) -n 2 --dist loadfile $(ON_DATABASE)

# Small matrices on several threads wait for each other, tens of times over on a machine that is shared.
prove: .venv/dev.done ## the slow lane: thousands of seeds, kills and re-draws; writes docs/proof
	OPENBLAS_NUM_THREADS=1 ZHIHENG_PROVE=1 $(PYTEST) -m prove tests -p no:xdist --override-ini addopts="-v --strict-markers --strict-config -p no:anyio"

lint: .venv/dev.done ## style, import order, import contracts
	$(V)/ruff check .
	$(V)/ruff format --check .
	$(V)/lint-imports

bench: .venv/dev.done ## each workload beside its peer, in one run
	$(V)/zhiheng bench

requirements: ## resolve the hashed requirement files again (needs uv)
	for n in "site --extra site --extra engine" "dev --extra site --extra engine --extra spark --extra fast --extra beacon --extra test --extra bench"; do set -- $$n; f=$$1; shift; \
	  uv pip compile -q pyproject.toml requirements/build.in $$@ --universal --python-version 3.11 \
	    --generate-hashes --no-emit-index-url --no-header -o requirements/$$f.txt; done

messages: .venv/dev.done ## collect and compile translations (needs gettext)
	$(V)/python -m zhiheng.site.messages

clean: ## remove what can be made again
	rm -rf .venv var .pytest_cache .ruff_cache
