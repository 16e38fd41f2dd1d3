"""What somebody saves while a workbook trains is never replaced, and what was trained is not lost either."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from pyfuncs.training.contract import read_model
from workbooks.xlsx.locks import held, refuse_if_open
from workbooks.xlsx.workbook import WorkbookFile

HOLDER = """
import sys, time
from pathlib import Path
from workbooks.xlsx.locks import held

with held(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(600)
"""


held_open = pytest.mark.skipif(sys.platform == "win32", reason="nobody can change there what a command holds open")


@pytest.fixture
def changed_while_training(monkeypatch):
    """Let something happen to the file between the training and the saving."""

    def arrange(happens):
        from addin.cli import train

        real = train.train

        def meanwhile(*arguments):
            real(*arguments)
            happens()

        monkeypatch.setattr(train, "train", meanwhile)

    return arrange


def epoch_of(path):
    return read_model(WorkbookFile.open(path)).state.epoch


@held_open
def test_an_edit_saved_meanwhile_stays_and_the_result_lies_beside_it(
    gradsheet, small_book, changed_while_training, tmp_path
):
    path = small_book(lr=0.05)
    edited = small_book(lr=0.00123, path=tmp_path / "edited.xlsx").read_bytes()
    changed_while_training(lambda: path.write_bytes(edited))
    result = gradsheet("train", path, "--epochs", 3, "--quiet")
    kept = path.with_name("small.trained.xlsx")
    assert result.status == 2
    assert result.err == (
        f"gradsheet: {path} was changed by another program in the meantime, so it was left as it is now. "
        f"What was to be saved is in {kept}.\n"
    )
    assert path.read_bytes() == edited
    assert epoch_of(kept) == 3


@held_open
def test_results_kept_beside_a_file_never_replace_each_other(gradsheet, small_book, changed_while_training, tmp_path):
    path = small_book()
    edits = iter(small_book(lr=lr, path=tmp_path / "edited.xlsx").read_bytes() for lr in (0.1, 0.2))
    changed_while_training(lambda: path.write_bytes(next(edits)))
    for epochs in (1, 2):
        assert gradsheet("train", path, "--epochs", epochs, "--quiet").status == 2
    assert [epoch_of(tmp_path / f"small.trained{number}.xlsx") for number in ("", 2)] == [1, 2]


@held_open
def test_a_file_that_is_moved_away_meanwhile(gradsheet, small_book, changed_while_training, tmp_path):
    path = small_book()
    changed_while_training(lambda: path.rename(tmp_path / "moved.xlsx"))
    result = gradsheet("train", path, "--epochs", 1, "--quiet")
    assert (result.status, path.exists()) == (2, False)
    assert "moved or deleted" in result.err
    assert epoch_of(tmp_path / "small.trained.xlsx") == 1


def test_a_file_that_an_office_opens_meanwhile(gradsheet, small_book, changed_while_training, tmp_path):
    path = small_book()
    before = path.read_bytes()
    changed_while_training(lambda: (tmp_path / "~$small.xlsx").write_bytes(b"\x04Anna"))
    result = gradsheet("train", path, "--epochs", 1, "--quiet")
    assert result.status == 2
    assert "is open in Excel" in result.err
    assert path.read_bytes() == before
    assert epoch_of(tmp_path / "small.trained.xlsx") == 1


@held_open
def test_weights_imported_into_a_file_that_was_changed_meanwhile(gradsheet, small_book, monkeypatch, tmp_path):
    from addin.cli import weights

    path, csv = small_book(), tmp_path / "weights.csv"
    gradsheet("export", path, csv)
    edited = small_book(lr=0.3, path=tmp_path / "edited.xlsx").read_bytes()
    monkeypatch.setattr(weights, "announce", lambda what, file: "saving" in what and path.write_bytes(edited))
    assert gradsheet("import", path, csv).status == 2
    assert path.read_bytes() == edited
    assert (tmp_path / "small.trained.xlsx").exists()


def test_saving_elsewhere_asks_nothing_of_the_file_that_was_read(
    gradsheet, small_book, changed_while_training, tmp_path
):
    path, target = small_book(), tmp_path / "elsewhere.xlsx"
    changed_while_training(lambda: path.write_bytes(b"changed"))
    assert gradsheet("train", path, "--epochs", 2, "--save", target, "--quiet").status == 0
    assert epoch_of(target) == 2


@pytest.fixture
def holder(small_book) -> Iterator[tuple[Path, subprocess.Popen]]:
    """Return a workbook that another process holds."""
    path = small_book()
    with subprocess.Popen([sys.executable, "-c", HOLDER, str(path)], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "held\n"
        yield path, process
        process.kill()


@pytest.mark.parametrize("command", ["train", "import", "repair"])
def test_a_second_command_is_refused_for_the_whole_run_of_the_first(gradsheet, holder, tmp_path, command):
    path, _ = holder
    csv = tmp_path / "weights.csv"
    gradsheet("export", path, csv)
    before = path.read_bytes()
    result = gradsheet(command, path, *([csv] if command == "import" else []))
    assert result.status == 2
    assert result.err.startswith(f"gradsheet: {path} is being changed by another gradsheet command; wait until that ")
    assert result.err.count("\n") == 1
    assert path.read_bytes() == before


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no kill -9")
def test_the_lock_of_a_killed_command_holds_nobody_up(gradsheet, holder, tmp_path):
    path, process = holder
    lock = tmp_path / ".~lock.small.xlsx#"
    assert lock.exists()
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert gradsheet("train", path, "--epochs", 1, "--quiet").status == 0
    assert not lock.exists()


def test_the_lock_reads_as_libreoffice_writes_its_own(small_book, tmp_path):
    with held(small_book()):
        text = (tmp_path / ".~lock.small.xlsx#").read_text()
        refuse_if_open(tmp_path / "small.xlsx")  # its own process is not refused
    assert text.startswith("Gradsheet,")
    assert text.endswith(f",gradsheet:{os.getpid()};")
    assert text.count(",") == 4
    assert os.listdir(tmp_path) == ["small.xlsx"]  # noqa: PTH208


@pytest.mark.skipif(sys.platform != "win32", reason="Windows alone lets nobody change an open file")
@pytest.mark.parametrize("change", [lambda path: path.write_bytes(b"edited"), lambda path: path.rename("moved.xlsx")])
def test_on_windows_a_file_in_training_cannot_be_changed(gradsheet, small_book, changed_while_training, change):
    path = small_book()

    def happens():
        with pytest.raises(PermissionError):
            change(path)

    changed_while_training(happens)
    assert gradsheet("train", path, "--epochs", 1, "--quiet").status == 0
    assert epoch_of(path) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="a path has at most 260 characters there")
def test_a_name_too_long_for_a_lock_trains_all_the_same(gradsheet, small_book, tmp_path):
    path = small_book(path=tmp_path / ("n" * 245 + ".xlsx"))
    assert gradsheet("train", path, "--epochs", 1, "--quiet").status == 0
    assert epoch_of(path) == 1


def test_what_cannot_be_saved_is_refused_before_the_training(gradsheet, small_book, changed_while_training, tmp_path):
    path = small_book()
    (tmp_path / "second name.xlsx").hardlink_to(path)
    changed_while_training(lambda: pytest.fail("it trained"))
    result = gradsheet("train", path, "--epochs", 1)
    assert result.status == 2
    assert "2 names (hard links)" in result.err
