"""An office that a program starts, talks to and ends; for the office's own Python, needs nothing but UNO."""

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import uno
from com.sun.star.beans import PropertyValue
from com.sun.star.connection import NoConnectException
from com.sun.star.lang import DisposedException

START_SECONDS = 90
END_SECONDS = 15
SETTLE_SECONDS = 0.5


class AlreadyOpenError(Exception):
    """The office runs with this profile already; it is somebody else's."""


class EndedError(Exception):
    """The office ended before it could be asked anything."""


def properties(**values: Any) -> tuple[Any, ...]:
    """Return named values as UNO takes them."""
    return tuple(PropertyValue(Name=name, Value=value) for name, value in values.items())


class Office:
    """One office process with a profile; leaving the `with` block ends it, and only it.

    Args:
        soffice: The program.
        profile: The folder of the user's settings, None for the user's own.
        seconds: How long the process may live.
        environment: Variables to set for it.
        options: Command-line options, `--headless` for an office without windows.

    Raises:
        TimeoutError: where it does not answer.
        AlreadyOpenError: where an office with this profile is open.
        EndedError: where it ends before it answers.

    """

    def __init__(
        self,
        soffice: str,
        profile: Path | None = None,
        seconds: int = 600,
        environment: dict[str, str] | None = None,
        options: tuple[str, ...] = ("--headless",),
    ) -> None:
        self.pipe = f"gradsheet-{os.getpid()}-{time.monotonic_ns()}"
        self.output = tempfile.TemporaryFile()  # noqa: SIM115 - open as long as the office
        command = [soffice, *options, "--norestore", "--nologo", "--nodefault", "--nofirststartwizard"]
        command.append(f"--accept=pipe,name={self.pipe};urp;")
        if profile is not None:
            command.append(f"-env:UserInstallation={profile.absolute().as_uri()}")
        if shutil.which("timeout"):
            command = ["timeout", "-k", "5", str(seconds), *command]
        self.process = subprocess.Popen(
            command,
            stdout=self.output,
            stderr=subprocess.STDOUT,
            env=os.environ | (environment or {}),
            start_new_session=True,
        )
        try:
            self.context = self._connect()
        except BaseException:
            self.kill()
            raise
        self.desktop = self.service("com.sun.star.frame.Desktop")

    def _connect(self) -> Any:
        local = uno.getComponentContext()
        resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until:
            if self.process.poll() is not None:
                break
            try:
                context = resolver.resolve(f"uno:pipe,name={self.pipe};urp;StarOffice.ComponentContext")
            except NoConnectException:
                time.sleep(0.1)
                continue
            time.sleep(SETTLE_SECONDS)
            if self.process.poll() is not None:
                break
            return context
        if self.process.poll() == 0:
            # A second office hands its orders over to the first one and ends.
            raise AlreadyOpenError("LibreOffice is open: close all its windows, and run this again.")
        if self.process.poll() is not None:
            raise EndedError(f"LibreOffice ended at once (exit status {self.process.poll()}): {self.said()}")
        raise TimeoutError(f"LibreOffice did not start within {START_SECONDS} seconds: {self.said()}")

    def said(self) -> str:
        """Return what the office has printed."""
        self.output.seek(0)
        return self.output.read().decode(errors="replace")

    def service(self, name: str, *arguments: Any) -> Any:
        """Return a new instance of one of the office's services."""
        manager = self.context.ServiceManager
        if arguments:
            return manager.createInstanceWithArgumentsAndContext(name, arguments, self.context)
        return manager.createInstanceWithContext(name, self.context)

    def load(self, url: str, hidden: bool = True, **options: Any) -> Any:
        """Return the document behind a URL or a path, opened."""
        if "://" not in url and not url.startswith("private:"):
            url = Path(url).absolute().as_uri()
        return self.desktop.loadComponentFromURL(url, "_blank", 0, properties(Hidden=hidden, **options))

    def close(self) -> None:
        """End the office, politely first."""
        with contextlib.suppress(DisposedException):
            self.desktop.terminate()
        try:
            self.process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """End the office at once."""
        if os.name == "posix":
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
        else:
            self.process.kill()
        self.process.wait(END_SECONDS)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
