# Everything a fresh machine needs: python3 >= 3.11, pip, make, git. `make setup` is the part that demo and test share.
VENV   := .venv
PYTHON := $(VENV)/bin/python
STAMP  := $(VENV)/.installed

.PHONY: setup demo test check lock clean

setup: $(STAMP)

# Debian ships python3 without ensurepip; then pip itself installs into the new environment.
$(STAMP): pyproject.toml requirements.lock
	python3 -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Groundplan needs Python 3.11 or newer")'
	test -x $(PYTHON) || python3 -m venv $(VENV) 2>/dev/null || python3 -m venv --without-pip --clear $(VENV)
	$(PYTHON) -m pip --version >/dev/null 2>&1 || python3 -m pip --python $(PYTHON) install --quiet pip
	$(PYTHON) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(PYTHON) -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $(STAMP)

# DuskSpendr, production, on the AWS that runs on this machine.
demo: setup
	$(VENV)/bin/groundplan check -f examples/duskspendr/groundplan.yaml
	$(VENV)/bin/groundplan cost -f examples/duskspendr/groundplan.yaml
	$(VENV)/bin/groundplan deploy -f examples/duskspendr/groundplan.yaml --target local
	@echo 'Look around:  eval "$$($(VENV)/bin/groundplan local env)" && aws ecs list-clusters'
	@echo 'Stop it:      $(VENV)/bin/groundplan local stop'

test: setup
	$(PYTHON) -m pytest -n 2 --dist loadfile

# What CI adds to the tests.
check: setup
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports

# Resolve the newest versions that pyproject.toml allows, for Python 3.11 and up.
lock: setup
	$(VENV)/bin/pip-compile --quiet --all-extras --generate-hashes --allow-unsafe --strip-extras --no-emit-index-url \
	  --no-emit-find-links --no-emit-trusted-host --no-header --output-file requirements.lock pyproject.toml

clean:
	rm -rf $(VENV)
