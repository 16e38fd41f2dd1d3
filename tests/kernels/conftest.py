"""What the kernels' tests share: central differences, and fresh Python processes."""

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings
from numpy.typing import NDArray

import pyfuncs

Matrix = NDArray[np.float64]

settings.register_profile("gradsheet", deadline=None, derandomize=True, database=None, max_examples=60)
settings.load_profile("gradsheet")


@pytest.fixture(scope="session")
def by_differences() -> Callable[[Callable[[Matrix], float], Matrix], Matrix]:
    """The gradient of a scalar function by central differences of fourth order; kinks must be 0.01 away."""

    def gradient(function: Callable[[Matrix], float], at: Matrix) -> Matrix:
        step = 2.0**-9
        result = np.empty_like(at)
        for place in np.ndindex(at.shape):

            def moved(by: float, place: tuple[int, ...] = place) -> float:
                other = at.copy()
                other[place] += by
                return function(other)

            near = moved(step) - moved(-step)
            far = moved(2 * step) - moved(-2 * step)
            result[place] = (8 * near - far) / (12 * step)
        return result

    return gradient


@pytest.fixture
def python(tmp_path: Path) -> Callable[..., str]:
    """Run lines of Python in a fresh process, away from this folder, and return what it prints."""
    # The new process takes the package under test, and finds its cache folder by itself.
    inherited = {name: value for name, value in os.environ.items() if name != "NUMBA_CACHE_DIR"}
    inherited["PYTHONPATH"] = str(Path(pyfuncs.__file__).parents[1])

    def run(code: str, environment: Mapping[str, str] | None = None) -> str:
        done = subprocess.run(
            [sys.executable, "-W", "error", "-c", code],
            env=inherited | dict(environment or {}),
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run
