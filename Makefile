# Everything a fresh machine needs: python3 >= 3.11, pip, make, git. The demonstration installs half of the packages and
# a fifth of the megabytes that the tests need.
VENV    := .venv
PYTHON  := $(VENV)/bin/python
STAMP   := $(VENV)/.installed
DEMO    := $(VENV)/.installed-for-demo
INSTALL := $(PYTHON) -m pip install --quiet --disable-pip-version-check

.PHONY: setup demo test check faults second-opinion documents lock clean

setup: $(STAMP)

# Debian ships python3 without ensurepip; then pip itself installs into the new environment.
define environment
	python3 -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Groundplan needs Python 3.11 or newer")'
	test -x $(PYTHON) || python3 -m venv $(VENV) 2>/dev/null || python3 -m venv --without-pip --clear $(VENV)
	$(PYTHON) -m pip --version >/dev/null 2>&1 || python3 -m pip --python $(PYTHON) install --quiet pip
endef

$(STAMP): pyproject.toml requirements.lock
	$(environment)
	$(INSTALL) --require-hashes -r requirements.lock
	$(INSTALL) --no-deps --no-build-isolation -e .
	touch $(DEMO) $(STAMP)

$(DEMO): pyproject.toml requirements-demo.lock
	$(environment)
	$(INSTALL) --require-hashes -r requirements-demo.lock
	$(INSTALL) --no-deps --no-build-isolation -e .
	touch $(DEMO)

# DuskSpendr, production, on the AWS that runs on this machine.
demo: $(DEMO)
	$(VENV)/bin/groundplan check -f examples/duskspendr/groundplan.yaml
	$(VENV)/bin/groundplan cost -f examples/duskspendr/groundplan.yaml
	$(VENV)/bin/groundplan deploy -f examples/duskspendr/groundplan.yaml --target local
	@echo 'Go on:        export PATH="$(CURDIR)/$(VENV)/bin:$$PATH" and groundplan --help in any folder; docs/tour.md'
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

# Deployments of all systems to an AWS in this process with a fault at every step: a few hours. SECONDS=600 tries as
# many of each system as there is time for; build/faults.jsonl remembers what was tried, and the next run goes on from it.
faults: setup
	mkdir -p build
	$(PYTHON) -m tests.operations.faults --log build/faults.jsonl $(if $(SECONDS),--seconds $(SECONDS))

# What Checkov and cfn-lint find in the examples, and what becomes of it: docs/second-opinion.md. Checkov is installed
# into an environment of its own, .checkov-venv.
second-opinion: setup
	$(PYTHON) -m tests.second_opinion

# The documents of the examples, written anew from their blueprints.
documents: setup
	for system in duskspendr spontime spendsense personal-timeline; do \
	  GROUNDPLAN_PRICES=packaged $(VENV)/bin/groundplan docs -f examples/$$system/groundplan.yaml --out examples/$$system/docs || exit 1; \
	done
	GROUNDPLAN_PRICES=packaged $(VENV)/bin/groundplan docs -f examples/solemate/groundplan.yaml --out examples/solemate/docs --lower-case

# Resolve the newest versions that pyproject.toml allows, for Python 3.11 and up; the demonstration's are among them.
COMPILE := $(VENV)/bin/pip-compile --quiet --generate-hashes --allow-unsafe --strip-extras --no-emit-index-url \
  --no-emit-find-links --no-emit-trusted-host --no-header

lock: setup
	$(COMPILE) --all-extras --output-file requirements.lock pyproject.toml
	$(COMPILE) --extra local --build-deps-for editable --constraint requirements.lock \
	  --output-file requirements-demo.lock pyproject.toml

clean:
	rm -rf $(VENV) .checkov-venv
