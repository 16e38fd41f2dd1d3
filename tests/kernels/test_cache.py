"""Compiled kernels are kept for later processes, and never outlive the sources they were made from."""

import hashlib
import importlib.machinery
import json
import os
import pickle
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import pyfuncs
from pyfuncs.kernels.code_files import CheckedFiles, cache_key

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
import sys
import numpy as np
from pyfuncs.kernels.code_files import cache_folder
from pyfuncs.kernels.toy import toy

result = {"value": toy(np.array([[-8.0]]))[0, 0], "folder": str(cache_folder()), "code": "linked"}
result["imports Numba"] = "numba" in sys.modules
result["is set up to compile"] = "numba.cpython.listobj" in sys.modules
if "dispatcher" in vars(toy):
    import numba
    assert numba.config.CACHE_DIR == result["folder"] or result["folder"] == "None"
    result["code"] = "loaded by Numba" if toy.dispatcher.stats.cache_hits else "compiled"
print(json.dumps(result))
"""
CALLER = """
from pyfuncs.kernels.jit import kernel
from pyfuncs.kernels.toy import toy


@kernel
def calls(inputs):
    return toy(inputs)[0, 0] - 5.0
"""
WITH_NUMBA = """
import numpy as np
from pyfuncs.kernels.toy import toy

linked = toy(np.array([[-8.0]]))[0, 0]
from numba import njit
from pyfuncs.kernels.caller import calls

@njit
def own(x):
    return x[::-1].copy()

print(linked, calls(np.array([[-8.0]])), own(np.array([2.0, 1.0])).tolist(), toy(np.array([[-8.0]]))[0, 0])
"""
WITHOUT_ADDRESSES = """
from llvmlite import binding

binding.address_of_symbol = lambda name: None
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
    (copied / "toy.py").write_text(TOY)

    def run(cache: Path = tmp_path / "cache", first: str = "") -> dict:
        where = {"PYTHONPATH": str(copied.parents[1]), "GRADSHEET_CACHE_DIR": str(cache)}
        return json.loads(python(first + CALL_TOY, where))

    return run


@pytest.fixture
def linkable(call_toy: Callable[..., dict], tmp_path: Path) -> Path:
    """The file that keeps the toy kernel's code, compiled by an earlier process."""
    call_toy()
    (path,) = (tmp_path / "cache").rglob("*.linkable")
    return path


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
    cold, warm = call_toy(), call_toy()
    assert (cold["value"], cold["code"]) == (-2.0, "compiled")
    assert (warm["value"], warm["code"]) == (-2.0, "linked")  # from the cache: the edit below could be missed
    helper = copied / "activations.py"
    helper.write_text(helper.read_text() + OTHER_HELPER)
    edited = call_toy()
    assert (edited["value"], edited["code"]) == (42.0, "compiled")
    assert edited["folder"] != warm["folder"]


def test_what_an_earlier_process_compiled_runs_without_numba(call_toy: Callable[..., dict]) -> None:
    assert call_toy()["imports Numba"]
    assert not call_toy()["imports Numba"]


def test_numba_loads_what_cannot_be_linked_and_sets_up_nothing_for_compiling(
    call_toy: Callable[..., dict], linkable: Path
) -> None:
    linkable.unlink()
    found = call_toy()
    assert (found["value"], found["code"], found["is set up to compile"]) == (-2.0, "loaded by Numba", False)
    assert call_toy()["code"] == "linked"


def test_code_kept_with_other_insides_is_loaded_by_numba(call_toy: Callable[..., dict], linkable: Path) -> None:
    body = pickle.dumps(("of another form",))
    linkable.write_bytes(hashlib.sha256(body).digest() + body)
    assert call_toy()["value"] == -2.0
    assert call_toy()["code"] == "linked"


def test_other_settings_of_numba_find_no_code_of_these(call_toy: Callable[..., dict]) -> None:
    call_toy()
    assert call_toy(first="import os; os.environ['NUMBA_OPT'] = '1'\n")["code"] != "linked"


@pytest.mark.parametrize("first", ["", "from numba import njit\n"], ids=["numba later", "numba first"])
def test_linked_code_and_numba_work_in_one_process(copied: Path, python: Callable[..., str], first: str) -> None:
    (copied / "toy.py").write_text(TOY)
    (copied / "caller.py").write_text(CALLER)
    where = {"PYTHONPATH": str(copied.parents[1]), "GRADSHEET_CACHE_DIR": str(copied / "cache")}
    assert python(first + WITH_NUMBA, where) == python(first + WITH_NUMBA, where) == "-2.0 -7.0 [1.0, 2.0] -2.0\n"


def test_code_that_calls_what_is_not_known_yet_is_loaded_after_all_is_set_up(call_toy: Callable[..., dict]) -> None:
    call_toy()
    found = call_toy(first=WITHOUT_ADDRESSES)
    assert (found["value"], found["code"], found["is set up to compile"]) == (-2.0, "loaded by Numba", True)


def test_an_edited_helper_is_noticed_too_where_another_package_imported_numba_first(
    copied: Path, call_toy: Callable[..., dict]
) -> None:
    assert call_toy(first="import numba")["value"] == -2.0
    helper = copied / "activations.py"
    helper.write_text(helper.read_text() + OTHER_HELPER)
    assert call_toy(first="import numba")["value"] == 42.0


@pytest.mark.parametrize("obstacle", ["a file stands in the way", "a folder without permission"])
def test_kernels_work_where_the_cache_folder_cannot_be_written(
    call_toy: Callable[..., dict], tmp_path: Path, obstacle: str
) -> None:
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


def zeros(data: bytes) -> bytes:
    """What a power cut leaves: the length is there, the bytes are not."""
    return bytes(len(data))


DAMAGE = {
    "emptied": lambda data: b"",
    "halved": lambda data: data[: len(data) // 2],
    "zeroed": zeros,
    "a page zeroed": lambda data: data[:512] + bytes(512) + data[1024:],
    "garbage": lambda data: b"garbage",
    "one bit": lambda data: data[:-1] + bytes([data[-1] ^ 1]),
    "a pickle without a checksum": lambda data: b"\x80\x04N.",
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_what_is_damaged_counts_for_nothing(tmp_path: Path, damage: str) -> None:
    files = CheckedFiles(tmp_path, "toy", "code")
    files.save(("float64",), b"machine" * 500)
    assert files.load(("float64",)) == b"machine" * 500
    assert files.load(("int64",)) is None
    path = files.path(("float64",))
    path.write_bytes(DAMAGE[damage](path.read_bytes()))
    assert files.load(("float64",)) is None


def test_a_damaged_cache_is_made_anew_by_itself(call_toy: Callable[..., dict], tmp_path: Path) -> None:
    assert call_toy()["code"] == "compiled"
    files = sorted(path for path in (tmp_path / "cache").rglob("*") if path.is_file())
    assert len(files) >= 2  # the kernel's and its helper's
    for path, damage in zip(files, ("emptied", "a page zeroed", *["garbage"] * len(files)), strict=False):
        path.write_bytes(DAMAGE[damage](path.read_bytes()))
    damaged, mended = call_toy(), call_toy()
    assert (damaged["value"], damaged["code"]) == (-2.0, "compiled")
    assert (mended["value"], mended["code"]) == (-2.0, "linked")


FULL = """
import os
import pyfuncs.kernels.machine_code

def full(*_):
    raise OSError(28, "No space left on device")

os.replace = full
"""


def test_kernels_work_where_the_disk_of_the_cache_is_full(call_toy: Callable[..., dict], tmp_path: Path) -> None:
    assert call_toy(first=FULL)["value"] == -2.0
    assert not [path for path in (tmp_path / "cache").rglob("*") if path.is_file()]
    assert (call_toy()["code"], call_toy()["code"]) == ("compiled", "linked")


HOMELESS = """
import os, tempfile
import platformdirs

def homeless(*_, **__):
    raise RuntimeError("Could not determine home directory.")

def nowhere(*_, **__):
    raise FileNotFoundError(2, "No usable temporary directory found")

del os.environ["GRADSHEET_CACHE_DIR"]
platformdirs.user_cache_path = homeless
"""


@pytest.mark.parametrize("has_temporary_folder", [True, False])
def test_kernels_work_for_a_user_without_a_home(call_toy: Callable[..., dict], has_temporary_folder: bool) -> None:
    nowhere = "" if has_temporary_folder else "tempfile.mkdtemp = tempfile.TemporaryFile = nowhere\n"
    assert call_toy(first=HOMELESS + nowhere)["value"] == -2.0
