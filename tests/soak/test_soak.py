"""A few attempts of each kind of attack; make soak makes very many."""

import random
import sys

import pytest

if sys.platform == "win32":
    pytest.skip("the attack uses signals and limits of POSIX", allow_module_level=True)

from .bench import CORPUS, Bench
from .kinds import KINDS
from .outcome import DONE, FAULT, REFUSED, judged, run

ATTEMPTS = {"formulas": 300, "workbooks": 6, "xlsx tables": 6, "CSV tables": 6, "CSV weights": 4}


@pytest.fixture(scope="module")
def bench(tmp_path_factory):
    with Bench(tmp_path_factory.mktemp("soak")) as bench:
        yield bench


@pytest.mark.parametrize("name", KINDS)
def test_a_few_attempts_of_a_kind_find_no_fault(bench, name):
    attempt = KINDS[name][1]
    outcomes = [attempt(bench, random.Random(f"short {name} {number}")) for number in range(ATTEMPTS.get(name, 1))]
    assert [outcome.said for outcome in outcomes if outcome.kind == FAULT] == []


@pytest.mark.parametrize("file", sorted(CORPUS.glob("table_*.csv")), ids=lambda file: file.stem)
def test_a_past_find_among_tables(file, tmp_path):
    for fill in ("median", "mode", "drop"):
        outcome = run("new", file, "--target", "rent", "--fill", fill, "-o", tmp_path / f"{fill}.xlsx")
        assert outcome.kind in (DONE, REFUSED), outcome.said
        assert (tmp_path / f"{fill}.xlsx").exists() == (outcome.kind == DONE)


@pytest.mark.parametrize("file", sorted(CORPUS.glob("weights_*.csv")), ids=lambda file: file.stem)
def test_a_past_find_among_weights(file, bench, tmp_path):
    outcome = run("import", bench.book, file, "--save", tmp_path / "out.xlsx")
    assert outcome.kind in (DONE, REFUSED), outcome.said


def test_what_escapes_hangs_or_says_too_much_is_a_fault(bench, monkeypatch):
    def escape(*_):
        raise ZeroDivisionError("division by zero")

    monkeypatch.setattr("addin.cli.evaluate.model_of", escape)
    assert run("evaluate", bench.book).kind == FAULT
    monkeypatch.setattr("addin.cli.evaluate.model_of", lambda file: [None for _ in iter(int, 1)])
    monkeypatch.setattr(f"{run.__module__}.LONGEST_SECONDS", 0.2)
    assert run("evaluate", bench.book).kind == FAULT
    assert judged(2, "gradsheet: one\ngradsheet: two\n").kind == FAULT
    assert judged(1, "gradsheet: one\n").kind == FAULT
    assert judged(0, "Traceback (most recent call last):\n").kind == FAULT
    assert judged(2, "Reading a.csv …\ngradsheet: one\n").kind == REFUSED
