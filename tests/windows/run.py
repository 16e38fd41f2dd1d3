"""Run pytest on Windows' Python: all that needs no LibreOffice, or what the options say; then count the examples."""

import os
import sys

import pytest

NOT_UNDER_WINE = {
    "tests/hosts/file/test_locks.py::test_a_lock_beside_what_a_link_points_to": "a link is followed to nowhere",
    "tests/hosts/excel/test_bootstrap.py::test_what_is_built_is_a_copy_and_the_unpacked_folder_is_only_read": (
        "a read-only file cannot be made writable through an open file, as Path.chmod does"
    ),
    "tests/hosts/excel/test_bootstrap.py::test_for_real_it_installs_from_wheels_and_from_source_and_leaves_no_trace": (
        "the Python here has no launcher from which an environment could be made"
    ),
}
"""Tests that fail because of Wine and would pass on Windows, and why."""
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
    # This copy, not what is installed, in every process of pytest's.
    common = ["-p", "no:cacheprovider", "--override-ini", "pythonpath=."]
    if options:
        return pytest.main([*common, *options])
    examples = Examples()
    ignored = [f"--ignore={name}" for name in (*NEEDS_LIBREOFFICE, HERE)]
    left_out = [f"--deselect={name}" for name in NOT_UNDER_WINE]
    statuses = [
        pytest.main([*common, HERE], [examples]),
        pytest.main([*common, "--numprocesses=2", "--dist=loadfile", *ignored, *left_out, "tests"]),
    ]
    print(f"{len(NOT_UNDER_WINE)} tests were left out, because under Wine, unlike Windows,")
    for name, reason in NOT_UNDER_WINE.items():
        print(f"  {reason}: {name}")
    print(f"{examples.right} of {examples.tried} examples through COM gave the bits of the plain call")
    return max(statuses)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
