PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SERVICES := gateway catalog-service crystal-service vision-service
MEMBERS := shared $(SERVICES) fleet
INSTALL := $(BIN)/pip install --quiet --constraint constraints.txt
PROJECTS := $(foreach member,$(MEMBERS),$(member)/pyproject.toml)

.DEFAULT_GOAL := help
.PHONY: help run check lint types tests format lock openapi images up down benchmark-gateway benchmark-catalog benchmark-vision clean

help:  ## List the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-20s %s\n", $$1, $$2}'

run: $(VENV)/run  ## Run the fleet on this machine until Ctrl-C
	@exec $(BIN)/python -m fleet

check: lint types tests  ## Lint, check the types and run all tests

lint: $(VENV)/check  ## Check style, formatting and the direction of imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

types: $(VENV)/check  ## Check the types of every member
	@set -e; for member in $(MEMBERS) benchmarks; do echo "mypy $$member"; $(BIN)/mypy $$member; done

tests: $(VENV)/check  ## Run all tests (ARGS="gateway -k proxy" for some)
	$(BIN)/pytest $(ARGS)

format: $(VENV)/check  ## Format the code and sort the imports
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

openapi: $(VENV)/check  ## Write each service's openapi.json anew
	@set -e; for name in gateway catalog crystal vision; do \
		folder=$$(ls -d $$name $$name-service 2>/dev/null | head -n 1); \
		$(BIN)/python -m shared.openapi $$name.main > $$folder/openapi.json; echo "$$folder/openapi.json"; \
	done

lock: $(VENV)/check  ## Resolve constraints.txt anew for all members
	$(BIN)/pip install --quiet uv
	printf '%s\n' './shared[testing]' ./gateway ./catalog-service ./crystal-service './vision-service[prepare]' ./fleet \
	| UV_FIND_LINKS= $(BIN)/uv pip compile --quiet --universal --upgrade --no-header --no-annotate \
		--no-emit-index-url --no-emit-find-links --python-version 3.11 --group pyproject.toml:dev \
		$(foreach name,shared gateway catalog crystal vision fleet,--no-emit-package flotilla-$(name)) - -o constraints.txt

images:  ## Build the container images
	docker compose build

up:  ## Run the fleet in containers and wait until it is healthy
	docker compose up --detach --build --wait

down:  ## Stop the containers
	docker compose down

benchmark-gateway: $(VENV)/check  ## Measure the gateway beside nginx and the bare upstream
	$(BIN)/python -m benchmarks.gateway

benchmark-catalog: $(VENV)/check  ## Fill a catalog with 2 million images and measure it (ARGS="--images 100000" for fewer)
	$(BIN)/python -m benchmarks.catalog $(ARGS)

benchmark-vision: $(VENV)/check  ## Measure the vision service beside other model servers (ARGS="--overload" for too much load)
	$(BIN)/python -m benchmarks.vision $(ARGS)

clean:  ## Remove the environment and all caches
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/pip:
	@echo "Creating the environment in $(VENV) (once) …"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/pip install --quiet --upgrade 'pip>=25.1'
	@touch $@

$(VENV)/run: $(VENV)/pip constraints.txt $(PROJECTS)
	@echo "Installing the services (a minute or two the first time) …"
	@$(INSTALL) -e ./shared -e ./gateway -e ./catalog-service -e ./crystal-service -e './vision-service[prepare]' -e ./fleet
	@touch $@

$(VENV)/check: $(VENV)/run pyproject.toml
	@echo "Installing the tools for checks …"
	@$(INSTALL) --group dev -e './shared[testing]'
	@touch $@
