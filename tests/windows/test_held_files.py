"""Files that another program holds as Excel does: one sentence, status 2, and the file as it was."""

import contextlib
import ctypes
import hashlib
import stat

import pytest

READ_AND_WRITE, OPEN_EXISTING = 0xC0000000, 3
SHARE_NOTHING, SHARE_READ, SHARE_ALL = 0, 1, 3


@contextlib.contextmanager
def held(path, share):
    """Hold a file open with what others may do meanwhile; Excel lets them read."""
    kernel = ctypes.WinDLL("kernel32", use_last_error=True)
    kernel.CreateFileW.restype = ctypes.c_void_p
    kernel.CloseHandle.argtypes = [ctypes.c_void_p]
    kernel.CreateFileW.argtypes = [
        ctypes.c_wchar_p,
        *[ctypes.c_ulong] * 2,
        ctypes.c_void_p,
        *[ctypes.c_ulong] * 2,
        ctypes.c_void_p,
    ]
    handle = kernel.CreateFileW(str(path), READ_AND_WRITE, share, None, OPEN_EXISTING, 0, None)
    assert handle not in (None, ctypes.c_void_p(-1).value)
    try:
        yield
    finally:
        kernel.CloseHandle(handle)


def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def refused(result, name):
    assert result.status == 2
    assert result.err.count("\n") == 1
    assert name in result.err


@pytest.mark.parametrize("share", [SHARE_NOTHING, SHARE_READ, SHARE_ALL])
@pytest.mark.parametrize("words", [("train", "--epochs", 1), ("repair",)])
def test_a_workbook_that_is_open_is_refused_and_stays(gradsheet, small_book, share, words):
    book = small_book()
    before = digest(book)
    with held(book, share):
        refused(gradsheet(words[0], book, *words[1:]), book.name)
    assert digest(book) == before
    assert [path.name for path in book.parent.iterdir()] == [book.name]


def test_a_workbook_that_is_open_can_be_read(gradsheet, small_book):
    book = small_book()
    with held(book, SHARE_READ):
        assert gradsheet("evaluate", book).status == 0


def test_weights_that_are_open_are_refused_and_stay(gradsheet, small_book, tmp_path):
    book, weights = small_book(), tmp_path / "weights.csv"
    weights.write_bytes(b"mine")
    with held(weights, SHARE_READ):
        refused(gradsheet("export", book, weights), weights.name)
    assert weights.read_bytes() == b"mine"


def test_a_read_only_workbook_is_refused_and_stays(gradsheet, small_book):
    book = small_book()
    before = digest(book)
    book.chmod(stat.S_IREAD)
    try:
        refused(gradsheet("train", book, "--epochs", 1), book.name)
        assert digest(book) == before
    finally:
        # Wine changes a read-only file by its name alone, not through an open file.
        book.chmod(stat.S_IREAD | stat.S_IWRITE, follow_symlinks=False)
