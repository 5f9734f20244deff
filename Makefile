# demo, test, check and bench set up what they need by themselves: the Python environment in .venv,
# and the servers (as root from Debian's packages; otherwise they say what to install).

SERVER ?= prosody
POLICY ?= data/policies/searx-chat.yaml
PYTHON ?= python3
JOBS ?= 3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: demo test test-matrix check bench format catalogues docs lock learn clean servers-demo servers-test

demo: $(READY) servers-demo
	@$(BIN)/python -m demo --server $(SERVER) --policy $(POLICY)

test: $(READY) servers-test
	$(BIN)/python -m pytest --numprocesses $(JOBS) --cov --cov-report= $(ARGS)
	$(BIN)/coverage report

# As root, with debootstrap: the newest servers that Debian has, in a chroot below .cache/matrix.
test-matrix:
	@tools/matrix.sh $(ARGS)

check: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python tools/catalogues.py check

bench: $(READY)
	$(BIN)/python -m benchmarks $(ARGS)

format: $(READY)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

catalogues: $(READY)
	$(BIN)/python tools/catalogues.py update

docs: $(READY)
	$(BIN)/python tools/generated.py

lock: $(READY)
	$(BIN)/python tools/lock.py

# With scikit-learn, which neither the bot nor its tests need: in an environment of its own.
learn: $(VENV)-learn
	$(VENV)-learn/bin/python tools/learn.py

$(VENV)-learn:
	$(PYTHON) -m venv $@
	$@/bin/pip install --quiet --disable-pip-version-check -e . "scikit-learn>=1.5"

clean:
	rm -rf $(VENV) $(VENV)-learn .cache build dist .coverage

servers-demo:
	@tools/install_debian.sh demo $(SERVER)

servers-test: $(READY)
	@tools/install_debian.sh tests
	@$(BIN)/python tools/unpack_servers.py

$(READY): pyproject.toml requirements.lock
	@tools/make_venv.sh $(PYTHON) $(VENV)
