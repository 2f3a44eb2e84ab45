# Suqiu: everything that a person or a machine runs. `make` alone lists it.
.DEFAULT_GOAL := help
.PHONY: help setup run demo test check check-long bench fix lock
MAKEFLAGS += --no-print-directory

# The first Python that is new enough; only set-up needs it, all else runs in .venv.
OK := 'import sys; sys.exit(sys.version_info < (3, 11))'
PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3 python3.14; do \
	"$$p" -c $(OK) >/dev/null 2>&1 && echo "$$p" && exit; done; echo python3)
BIN := .venv/bin
PY := $(BIN)/python

help: ## this list
	@echo "make TARGET"
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## bring what is missing: Python packages, front-end files, compiled translations
	@$(PYTHON) -m tools.setup

run: setup ## run the service with demo data at http://127.0.0.1:8000  (PORT=8001  HOST=0.0.0.0  TLS=1  DATABASE_URL=…  SUQIU_DATA=…)
	@$(PY) -m tools.run

demo: setup ## throw the demo cases away and make them anew
	@$(PY) manage.py demo --rebuild

test: setup ## run all tests, those in a browser too  (ARGS="tests/test_x.py -k name")
	@$(PY) -m tools.test $(ARGS)

check: setup ## what must hold before a change is handed in: style, floors, migrations, all tests
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/lint-imports --no-logo
	$(PY) manage.py check
	$(PY) manage.py makemigrations --check --dry-run
	@$(MAKE) test

check-long: setup ## the tests that take minutes
	$(PY) -m pytest -m long -n 2 $(ARGS) || [ $$? -eq 5 ] # 5: there is none

bench: setup ## measure, each figure against a limit measured in the same run
	@$(PY) -m bench $(ARGS)

fix: setup ## repair style where a tool can
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

lock: setup ## write requirements/*.txt and package-lock.json anew from what is asked for
	@$(PY) -m tools.lock
