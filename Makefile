# Everything a newcomer needs: `make demo`, `make test`. `make` alone lists the targets.
SHELL := /bin/bash
PYTHON ?= python3
BIN := .venv/bin
ROOT := $(shell test "$$(id -u)" = 0 && echo yes)
APT := DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends
SOURCES := pyproject.toml hatch_build.py build_page.py package-lock.json

.DEFAULT_GOAL := help
.PHONY: help demo page test lint bench proof notebooks picture lock wheel clean

help:  ## list the targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /\1\t/' | expand -t 12

demo: page  ## set up everything and serve the page with Cambridge's data
	$(BIN)/gridmap demo

page: .made/run  ## build the page if a module of it has changed; then load it again
	$(BIN)/python build_page.py

test: .made/dev .made/chromium  ## set up what the tests need and run them all
	$(BIN)/python -m pytest -n 2 --dist loadfile

lint: .made/dev  ## ruff, mypy, numpydoc
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/numpydoc lint $$(git ls-files 'gridmap/*.py')

bench: .made/dev  ## measure against the peers
	$(BIN)/python -m pytest -m proof tests/benchmarks -s

proof: .made/dev .made/chromium  ## the full-size runs; writes tests/benchmarks/RESULTS.md
	$(BIN)/python -m pytest -m proof -s

notebooks: .made/dev  ## run the notebooks
	$(BIN)/python -m pytest tests/test_notebooks.py

picture: .made/dev .made/chromium page  ## draw the README's picture from the running page
	$(BIN)/python -m tests.page.picture

lock: .made/run  ## resolve requirements.lock and requirements-dev.lock anew
	$(BIN)/pip install -q uv
	$(BIN)/uv pip compile --universal -p 3.11 pyproject.toml -q --generate-hashes --no-header \
	  --no-emit-index-url -o requirements.lock
	$(BIN)/uv pip compile --universal -p 3.11 pyproject.toml --group dev --all-extras -q \
	  --generate-hashes --no-header --no-emit-index-url -c requirements.lock -o requirements-dev.lock

wheel: .made/run  ## build the wheel into dist/
	$(BIN)/pip install -q build
	$(BIN)/python -m build --wheel

clean:  ## remove what was made
	rm -rf .venv .made node_modules build dist demo .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find gridmap/assets -mindepth 1 ! -name README.md -delete

$(BIN)/python:
	$(PYTHON) -m venv .venv 2>/dev/null || { \
	  test -n "$(ROOT)" && apt-get update -q && $(APT) python3-venv && $(PYTHON) -m venv .venv; }

.made/run: $(BIN)/python requirements.lock $(SOURCES)
	$(BIN)/pip install -q -r requirements.lock
	$(BIN)/pip install -q --no-deps -e .
	@mkdir -p .made && touch $@

.made/dev: .made/run requirements-dev.lock
	$(BIN)/pip install -q -r requirements-dev.lock
	@mkdir -p .made && touch $@

.made/chromium:
	@if test -x /usr/bin/chromium && fc-list :lang=zh | grep -q .; then :; \
	elif test -n "$(ROOT)"; then \
	  apt-get update -q && $(APT) chromium fonts-noto-cjk fontconfig gdal-bin wrk; \
	else echo "Chromium is missing and only root can install it: browser tests will be skipped"; fi
	@mkdir -p .made && touch $@
