"""What the catalogue's tests share: PyTorch where it is installed."""

import importlib
import os
from types import ModuleType

import pytest


@pytest.fixture(scope="session")
def torch() -> ModuleType:
    """PyTorch; without it the tests skip, or fail where it is required."""
    try:
        return importlib.import_module("torch")
    except ImportError:
        if os.environ.get("GRADSHEET_REQUIRE_TORCH") == "1":
            pytest.fail("GRADSHEET_REQUIRE_TORCH is 1, but torch cannot be imported")
        pytest.skip("torch is not installed")
