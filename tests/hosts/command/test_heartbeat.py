"""Long work that has nothing to say shows that it is alive, and stops doing so when it ends."""

import threading
import time

import pytest

from addin.cli import heartbeat


@pytest.mark.parametrize("fails", [False, True])
def test_it_beats_while_the_work_goes_on_and_not_after(capfd, monkeypatch, fails):
    monkeypatch.setattr(heartbeat, "SECONDS", 0.01)
    try:
        with heartbeat.Heartbeat():
            until = time.monotonic() + 30
            said = ""
            while not said and time.monotonic() < until:
                said = capfd.readouterr().err
            if fails:
                raise KeyError
    except KeyError:
        assert fails
    assert said.startswith("... ")
    assert not [thread for thread in threading.enumerate() if thread.name.endswith("(_beat)")]
