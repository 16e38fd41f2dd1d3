"""Compiled kernels are kept for later processes, and never outlive the sources they were made from."""

import importlib.machinery
import json
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import pyfuncs
from pyfuncs.kernels.jit import cache_key

KERNELS = Path(pyfuncs.__file__).parent / "kernels"

# A kernel of its own file on top of a helper from another one: what Numba's cache alone gets wrong.
TOY = """
from pyfuncs.kernels.activations import leaky_relu
from pyfuncs.kernels.jit import kernel


@kernel
def toy(inputs):
    return leaky_relu(inputs, 0.25)
"""
CALL_TOY = """
import json
import numpy as np
from pyfuncs.kernels.toy import toy
import numba

value = toy(np.array([[-8.0]]))[0, 0]
print(json.dumps({"value": value, "hits": sum(toy.stats.cache_hits.values()), "folder": numba.config.CACHE_DIR}))
"""
OTHER_HELPER = """

@kernel
def leaky_relu(inputs, negative_slope):
    return inputs + 50.0
"""


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """A copy of the kernels that a test may edit."""
    folder = tmp_path / "copy" / "pyfuncs" / "kernels"
    shutil.copytree(KERNELS, folder, ignore=shutil.ignore_patterns("__pycache__"))
    (folder.parent / "__init__.py").write_text("")
    return folder


@pytest.fixture
def call_toy(copied: Path, tmp_path: Path, python: Callable[..., str]) -> Callable[..., dict]:
    """Call the toy kernel of the copied package in a new process."""

    def run(cache: Path = tmp_path / "cache", first: str = "") -> dict:
        where = {"PYTHONPATH": str(copied.parents[1]), "GRADSHEET_CACHE_DIR": str(cache)}
        return json.loads(python(first + CALL_TOY, where))

    return run


def test_the_key_changes_with_every_source_and_is_stable_otherwise(copied: Path) -> None:
    before = cache_key(copied)
    assert before == cache_key(copied) == cache_key(KERNELS)
    for source in sorted(copied.glob("*.py")):
        text = source.read_bytes()
        source.write_bytes(text + b"# a remark\n")
        assert cache_key(copied) != before, source.name
        source.write_bytes(text)
    assert cache_key(copied) == before


def test_the_key_changes_with_a_new_and_with_a_renamed_source(copied: Path) -> None:
    keys = {cache_key(copied)}
    (copied / "extra.py").write_text("")
    keys.add(cache_key(copied))
    (copied / "extra.py").rename(copied / "other.py")
    keys.add(cache_key(copied))
    assert len(keys) == 3


def test_another_patch_release_of_python_finds_what_is_compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    before = cache_key(KERNELS)
    monkeypatch.setattr(sys, "version", "3.11.99 (another build)")
    assert cache_key(KERNELS) == before


def test_a_python_with_another_binary_interface_compiles_for_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    before = cache_key(KERNELS)
    monkeypatch.setattr(importlib.machinery, "EXTENSION_SUFFIXES", [".cpython-399-x86_64-linux-gnu.so"])
    assert cache_key(KERNELS) != before


def test_an_edited_helper_changes_the_result_of_a_kernel_that_was_compiled_and_kept(
    copied: Path, call_toy: Callable[..., dict]
) -> None:
    (copied / "toy.py").write_text(TOY)
    cold, warm = call_toy(), call_toy()
    assert (cold["value"], cold["hits"]) == (-2.0, 0)
    assert (warm["value"], warm["hits"]) == (-2.0, 1)  # from the cache: the edit below could be missed
    helper = copied / "activations.py"
    helper.write_text(helper.read_text() + OTHER_HELPER)
    edited = call_toy()
    assert (edited["value"], edited["hits"]) == (42.0, 0)
    assert edited["folder"] != warm["folder"]


def test_an_edited_helper_is_noticed_too_where_another_package_imported_numba_first(
    copied: Path, call_toy: Callable[..., dict]
) -> None:
    (copied / "toy.py").write_text(TOY)
    assert call_toy(first="import numba")["value"] == -2.0
    helper = copied / "activations.py"
    helper.write_text(helper.read_text() + OTHER_HELPER)
    assert call_toy(first="import numba")["value"] == 42.0


@pytest.mark.parametrize("obstacle", ["a file stands in the way", "a folder without permission"])
def test_kernels_work_where_the_cache_folder_cannot_be_written(
    copied: Path, call_toy: Callable[..., dict], tmp_path: Path, obstacle: str
) -> None:
    (copied / "toy.py").write_text(TOY)
    cache = tmp_path / "locked"
    if obstacle == "a file stands in the way":
        cache.write_text("")
    else:
        cache.mkdir(mode=0o500)
        if os.access(cache, os.W_OK):
            pytest.skip("this user may write everywhere")
    result = call_toy(cache)
    assert result["value"] == -2.0
    assert not result["folder"].startswith(str(cache))
