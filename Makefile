# On Windows use install.ps1. PYTHON names another interpreter, 3.11 or newer: make run PYTHON=python3.12
PYTHON ?= python3
BIN := .venv/bin
TEMPLATES := titanic_linear titanic_two_layer

# Prints a dot every three seconds while a command that says nothing runs.
ALIVE := sh -c 'while sleep 3; do printf . >&2; done & trap "kill $$!" EXIT; "$$@"' alive

.PHONY: help run calc digits test test-all soak quick windows windows-speed matrix lint validate pages drawing pictures docs audit bench first-hour clean

help:
	@echo "make run   set up, build both Titanic workbooks, train them, results in out/"
	@echo "make calc  put the formulas and buttons into LibreOffice Calc and open a workbook to train in it"
	@echo "make digits build the large workbook of handwritten digits, with the package that brings the images"
	@echo "make test  set up and run the tests (those marked slow too: make test-all)"
	@echo "make soak  attack files, formulas and commands for MINUTES=20 with SEED=0, and print what became of it"
	@echo "make quick set up and run the tests that take less than a minute together"
	@echo "make windows run the tests on Windows' own Python, under Wine in a Debian 13 that it makes (needs root)"
	@echo "make windows-speed measure there what a person in Excel waits for, for docs/excel.md"
	@echo "make matrix run them with the oldest and the newest packages, on each Python at hand (needs root for Debian 13)"
	@echo "make lint  set up and run the checks on style, types, layers and what is known to be unsafe (bandit)"
	@echo "make audit ask which of the packages in use have a known weakness (pip-audit; needs the internet)"
	@echo "make validate let Microsoft's Open XML SDK check every workbook that Gradsheet builds (80 MB from npm, once)"
	@echo "make bench set up and measure training against PyTorch, scikit-learn and C, and Calc where it is"
	@echo "make first-hour follow the README on a fresh clone, and list what a newcomer would stumble over"
	@echo "make pages make the generated pages in docs/ anew"
	@echo "make drawing draw the picture of the architecture anew, with Graphviz"
	@echo "make pictures take the screenshots in docs/images anew, in LibreOffice Calc"
	@echo "make docs  make these and the templates in workbooks/ anew"

.venv/made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Python 3.11 or newer is needed; name one with: make PYTHON=python3.12" >&2; exit 2; }
	@echo "Making .venv ..."
	@$(ALIVE) $(PYTHON) -m venv .venv
	@$(ALIVE) $(BIN)/pip install --quiet --disable-pip-version-check --upgrade pip
	@touch $@

.venv/ready: .venv/made pyproject.toml
	@echo "Installing Gradsheet into .venv ..."
	@$(ALIVE) $(BIN)/pip install --quiet --disable-pip-version-check --editable .
	@echo "Compiling the kernels (about a minute, once) ..."
	$(BIN)/gradsheet warm
	@touch $@

.venv/ready-test: .venv/ready
	@$(ALIVE) $(BIN)/pip install --quiet --disable-pip-version-check --editable '.[test]'
	@touch $@

.venv/ready-lint: .venv/ready
	@$(ALIVE) $(BIN)/pip install --quiet --disable-pip-version-check --editable '.[lint]'
	@touch $@

run: .venv/ready
	@$(ALIVE) $(BIN)/gradsheet build $(TEMPLATES) --output out --force
	@$(ALIVE) $(BIN)/gradsheet train out/titanic_linear.xlsx --optimizer momentum --lr 0.1 --epochs 400 \
	  --export out/titanic_linear.weights.csv
	@$(ALIVE) $(BIN)/gradsheet train out/titanic_two_layer.xlsx --optimizer momentum --lr 0.01 --batch-size 32 --epochs 200 \
	  --restarts 128 --export out/titanic_two_layer.weights.csv
	@echo "Open out/titanic_linear.xlsx and out/titanic_two_layer.xlsx; the weights are in the .csv files beside them."

# Not the one that make run has trained: the first click is to make the loss fall. It is made once, and stays the user's.
out/calc/titanic_two_layer.xlsx: | .venv/ready
	@$(BIN)/gradsheet build titanic_two_layer --output out/calc

calc: out/calc/titanic_two_layer.xlsx
	$(BIN)/gradsheet install calc --open out/calc/titanic_two_layer.xlsx

out/digits.xlsx: | .venv/ready
	@$(ALIVE) $(BIN)/pip install --quiet --disable-pip-version-check --editable '.[digits]'
	@$(ALIVE) $(BIN)/gradsheet build digits --output out

digits: out/digits.xlsx
	@echo "Open out/digits.xlsx."

# A worker for each core, and a file's tests in one worker, where they share what they build.
PYTEST := $(BIN)/python -m pytest --numprocesses auto --dist loadfile
# Without what starts other processes or saves whole workbooks.
QUICK := $(addprefix tests/,cells catalogue kernels training golden) --ignore tests/kernels/test_cache.py

test: .venv/ready-test
	$(PYTEST) -m "not slow"

test-all: .venv/ready-test
	$(PYTEST)

MINUTES ?= 20
SEED ?= 0

soak: .venv/ready-test
	$(BIN)/python -m tests.soak --minutes $(MINUTES) --seed $(SEED)

quick: .venv/ready-test .venv/ready-lint
	$(BIN)/ruff check .
	$(PYTEST) -m "not slow" $(QUICK)

# What it makes once stays here, several gigabytes.
MATRIX := $(or $(GRADSHEET_MATRIX),/tmp/gradsheet-matrix)

windows:
	@tests/windows/run.sh $(MATRIX)

windows-speed:
	@tests/windows/run.sh $(MATRIX) --measure

matrix:
	@tests/matrix/versions.sh $(MATRIX)

lint: .venv/ready-lint
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/bandit --quiet --configfile pyproject.toml --recursive pyfuncs addin workbooks

# A package that could not be looked up counts as a failure: nothing is known of it.
audit: .venv/ready-test
	@$(ALIVE) $(BIN)/pip install --quiet --disable-pip-version-check --editable '.[audit]'
	@mkdir -p out
	$(BIN)/pip freeze --exclude-editable > out/packages.txt
	$(BIN)/pip-audit --strict --no-deps --disable-pip --progress-spinner off --requirement out/packages.txt

validate: .venv/ready
	tests/validator/run.sh out/validator

bench: .venv/ready
	@$(ALIVE) $(BIN)/pip install --quiet --disable-pip-version-check --editable '.[bench]'
	$(BIN)/python -m bench
	$(BIN)/python -m bench.commands
	$(BIN)/python -m bench.calc
	$(BIN)/python -m bench.own_tables

first-hour:
	$(PYTHON) tests/first_hour/walk.py

pages: .venv/ready
	$(BIN)/gradsheet functions --pages docs
	$(BIN)/python -m addin.cli.reference > docs/commands.md
	$(BIN)/python -m workbooks.lessons.answers > docs/questions.md

# Graphviz writes its version into the picture, which is nobody's concern.
drawing:
	dot -Tsvg docs/images/architecture.dot | sed '/^<!-- Generated/,/-->/d' > docs/images/architecture.svg

# Screenshots of the real windows: needs LibreOffice Calc, Xvfb, openbox, xdotool and ImageMagick.
pictures: .venv/ready-test
	GRADSHEET_REQUIRE_CALC=1 $(BIN)/python -m pytest tests/hosts/calc/pictures.py

docs: pages
	$(BIN)/gradsheet build all --output workbooks --force
	$(BIN)/gradsheet build anywhere --output workbooks/anywhere --force

clean:
	rm -rf .venv out
