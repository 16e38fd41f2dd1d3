"""Run pytest on Windows' Python: all that needs no LibreOffice, or what the options say; then count the examples."""

import os
import sys

import pytest

NEEDS_LIBREOFFICE = ("tests/hosts/calc", "tests/hosts/excel/test_in_calc.py", "tests/first_hour", "bench")
HERE = "tests/windows"


class Examples:
    """Counts how many examples of formulas went through COM, and how many gave the right bits."""

    def __init__(self) -> None:
        self.tried = 0
        self.right = 0

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Count a test's call."""
        if report.when == "call" and "test_every_example_gives" in report.nodeid and HERE in report.nodeid:
            self.tried += 1
            self.right += report.passed


def main(options: list[str]) -> int:
    """Run twice: what needs Windows alone in one process, which is Excel's part, the rest on all cores."""
    os.environ["GRADSHEET_IN_WINE"] = "1"
    common = ["-p", "no:cacheprovider", "--override-ini", f"pythonpath={HERE}"]
    if options:
        return pytest.main([*common, *options])
    examples = Examples()
    ignored = [f"--ignore={name}" for name in (*NEEDS_LIBREOFFICE, HERE)]
    statuses = [
        pytest.main([*common, HERE], [examples]),
        pytest.main([*common, "--numprocesses=2", "--dist=loadfile", *ignored, "tests"]),
    ]
    print(f"{examples.right} of {examples.tried} examples through COM gave the bits of the plain call")
    return max(statuses)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
