PYTHON := .venv/bin/python

.PHONY: notebooks
notebooks:  ## execute the notebooks in place and normalise them; ONLY=book/….ipynb for one
	$(PYTHON) -m tools.notebooks $(ONLY)
