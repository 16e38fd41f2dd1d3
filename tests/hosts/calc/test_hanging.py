"""An office that hangs is ended, with a sentence: it holds no run up."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from .driver import Calc

STARTED = "import json, subprocess, time; child = subprocess.Popen(['sleep', '600'], start_new_session=True); "


@pytest.fixture
def hanging(monkeypatch, tmp_path):
    """Return what speaks to a program that starts another one, says its number, and then answers nothing."""
    started = subprocess.Popen
    program = f"{STARTED}print(json.dumps({{'gives': child.pid}}), flush=True); time.sleep(600)"

    def start(command, **options):
        return started([sys.executable, "-c", program], **options)

    class Office:
        python = soffice = "none"

    monkeypatch.setattr(f"{Calc.__module__}.subprocess.Popen", start)
    return Calc(Office, tmp_path / "profile")


def is_alive(process):
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def is_ended(process):
    until = time.monotonic() + 10
    while is_alive(process) and time.monotonic() < until:
        time.sleep(0.01)
    return not is_alive(process)


def test_no_answer_ends_the_office(hanging, monkeypatch):
    monkeypatch.setattr(f"{Calc.__module__}.ANSWER_SECONDS", 0.5)
    assert is_alive(hanging.office)
    with pytest.raises(TimeoutError, match=r"LibreOffice has not answered version for 0\.5 s, and was ended\."):
        hanging.version()
    assert hanging.process.poll() is not None
    assert is_ended(hanging.office)


def test_no_end_ends_the_office(hanging, monkeypatch):
    monkeypatch.setattr(f"{Calc.__module__}.END_SECONDS", 0.5)
    with pytest.raises(subprocess.TimeoutExpired):
        hanging.end()
    assert is_ended(hanging.office)
