# Thin names for run.py, which does the same without make: python run.py [run|test|test-fast|lint]
PYTHON ?= python3
VENV := .venv/bin/python
N ?= 200
.DEFAULT_GOAL := run
.PHONY: run test test-fast lint format bench drills screenshots docs lock clean setup

run:
	@$(PYTHON) run.py run $(ARGS)

test:
	@$(PYTHON) run.py test $(ARGS)

test-fast:
	@$(PYTHON) run.py test-fast $(ARGS)

lint:
	@$(PYTHON) run.py lint

setup:
	@$(PYTHON) run.py setup

format: setup
	@$(VENV) -m ruff check --fix .
	@$(VENV) -m ruff format .

bench: setup
	@$(VENV) -m benchmarks $(ARGS)

drills: setup
	@$(VENV) -m drills --kills $(N) $(ARGS)

screenshots: setup
	@$(VENV) -m tools.screenshots $(ARGS)

docs: setup
	@$(VENV) -m pytest tests/docs $(ARGS)

# The same lock on every machine: no settings of the one that writes it, one version per library.
UV := env -u UV_INDEX_URL -u UV_DEFAULT_INDEX -u UV_EXTRA_INDEX_URL -u UV_INDEX -u UV_FIND_LINKS \
	-u UV_CONSTRAINT -u UV_OVERRIDE -u UV_EXCLUDE_NEWER \
	UV_CUSTOM_COMPILE_COMMAND="make lock" $(VENV) -m uv pip compile --quiet --no-config \
	--universal --python-version 3.11 --fork-strategy fewest --generate-hashes \
	--no-emit-index-url --no-emit-find-links $(UPGRADE)

lock: setup
	@$(VENV) -m pip install --quiet 'uv>=0.13,<1'
	@echo pip | $(UV) --no-deps -o requirements-pip.txt -
	@$(UV) pyproject.toml --group build -o requirements.lock
	@$(UV) pyproject.toml --group build --extra test --extra lint -c requirements.lock \
		-o requirements-dev.lock
	@printf 'dlib-bin\nface-recognition\nface-recognition-models-ng\n' \
		| $(UV) --no-deps -o requirements-face-recognition.txt -

clean:
	@rm -rf .venv .venv.lock .venv.log .pytest_cache .mypy_cache .ruff_cache .import_linter_cache \
		.hypothesis build dist
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
