"""Names, devices, outputs and numbers that nobody expects get one line and an exit status, and lose nothing."""

import os
import subprocess
import sys

import pytest

from addin.cli import command
from pyfuncs.training.contract import read_model
from workbooks.own_data.preparation import TITLE
from workbooks.xlsx.area import Area
from workbooks.xlsx.cells import read_area
from workbooks.xlsx.package import Package
from workbooks.xlsx.workbook import WorkbookFile

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such names or devices")
TABLE = "size,kind,rent\n" + "".join(f"{30 + i},{'fh'[i % 2]},{400 + i * i}\n" for i in range(20))


def run(*arguments, **options):
    """Run the command in a process of its own, which alone has a standard output that can be full or closed."""
    line = [sys.executable, "-m", "addin.cli", *map(str, arguments)]
    return subprocess.run(line, stderr=subprocess.PIPE, text=True, errors="replace", timeout=300, **options)


@POSIX
def test_a_table_whose_name_is_no_text_is_made_into_a_workbook(gradsheet, tmp_path):
    table = tmp_path / os.fsdecode(b"caf\xe9.csv")
    table.write_text(TABLE)
    result = gradsheet("new", table, "--target", "rent", "-o", tmp_path / os.fsdecode(b"caf\xe9.xlsx"))
    assert result.status == 0
    package = Package.open(tmp_path / os.fsdecode(b"caf\xe9.xlsx"))
    assert TITLE in package.sheet_titles
    lead = [cell.value for row in read_area(package, Area("Start", 1, 1, 6, 8)) for cell in row if cell.value]
    assert any("caf?.csv" in str(text) for text in lead)


@POSIX
@pytest.mark.parametrize("name", ["two\nlines.csv", "\x1b[31mred.csv"])
def test_a_name_that_would_command_the_terminal_is_refused(gradsheet, tmp_path, name):
    (tmp_path / name).write_text(TABLE)
    result = gradsheet("new", tmp_path / name, "--target", "rent", "-o", tmp_path / "out.xlsx")
    assert result.status == 2
    assert result.err.count("\n") == 1
    assert "\x1b" not in result.err
    assert "holds a control character" in result.err
    assert not (tmp_path / "out.xlsx").exists()


def test_an_output_name_longer_than_the_disk_allows(gradsheet, tmp_path):
    (tmp_path / "rents.csv").write_text(TABLE)
    result = gradsheet("new", tmp_path / "rents.csv", "--target", "rent", "-o", tmp_path / ("n" * 300 + ".xlsx"))
    assert result.status == 2
    assert "nnn" in result.err.splitlines()[-1]


@pytest.mark.parametrize("command", ["import", "new", "train"])
@POSIX
def test_a_device_is_no_file(gradsheet, small_book, tmp_path, command):
    options = {
        "import": [small_book(), "/dev/zero"],
        "new": ["/dev/zero", "--target", "y", "-o", tmp_path / "a.xlsx"],
        "train": ["/dev/zero"],
    }
    result = gradsheet(command, *options[command])
    assert result.status == 2
    assert result.err.splitlines()[-1] == "gradsheet: /dev/zero is a device and no file; name a file."


@POSIX
def test_a_file_beyond_all_bounds_is_not_read_to_its_end(gradsheet, monkeypatch, tmp_path):
    monkeypatch.setattr("workbooks.xlsx.archive.MOST_BYTES", 1000)
    (tmp_path / "rents.csv").write_text(TABLE * 10)
    result = gradsheet("new", tmp_path / "rents.csv", "--target", "rent", "-o", tmp_path / "a.xlsx")
    assert result.status == 2
    assert "is larger than 1,000 bytes" in result.err


@POSIX
@pytest.mark.parametrize("arguments", [["functions"], ["evaluate", "{}"], ["export", "{}"]])
@pytest.mark.parametrize("output", ["full", "closed"])
def test_a_standard_output_that_takes_nothing(small_book, arguments, output):
    path = small_book()
    given = [each.format(path) for each in arguments]
    if output == "full":
        with open("/dev/full", "w") as full:  # noqa: PTH123
            result = run(*given, stdout=full)
    else:
        result = run(*given, preexec_fn=lambda: os.close(1))
    assert result.returncode == 2
    assert result.stderr.startswith("gradsheet: what was to be printed could not be (")
    assert result.stderr.endswith("; nothing was changed.\n")
    assert result.stderr.count("\n") == 1


@POSIX
def test_what_was_saved_is_said_where_the_output_takes_nothing(small_book):
    path = small_book()
    with open("/dev/full", "w") as full:  # noqa: PTH123
        result = run("train", path, "--epochs", 3, "--quiet", stdout=full)
    assert result.returncode == 2
    assert result.stderr.endswith(f"; {path} had been written by then.\n")
    assert read_model(WorkbookFile.open(path)).state.epoch == 3


def test_a_file_called_like_an_option_is_explained(gradsheet, small_book, tmp_path, monkeypatch):
    small_book(path=tmp_path / "-dash.xlsx")
    monkeypatch.chdir(tmp_path)
    result = gradsheet("train", "-dash.xlsx", "--epochs", 1)
    assert result.status == 2
    assert result.err.endswith("(the file -dash.xlsx must be called ./-dash.xlsx here)\n")
    assert gradsheet("train", "./-dash.xlsx", "--epochs", 1).status == 0


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--epochs", 10**30], "--epochs is 1" + "0" * 30 + ", but must be from 0 to 1,000,000,000."),
        (["--restarts", 10**12], "1000000000000 is not a whole number from 1 to 1,000,000,000"),
        (["--steps", 10**12], "1000000000000 is not a whole number from 1 to 1,000,000,000"),
        (["--seed", 10**30], "(seed) is 1e+30, but must be a whole number, and none beyond 9007199254740992."),
        (["--set", "epoch=9007199254740992"], "the epoch is 9007199254740992, which ends the counting: Reset."),
    ],
)
def test_absurd_numbers_are_refused(gradsheet, small_book, options, said):
    path = small_book()
    before = path.read_bytes()
    result = gradsheet("train", path, *options)
    assert result.status == 2
    assert said in result.err
    assert path.read_bytes() == before


def test_a_schedule_that_no_number_can_follow_diverges_in_words(gradsheet, small_book):
    extreme = {"schedule": "step", "schedule_epochs": 1e-300, "schedule_gamma": 1e308}
    result = gradsheet("train", small_book(**extreme), "--epochs", 3)
    assert result.status == 2
    assert "diverged in epoch 2" in result.err


@pytest.mark.parametrize(("error", "said"), [(MemoryError(), "not enough memory"), (ValueError("odd"), None)])
def test_no_memory_is_one_sentence_and_a_fault_stays_one(gradsheet, small_book, monkeypatch, error, said):
    def fail(*_):
        raise error

    monkeypatch.setattr("addin.cli.evaluate.model_of", fail)
    path = small_book()
    if said is None:
        with pytest.raises(ValueError, match="odd"):
            gradsheet("evaluate", path)
    else:
        result = gradsheet("evaluate", path)
        assert (result.status, result.err.count("\n")) == (2, 1)
        assert said in result.err


def test_names_over_the_same_cells_are_refused_before_anything_is_overwritten(gradsheet, small_book):
    import openpyxl

    path = small_book(sizes=(3, 2, 1))
    book = openpyxl.load_workbook(path)
    inputs = book.defined_names["inputs"].attr_text
    top = int(inputs.split("$")[2].rstrip(":"))
    book.defined_names["weight_1"].attr_text = f"Model!$A${top}:$B${top + 2}"
    book.save(path)
    before = path.read_bytes()
    result = gradsheet("train", path, "--epochs", 1)
    assert result.status == 2
    assert f"Model!A{top}:B{top + 2} belongs to both weight_1 and inputs" in result.err
    assert path.read_bytes() == before


def test_main_leaves_the_handlers_of_signals_as_they_were(small_book):
    import signal

    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    command.main(["evaluate", str(small_book())])
    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == before
