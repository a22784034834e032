# `make book` and `make test` are all that a reader needs; `make help` lists the rest.

SHELL := /bin/bash
VENV := .venv
PYTHON := $(VENV)/bin/python
# .book stands when all is there that builds the book, .test when all is there that the tests need
BOOK := $(VENV)/.book
READY := $(VENV)/.test
BUILD := $(PYTHON) -m tools.book
TEST := $(PYTHON) -m pytest -n 2 --dist loadscope --nbval --nbval-sanitize-with tests/nbval_sanitize.cfg
TEST += tests companion tools README.md book
LOCK := $(VENV)/bin/uv pip compile pyproject.toml --quiet --no-config --universal --fork-strategy fewest --no-annotate
LOCK += --custom-compile-command "make lock"
PORT ?= 8000

# One thread: sums of floats depend on the number of threads, and the stored outputs must not.
export OMP_NUM_THREADS := 1
export MKL_NUM_THREADS := 1
export OPENBLAS_NUM_THREADS := 1
export PYTHONHASHSEED := 0

.PHONY: help book serve lab test test-wheel test-portable check notebooks runs lint lock clean

help:  ## what there is to make
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' Makefile

book: $(BOOK)  ## build the book: _build/html/index.html
	$(BUILD)
	@echo
	@echo "The book is built. Open  $(CURDIR)/_build/html/index.html  in a browser (a double click will do), or run  make serve"

serve: book  ## build the book and serve it at http://localhost:8000 (PORT=… for another port)
	@echo "Serving http://localhost:$(PORT) until you press Ctrl+C"
	@$(PYTHON) -m http.server $(PORT) --bind localhost --directory _build/html

lab: $(READY)  ## open JupyterLab on the notebooks
	$(VENV)/bin/jupyter lab book $(if $(filter 0,$(shell id -u)),--allow-root)

test: $(READY)  ## build the book and run every test: package, notebooks, pages in a browser
	@built=0; $(BUILD) || built=$$?; $(TEST) && exit $$built

test-wheel: $(READY)  ## install the built package with the lowest versions it allows, and test it there
	$(PYTHON) -m tools.wheel

test-portable: $(READY)  ## run what trains as on other processors
	$(PYTHON) -m tools.portable

check: $(READY)  ## run all that concerns one page: make check PAGE=book/….ipynb
	$(PYTHON) -m tools.check $(PAGE)

notebooks: $(READY)  ## execute the notebooks in place and normalise them (ONLY=book/….ipynb for one)
	$(PYTHON) -m tools.notebooks $(ONLY)

runs: $(READY)  ## measure the recorded runs that are missing (ONLY=ch06-… for one)
	$(PYTHON) -m tools.runs $(ONLY)

lint: $(READY)  ## check the style of the code
	$(VENV)/bin/ruff check .

lock: $(READY)  ## choose the versions again, as few new ones as needed (UPGRADE=--upgrade: the newest)
	$(LOCK) $(UPGRADE) --extra book --extra lab --extra test --output-file constraints.txt
	$(LOCK) --extra book --generate-hashes --constraint constraints.txt --output-file requirements.lock

clean:  ## remove what was built, keep the environment
	rm -rf _build build *.egg-info .pytest_cache .ruff_cache .hypothesis

$(BOOK): pyproject.toml requirements.lock tools/environment.sh
	tools/environment.sh $(VENV) book
	touch $@

$(READY): $(BOOK) constraints.txt requirements-torch.txt
	tools/environment.sh $(VENV) test
	touch $@
