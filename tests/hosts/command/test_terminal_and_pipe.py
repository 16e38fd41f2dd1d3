"""On a terminal a bar for each phase of an epoch; in a pipe plain lines; and exit statuses that a shell sees."""

import errno
import io
import os
import subprocess
import sys
import time

import pytest

from addin.cli.command import is_reader_gone
from addin.cli.progress import Bars, Interrupts
from pyfuncs.training.model import Record

COMMAND = (sys.executable, "-P", "-m", "addin.cli")


def on_a_terminal(*arguments):
    """Run the command with all its streams on a terminal, and return its status and all that was shown."""
    pty = pytest.importorskip("pty")
    ours, theirs = pty.openpty()
    pytest.importorskip("termios").tcsetwinsize(theirs, (30, 200))
    with subprocess.Popen([*COMMAND, *map(str, arguments)], stdin=theirs, stdout=theirs, stderr=theirs) as process:
        os.close(theirs)
        shown = b""
        while True:
            try:
                data = os.read(ours, 65536)
            except OSError:  # what Linux says when the other side has gone
                break
            if not data:
                break
            shown += data
    os.close(ours)
    return process.returncode, shown.decode()


def test_a_terminal_shows_a_bar_for_both_phases(small_book):
    path = small_book(valid_fraction=0.25, batch_size=1)
    status, shown = on_a_terminal("train", path, "--epochs", 20000)
    assert status == 0
    bars = [part for part in shown.split("\r") if " of 20000 " in part]
    assert len(bars) > 3
    assert any(" train:" in bar for bar in bars)
    assert any("train loss 0." in bar and "valid loss 0." in bar for bar in bars)
    assert any(" valid:" in bar for bar in bars)
    assert f"{path}: epoch 20000, train loss" in shown.replace("\r\n", "\n")


def test_quiet_is_quiet_on_a_terminal_too(small_book):
    path = small_book()
    status, shown = on_a_terminal("train", path, "--epochs", 10, "--quiet")
    assert status == 0
    assert len(shown.splitlines()) == 1
    assert shown.startswith(str(path))


def test_a_bar_shows_the_validation_phase_of_a_long_epoch(monkeypatch):
    """The validation follows at once, but must not be lost in the pause between two refreshes."""
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    bars = Bars(Interrupts(), 1)
    now = time.perf_counter()
    monkeypatch.setattr(time, "perf_counter", lambda: now + 10)
    bars.advanced(1, "train", 700, 700)
    bars.advanced(1, "valid", 12, 12)
    bars.finished(Record(1, 0, 0.25, 0.5, 0.75, 0.25))
    bars.close()
    assert "epoch 1 of 1 train" in stream.getvalue()
    assert "epoch 1 of 1 valid" in stream.getvalue()


def test_a_pipe_gets_plain_lines_and_the_result_alone_on_stdout(small_book):
    path = small_book()
    result = subprocess.run([*COMMAND, "train", path, "--epochs", "20"], capture_output=True, text=True, check=True)
    assert result.stdout.count("\n") == 1
    assert result.stderr.count("\n") == 10
    assert "\r" not in result.stderr


def test_a_problem_is_status_2_and_one_line_for_the_shell(tmp_path):
    result = subprocess.run([*COMMAND, "evaluate", tmp_path / "none.xlsx"], capture_output=True, text=True)
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr == f"gradsheet: {tmp_path / 'none.xlsx'} does not exist; check its name and folder.\n"


def test_a_reader_that_goes_away_is_no_problem_worth_a_traceback(small_book):
    with subprocess.Popen(
        [*COMMAND, "functions", "--markdown"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        process.stdout.close()
        err = process.stderr.read()
    assert err == b""


@pytest.mark.parametrize(("system", "is_gone"), [("win32", True), ("linux", False)])
def test_what_windows_says_of_a_reader_that_has_gone_is_known(monkeypatch, system, is_gone):
    monkeypatch.setattr(sys, "platform", system)
    assert is_reader_gone(OSError(errno.EINVAL, "Invalid argument")) is is_gone
    assert not is_reader_gone(OSError(errno.EINVAL, "Invalid argument", "a?b.csv"))
