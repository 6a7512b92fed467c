# make demo    optimize a copy of examples/shop with the base install
# make test    the whole test suite, with every optional dependency
# make lint    style, types, layers, and what goes into the wheel
# make style   the same without the wheel, which the test suite builds too
# make docs    the documentation as a site, in build/site
# make clean   remove what the other targets made

PYTHON ?= python3
VENV ?= .venv-test
DEMO_VENV ?= .venv
PYTEST_ARGS ?= -n 2 --dist loadscope --no-loadscope-reorder
PIP_INSTALL = -m pip --disable-pip-version-check install -qq -c constraints.txt

.PHONY: help demo test lint style docs clean
.DELETE_ON_ERROR:

help:
	@sed -n 's/^# //p' Makefile

$(DEMO_VENV)/.perfopt-demo: pyproject.toml constraints.txt
	@echo "Installing perfopt into $(DEMO_VENV)"
	@test -x $(DEMO_VENV)/bin/python || $(PYTHON) -m venv $(DEMO_VENV)
	@$(DEMO_VENV)/bin/python $(PIP_INSTALL) -e .
	@touch $@

$(VENV)/.perfopt-test: pyproject.toml constraints.txt
	@echo "Installing perfopt with every optional dependency into $(VENV)"
	@test -x $(VENV)/bin/python || $(PYTHON) -m venv $(VENV)
	@$(VENV)/bin/python $(PIP_INSTALL) --no-compile -e ".[mini,model,train,mcp,docs,dev]"
	@touch $@

# The copy has no environment of its own: its tests run with the one made here.
demo: $(DEMO_VENV)/.perfopt-demo
	@set -e; bin="$(abspath $(DEMO_VENV))/bin"; \
	folder=$$(mktemp -d "$${TMPDIR:-/tmp}/perfopt-demo.XXXXXX"); \
	cp -R examples/shop "$$folder/shop"; \
	echo "Optimizing a copy of examples/shop in $$folder/shop"; \
	status=0; (cd "$$folder/shop" && "$$bin/perfopt" optimize --python "$$bin/python") || status=$$?; \
	echo; \
	echo "The copy is in $$folder/shop. What changed:"; \
	echo "  diff -ru $(abspath examples/shop)/shop $$folder/shop/shop"; \
	exit $$status

test: $(VENV)/.perfopt-test
	$(VENV)/bin/python -m pytest $(PYTEST_ARGS)

lint: style
	$(VENV)/bin/python -m pytest -q tests/test_packaging.py

style: $(VENV)/.perfopt-test
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports

# A link that leads nowhere, or a page in no menu, is an error.
docs: $(VENV)/.perfopt-test
	NO_MKDOCS_2_WARNING=1 $(VENV)/bin/mkdocs build --strict --quiet
	@echo "The site is in build/site: open build/site/index.html"

# An environment that was not made here stays.
clean:
	@for stamp in .venv/.perfopt-demo .venv-test/.perfopt-test; do \
		test ! -e $$stamp || rm -rf $${stamp%/*}; \
	done
	rm -rf build dist perfopt.egg-info
	rm -rf .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find perfopt_cli tests examples benchmarks -name __pycache__ -prune -exec rm -rf {} + 2>/dev/null || true
