# Everything a fresh machine needs is python3.11+, git and make.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: install quickstart test lint slow bench clean

install: $(STAMP)

# uv reads no pip configuration, so a wheel folder that pip knows is handed over; plain pip is the fallback.
$(STAMP): pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install -q uv || true
	@links="$$($(BIN)/python -m pip config get global.find-links 2>/dev/null || $(BIN)/python -m pip config get :env:.find-links 2>/dev/null || true)"; \
	if [ -x $(BIN)/uv ]; then \
	  UV_FIND_LINKS="$${UV_FIND_LINKS:-$$links}" $(BIN)/uv pip install -q --python $(BIN)/python --compile-bytecode -c constraints.txt -e ".[dev]"; \
	else \
	  $(BIN)/python -m pip install -q -c constraints.txt -e ".[dev]"; \
	fi
	@touch $@

quickstart: install
	$(BIN)/xtb quickstart

test: install
	$(BIN)/python -m pytest -n 2 --dist worksteal

lint: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

slow: install
	$(BIN)/python -m pytest -n 2 --dist worksteal -m "slow or not slow"

clean:
	rm -rf $(VENV) build dist .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
