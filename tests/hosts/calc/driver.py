"""An office that the tests give orders to; each is a method of the agent's, which the office's own Python runs."""

import contextlib
import json
import os
import queue
import shutil
import signal
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from addin.calc.install import installer
from addin.calc.install.office import Program, clean_environment

REQUIRED = "GRADSHEET_REQUIRE_CALC"
LIFE_SECONDS = 3600
ANSWER_SECONDS = 900
END_SECONDS = 60
AGENT, INSIDE = (Path(__file__).with_name(name) for name in ("agent.py", "inside.py"))


class Calc:
    """An office with a profile of its own."""

    def __init__(
        self, office: Program, profile: Path, *options: str, life: int = LIFE_SECONDS, **variables: str
    ) -> None:
        folders = os.pathsep.join(installer.package_folders()[:1])
        self.process = subprocess.Popen(
            [str(office.python), str(AGENT), str(office.soffice), str(profile), str(life), *options],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=clean_environment() | {"PYTHONPATH": folders} | variables,
        )
        self.profile = profile
        self.answers: queue.SimpleQueue[str] = queue.SimpleQueue()
        threading.Thread(target=self._listen, daemon=True).start()
        self.office: int | None = None
        self.office = self.answer("start")

    def _listen(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as lines:
            for line in lines:
                self.answers.put(line)
        self.answers.put("")

    def answer(self, order: str) -> Any:
        """Return what an order gives.

        Raises:
            TimeoutError: where there is no answer after ANSWER_SECONDS; the office is ended then.
        """
        try:
            line = self.answers.get(timeout=ANSWER_SECONDS)
        except queue.Empty:
            self.kill()
            raise TimeoutError(f"LibreOffice has not answered {order} for {ANSWER_SECONDS} s, and was ended.") from None
        assert line, f"the office's side has ended during {order}"
        answer = json.loads(line)
        assert "raised" not in answer, answer["raised"]
        return answer["gives"]

    def __getattr__(self, order: str) -> Callable[..., Any]:
        def give(*arguments: Any) -> Any:
            assert self.process.stdin is not None
            self.process.stdin.write(json.dumps([order, arguments]) + "\n")
            self.process.stdin.flush()
            return self.answer(order)

        return give

    def run_inside(self, function: str, given: Any) -> Any:
        """Return what a function gives that runs inside the office, in `inside.py`."""
        scripts = self.profile / "user" / "Scripts" / "python"
        scripts.mkdir(parents=True, exist_ok=True)
        shutil.copy(INSIDE, scripts)
        return json.loads(self.inside(INSIDE.name, function, json.dumps(given)))

    def end(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        try:
            self.process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
            raise

    def kill(self) -> None:
        """End the office at once, and what speaks to it."""
        if self.office is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.office, signal.SIGKILL)
        self.process.kill()
        self.process.wait(END_SECONDS)
        assert self.process.stdin is not None
        self.process.stdin.close()


def missing(why: str) -> None:
    """Skip, or fail where the office must be there."""
    if os.environ.get(REQUIRED):
        pytest.fail(why)
    pytest.skip(f"{why} Tests in LibreOffice Calc are left out.")
