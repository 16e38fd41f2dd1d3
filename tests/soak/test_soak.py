"""A few attempts of each kind of attack; make soak makes very many."""

import random
import subprocess
import sys

import pytest

if sys.platform == "win32":
    pytest.skip("the attack uses signals and limits of POSIX", allow_module_level=True)

from addin.cli.parser import SUBCOMMANDS

from .bench import CORPUS, Bench
from .commands import COMMANDS, ended
from .kinds import KINDS, THREE_HOSTS, single
from .outcome import DONE, FAULT, REFUSED, HangError, Outcome, judged, run
from .sum import read, table

ATTEMPTS = {"formulas": 300, "workbooks": 6, "xlsx tables": 6, "CSV tables": 6, "CSV weights": 4}


@pytest.fixture(scope="module")
def bench(tmp_path_factory):
    with Bench(tmp_path_factory.mktemp("soak")) as bench:
        yield bench


@pytest.mark.parametrize("name", sorted(KINDS.keys() - {THREE_HOSTS}))
def test_a_few_attempts_of_a_kind_find_no_fault(bench, name):
    """Formulas in three hosts are among the tests of Calc, which have an office open."""
    attempt = KINDS[name][1]
    for number in range(ATTEMPTS.get(name, 1)):
        outcomes = attempt(bench, random.Random(f"short {name} {number}"))
        assert [outcome.said for outcome in outcomes if outcome.kind == FAULT] == []


def test_every_command_that_writes_is_disturbed():
    writes_nothing_of_the_users = {"evaluate", "install", "uninstall", "doctor", "warm"}
    assert {line.split()[0] for line in COMMANDS.values()} == SUBCOMMANDS.keys() - writes_nothing_of_the_users


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


@pytest.mark.parametrize(
    ("program", "hangs", "longest"),
    [
        ("import time; time.sleep(600)", True, 300),
        ("while True: pass", True, 0.2),
        ("import time; until = time.monotonic() + 3\nwhile time.monotonic() < until: pass", False, 300),
    ],
    ids=["does nothing", "computes for ever", "is slow"],
)
def test_a_command_hangs_when_it_does_nothing_and_not_when_it_is_slow(monkeypatch, program, hangs, longest):
    monkeypatch.setattr(f"{ended.__module__}.WAITED_SECONDS", 1)
    monkeypatch.setattr(f"{ended.__module__}.LONGEST_COMPUTING", longest)
    monkeypatch.setattr(f"{ended.__module__}.LEAST_COMPUTING", 0.05)
    process = subprocess.Popen([sys.executable, "-c", program], stderr=subprocess.PIPE, text=True)
    if hangs:
        with pytest.raises(HangError):
            ended(process)
    else:
        assert ended(process) == (0, "")
    assert process.poll() is not None


@pytest.mark.parametrize("attempt", ["kill", "interrupt", "fill_disk"])
def test_a_command_that_hangs_is_a_fault_whatever_disturbs_it(bench, monkeypatch, attempt):
    def hangs(process):
        process.kill()
        process.communicate()
        raise HangError("it hangs")

    monkeypatch.setattr(f"{ended.__module__}.ended", hangs)
    tried = single(lambda bench, rng: getattr(bench.commands, attempt)(rng))
    assert tried(bench, random.Random(0)) == [Outcome(FAULT, "it hangs")]


def test_tables_of_several_runs_add_up():
    one = table(["kill -9", "workbooks"], {("kill -9", DONE): 1000, ("workbooks", FAULT): 1})
    two = table(["workbooks", "disk full"], {("workbooks", REFUSED): 2345, ("disk full", DONE): 7})
    names, counts = read(f"{one}\nfault: workbooks: | said |\n\n| Other | 5 |\n{two}\n")
    assert names == ["kill -9", "workbooks", "disk full"]
    assert table(names, counts).splitlines()[2:] == [
        "| kill -9 | 1,000 | 1,000 | 0 | 0 |",
        "| workbooks | 2,346 | 0 | 2,345 | 1 |",
        "| disk full | 7 | 7 | 0 | 0 |",
    ]
    with pytest.raises(ValueError, match="does not add up"):
        read(one.replace("| 1,000 |", "| 1,001 |", 1))
