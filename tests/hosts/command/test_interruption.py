"""Ctrl-C leaves the workbook as it was or with whole epochs, and never half a file."""

import contextlib
import signal
import subprocess
import sys

import pytest

from pyfuncs.training.contract import read_model
from pyfuncs.training.trainer import Trainer
from workbooks.xlsx.workbook import WorkbookFile

SETTINGS = {"optimizer": "momentum", "batch_size": 2, "valid_fraction": 0.25, "lr": 0.001}


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT for one process")
def test_ctrl_c_during_a_long_training_keeps_whole_epochs(small_book, small_cells, tmp_path):
    path = small_book(**SETTINGS)
    command = [sys.executable, "-P", "-m", "addin.cli", "train", str(path), "--epochs", "50000"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr.readline().startswith("epoch 5000 of 50000:")
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    model = read_model(WorkbookFile.open(path))
    state = model.state
    assert 5000 <= state.epoch < 50000
    assert state.step == 0
    assert out.startswith(f"{path}: epoch {state.epoch}, train loss ")
    assert err.splitlines()[-1] == f"gradsheet: stopped after epoch {state.epoch}; {path} holds it."
    whole = Trainer(small_cells(**SETTINGS).model())
    whole.train(state.epoch)
    assert state.params.tobytes() == whole.state.params.tobytes()
    assert Trainer(model).state.optimizer.tobytes() == whole.state.optimizer.tobytes()
    assert state.history == whole.state.history
    assert [file.name for file in tmp_path.iterdir()] == ["small.xlsx"]


@pytest.mark.parametrize(
    "moment", ["model_of", "restart", "save", "write_atomically"], ids=lambda name: f"during {name}"
)
def test_ctrl_c_at_any_other_moment_changes_nothing(gradsheet, small_book, tmp_path, monkeypatch, moment):
    def interrupted(*_):
        raise KeyboardInterrupt

    path = small_book()
    before = path.read_bytes()
    monkeypatch.setattr(f"addin.cli.train.{moment}", interrupted)
    if moment == "write_atomically":
        monkeypatch.setattr("os.replace", interrupted)
    result = gradsheet("train", path, "--epochs", 1, "--restarts", 2, "--quiet")
    assert result.status == 130
    assert result.err == "gradsheet: stopped; nothing was changed.\n"
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["small.xlsx"]


def test_ctrl_c_during_single_steps_keeps_whole_steps(gradsheet, small_book, small_cells, monkeypatch):
    from pyfuncs.kernels import steps

    run_steps, calls = steps.run_steps, iter(range(1, 100))

    def run(*arguments):
        run_steps(*arguments)
        if next(calls) == 3:
            raise KeyboardInterrupt

    expected = Trainer(small_cells(**SETTINGS).model())
    expected.step(2)
    path = small_book(**SETTINGS)
    monkeypatch.setattr(steps, "run_steps", run)
    assert gradsheet("train", path, "--steps", 10).status == 130
    state = read_model(WorkbookFile.open(path)).state
    assert (state.epoch, state.step) == (0, 2)
    assert state.params.tobytes() == expected.state.params.tobytes()


@pytest.mark.parametrize("signal_name", ["SIGTERM", "SIGHUP"])
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
def test_a_signal_that_ends_a_training_keeps_whole_epochs_too(small_book, signal_name):
    path = small_book(**SETTINGS)
    number = getattr(signal, signal_name)
    command = [sys.executable, "-m", "addin.cli", "train", str(path), "--epochs", "50000"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr.readline().startswith("epoch 5000 of 50000:")
        process.send_signal(number)
        _, err = process.communicate(timeout=60)
    assert process.returncode == 128 + number
    state = read_model(WorkbookFile.open(path)).state
    assert err.splitlines()[-1] == f"gradsheet: stopped after epoch {state.epoch}; {path} holds it."


def test_ctrl_c_after_the_file_is_in_its_place_does_not_say_that_nothing_was_changed(
    gradsheet, small_book, tmp_path, monkeypatch
):
    def interrupted(*_):
        raise KeyboardInterrupt

    path = small_book()
    monkeypatch.setattr("addin.cli.train.export_weights", interrupted)
    result = gradsheet("train", path, "--epochs", 1, "--quiet", "--export", tmp_path / "weights.csv")
    assert result.status == 130
    assert result.err == f"gradsheet: stopped; {path} had been written by then.\n"
    assert read_model(WorkbookFile.open(path)).state.epoch == 1


def test_ctrl_c_just_after_the_file_was_moved_is_told_apart(gradsheet, small_book, monkeypatch):
    import os

    real = os.replace

    def moved_then_interrupted(*names):
        real(*names)
        raise KeyboardInterrupt

    path = small_book()
    monkeypatch.setattr("os.replace", moved_then_interrupted)
    result = gradsheet("train", path, "--epochs", 1, "--quiet")
    assert result.err == f"gradsheet: stopped; {path} had been written by then.\n"


def test_an_interruption_that_a_library_swallows_is_no_fault_of_the_program(gradsheet, small_book, monkeypatch):
    def swallowed(*_):
        with contextlib.suppress(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
        raise TypeError("expected <class 'bool'>")

    monkeypatch.setattr("addin.cli.evaluate.model_of", swallowed)
    result = gradsheet("evaluate", small_book())
    assert (result.status, result.err) == (130, "gradsheet: stopped; nothing was changed.\n")


@pytest.mark.parametrize("part", range(5))
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT for one process")
def test_ctrl_c_while_modules_are_imported_is_one_line(small_book, part):
    path = small_book()
    # The command says nothing before it reads; so the moment is that of an import, the same on every machine.
    moment = ("argparse", "lxml", "llvmlite", "pyfuncs.kernels.jit", "workbooks.lessons.templates")[part]
    text = IMPORTING.format(moment=moment, path=str(path))
    result = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, timeout=120)
    assert (result.returncode, result.stderr) == (130, "gradsheet: stopped; nothing was changed.\n")


IMPORTING = """
import builtins, signal, sys
from addin.cli.command import main

real = builtins.__import__

def importing(name, *rest, **named):
    if name == {moment!r}:
        builtins.__import__ = real
        signal.raise_signal(signal.SIGINT)
    return real(name, *rest, **named)

builtins.__import__ = importing
sys.exit(main(["evaluate", {path!r}]))
"""


ENDING = """
import os, signal, sys
import addin.cli.command
from addin.cli.command import main

real = addin.cli.command.gc.set_threshold
calls = iter(range(9))

def set_threshold(*arguments):
    real(*arguments)
    if next(calls) == {moment}:
        os.kill(os.getpid(), signal.{signal})

addin.cli.command.gc.set_threshold = set_threshold
code = main()
os.kill(os.getpid(), signal.{signal})
sys.exit(code)
"""


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
@pytest.mark.parametrize("moment", [0, 1, None])
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT for one process")
def test_a_signal_before_and_after_a_command_is_no_traceback(small_book, moment, name):
    path = small_book()
    text = ENDING.format(moment=moment, signal=name)
    command = [sys.executable, "-c", text, "evaluate", str(path)]
    result = subprocess.run(command, capture_output=True, text=True, timeout=120)
    stopped = (128 + getattr(signal, name), "gradsheet: stopped; nothing was changed.\n")
    assert (result.returncode, result.stderr) == ((0, "") if moment is None else stopped)
