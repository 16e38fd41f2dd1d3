import errno
import os
import stat
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from workbooks.xlsx.atomic import replaced_files, scratch_folder, write_atomically
from workbooks.xlsx.errors import FileProblem
from workbooks.xlsx.locks import held, refuse_if_open


@contextmanager
def ordinary_user() -> Iterator[None]:
    """Permission bits do not hold for root, so be somebody else for a while."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def open_to_all(tmp_path: Path) -> Iterator[Path]:
    """Lift the privacy of the folders above, so that the ordinary user gets as far as the folder under test."""
    temporary = Path(tempfile.gettempdir()).resolve()
    above = [folder for folder in tmp_path.resolve().parents if temporary in folder.parents]
    modes = {folder: stat.S_IMODE(folder.stat().st_mode) for folder in [tmp_path, *above]}
    for folder, mode in modes.items():
        folder.chmod(mode | 0o055)
    yield tmp_path
    for folder, mode in modes.items():
        folder.chmod(mode)


def problem(path: Path, data: bytes = b"new") -> str:
    with pytest.raises(FileProblem) as caught:
        write_atomically(path, data)
    text = str(caught.value)
    assert path.name in text
    assert "\n" not in text
    return text


def lock_problem(path: Path) -> str:
    with pytest.raises(FileProblem) as caught:
        refuse_if_open(path)
    return str(caught.value)


def names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


def fail_with(error: BaseException) -> Callable[..., None]:
    def fail(*_: object) -> None:
        raise error

    return fail


def test_a_new_file_is_written_and_nothing_else(tmp_path: Path) -> None:
    write_atomically(tmp_path / "new.xlsx", b"data")
    assert (tmp_path / "new.xlsx").read_bytes() == b"data"
    assert names(tmp_path) == ["new.xlsx"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no mode bits")
def test_a_new_file_gets_the_usual_mode_and_an_old_one_keeps_its_own(tmp_path: Path) -> None:
    usual = tmp_path / "usual"
    usual.write_bytes(b"")
    write_atomically(tmp_path / "new.xlsx", b"data")
    assert (tmp_path / "new.xlsx").stat().st_mode == usual.stat().st_mode
    (tmp_path / "new.xlsx").chmod(0o640)
    write_atomically(tmp_path / "new.xlsx", b"more")
    assert stat.S_IMODE((tmp_path / "new.xlsx").stat().st_mode) == 0o640


@pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege on Windows")
def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real.xlsx").write_bytes(b"old")
    (tmp_path / "link.xlsx").symlink_to("real.xlsx")
    write_atomically(tmp_path / "link.xlsx", b"new")
    assert (tmp_path / "link.xlsx").is_symlink()
    assert (tmp_path / "real.xlsx").read_bytes() == b"new"


@pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege on Windows")
def test_links_in_a_circle_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").symlink_to("b.xlsx")
    (tmp_path / "b.xlsx").symlink_to("a.xlsx")
    problem(tmp_path / "a.xlsx")


@pytest.mark.parametrize("name", ["replace", "fsync"])
@pytest.mark.parametrize("error", [OSError(errno.EIO, "Input/output error"), KeyboardInterrupt(), MemoryError()])
def test_a_failure_in_the_middle_leaves_the_old_file_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, error: BaseException
) -> None:
    path = tmp_path / "old.xlsx"
    path.write_bytes(b"old")
    with monkeypatch.context() as patch:
        patch.setattr(os, name, fail_with(error))
        with pytest.raises(FileProblem if isinstance(error, OSError) else type(error)):
            write_atomically(path, b"new")
    assert path.read_bytes() == b"old"
    assert names(tmp_path) == ["old.xlsx"]


def test_a_folder_that_cannot_be_synced_does_no_harm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.open

    def no_folder(path: Path, *rest: int) -> int:
        if Path(path).is_dir():
            raise PermissionError(errno.EACCES, "no")
        return real(path, *rest)

    monkeypatch.setattr(os, "open", no_folder)
    write_atomically(tmp_path / "new.xlsx", b"data")
    assert (tmp_path / "new.xlsx").read_bytes() == b"data"


def test_a_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "fsync", fail_with(OSError(errno.ENOSPC, "No space left on device")))
    assert "disk is full" in problem(tmp_path / "new.xlsx")
    assert names(tmp_path) == []


@contextmanager
def room_for(size: int) -> Iterator[None]:
    """Let every file of this process have so many bytes at most, as on a disk that fills up."""
    resource = pytest.importorskip("resource", reason="Windows has no such limit")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("missing", [1, 100, 9_000, 99_999, 100_000])
def test_a_disk_that_fills_up_leaves_the_old_file_and_nothing_else(tmp_path: Path, missing: int) -> None:
    path = tmp_path / "old.xlsx"
    path.write_bytes(b"old")
    with room_for(100_000 - missing):
        assert "disk is full" in problem(path, bytes(100_000))
    assert path.read_bytes() == b"old"
    assert names(tmp_path) == ["old.xlsx"]


@pytest.mark.parametrize("moment", ["workbooks.xlsx.atomic.lock", "workbooks.xlsx.atomic._take_on", "os.fdopen"])
def test_an_interruption_while_the_new_file_is_made_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    path = tmp_path / "old.xlsx"
    path.write_bytes(b"old")
    before = replaced_files()
    monkeypatch.setattr(moment, fail_with(KeyboardInterrupt()))
    with pytest.raises(KeyboardInterrupt):
        write_atomically(path, b"new")
    assert names(tmp_path) == ["old.xlsx"]
    assert replaced_files() == before


def test_a_disk_without_room_for_a_lock(tmp_path: Path) -> None:
    path = tmp_path / "old.xlsx"
    path.write_bytes(b"old")
    with room_for(0), pytest.raises(FileProblem, match="disk is full"), held(path):
        pytest.fail("nothing is begun that could not be saved")
    assert names(tmp_path) == ["old.xlsx"]


def test_a_disk_without_room_for_temporary_files(tmp_path: Path) -> None:
    with (
        pytest.raises(FileProblem, match="disk is full"),
        room_for(10),
        scratch_folder() as it,
    ):
        (it / "book").write_bytes(bytes(100))
    with pytest.raises(FileNotFoundError, match=r"named\.txt"), scratch_folder() as it:
        (it / "named.txt").read_text()


def test_a_file_held_by_another_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "held.xlsx"
    path.write_bytes(b"old")
    monkeypatch.setattr(os, "replace", fail_with(PermissionError(errno.EACCES, "Access is denied")))
    assert "another program" in problem(path)
    assert path.read_bytes() == b"old"


def test_a_missing_folder(tmp_path: Path) -> None:
    assert "does not exist" in problem(tmp_path / "none" / "new.xlsx")


def test_a_file_where_the_folder_should_be(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    assert "not a folder" in problem(tmp_path / "file" / "new.xlsx")


def test_a_folder_where_the_file_should_be(tmp_path: Path) -> None:
    (tmp_path / "folder.xlsx").mkdir()
    assert "is a folder" in problem(tmp_path / "folder.xlsx")


@pytest.mark.skipif(not Path("/dev/null").exists(), reason="needs a device file")
def test_a_device() -> None:
    assert "not an ordinary file" in problem(Path("/dev/null"))


@pytest.mark.parametrize("check", [problem, lock_problem])
@pytest.mark.parametrize("device", ["con.csv", "nul"])
def test_a_device_of_windows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, check: Callable[[Path], str], device: str
) -> None:
    """Windows refuses to say where CON leads, and says that NUL leads to a device."""

    def realpath(path: Path) -> str:
        if device == "nul":
            return r"\\.\nul"
        raise OSError(22, "The handle is invalid", str(path), 6)

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(os.path, "realpath", realpath)
    assert "not an ordinary file" in check(Path(device))


def test_a_name_longer_than_the_disk_allows(tmp_path: Path) -> None:
    problem(tmp_path / ("n" * 300))


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no mode bits")
def test_a_read_only_folder(open_to_all: Path) -> None:
    folder = open_to_all / "closed"
    folder.mkdir()
    folder.chmod(0o555)
    with ordinary_user():
        assert "permission" in problem(folder / "new.xlsx")
    folder.chmod(0o755)
    assert names(folder) == []


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no mode bits")
def test_a_write_protected_file(open_to_all: Path) -> None:
    folder = open_to_all / "open"
    folder.mkdir()
    folder.chmod(0o777)
    (folder / "mine.xlsx").write_bytes(b"old")
    (folder / "mine.xlsx").chmod(0o444)
    with ordinary_user():
        assert "write protection" in problem(folder / "mine.xlsx")
    assert (folder / "mine.xlsx").read_bytes() == b"old"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no mode bits")
def test_the_file_on_its_way_is_never_less_private_than_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "private.xlsx"
    path.write_bytes(b"old")
    path.chmod(0o600)
    modes = []

    def look() -> None:
        modes.extend(stat.S_IMODE(file.stat().st_mode) for file in tmp_path.glob(".gradsheet-*"))

    real = os.fdopen

    def looking(*arguments: Any) -> Any:
        look()
        return real(*arguments)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fdopen", looking)
        write_atomically(path, b"new", look)
    assert modes == [0o600, 0o600]
    assert path.read_bytes() == b"new"


def test_what_a_killed_command_left_is_removed_by_the_next_and_what_a_living_one_writes_is_not(tmp_path: Path) -> None:
    left = tmp_path / ".gradsheet-0123456789abcdef.tmp"
    left.write_bytes(b"half")
    other = tmp_path / "other.xlsx"

    def write_another() -> None:
        write_atomically(other, b"other")
        assert len(list(tmp_path.glob(".gradsheet-*"))) == 1

    write_atomically(tmp_path / "new.xlsx", b"data", write_another)
    assert sorted(names(tmp_path)) == ["new.xlsx", "other.xlsx"]
    assert (tmp_path / "new.xlsx").read_bytes() == b"data"


def test_a_check_that_fails_at_the_last_moment_keeps_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "old.xlsx"
    path.write_bytes(b"old")
    with pytest.raises(FileProblem, match="no more"):
        write_atomically(path, b"new", fail_with(FileProblem("no more")))
    assert path.read_bytes() == b"old"
    assert names(tmp_path) == ["old.xlsx"]


@pytest.mark.skipif(sys.platform == "win32", reason="hard links lose nothing that Windows programs expect")
def test_a_file_with_several_names_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "one.xlsx"
    path.write_bytes(b"old")
    (tmp_path / "two.xlsx").hardlink_to(path)
    assert "2 names" in problem(path)
    assert path.read_bytes() == (tmp_path / "two.xlsx").read_bytes() == b"old"
    assert path.samefile(tmp_path / "two.xlsx")


@pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="only root gives files away")
def test_owner_group_and_all_mode_bits_stay(tmp_path: Path) -> None:
    path = tmp_path / "theirs.xlsx"
    path.write_bytes(b"old")
    os.chown(path, 1234, 2345)
    path.chmod(0o2640)
    write_atomically(path, b"new")
    status = path.stat()
    assert (status.st_uid, status.st_gid, stat.S_IMODE(status.st_mode)) == (1234, 2345, 0o2640)
    assert path.read_bytes() == b"new"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no owner to lose")
def test_an_owner_that_cannot_be_kept_is_said_before_anything_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "theirs.xlsx"
    path.write_bytes(b"old")
    if os.geteuid() == 0:
        os.chown(path, 1234, 2345)
    else:
        pytest.skip("only root gives files away")
    monkeypatch.setattr(os, "chown", fail_with(PermissionError(errno.EPERM, "Operation not permitted")))
    assert "owner and group" in problem(path)
    assert path.read_bytes() == b"old"
    assert names(tmp_path) == ["theirs.xlsx"]


@pytest.mark.skipif(sys.platform != "linux", reason="Python knows extended attributes on Linux only")
def test_extended_attributes_stay_or_the_file_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "tagged.xlsx"
    path.write_bytes(b"old")
    try:
        os.setxattr(path, "user.tag", b"homework")
    except OSError:
        pytest.skip("this file system has no extended attributes")
    write_atomically(path, b"new")
    assert os.getxattr(path, "user.tag") == b"homework"
    monkeypatch.setattr(os, "setxattr", fail_with(OSError(errno.ENOTSUP, "Operation not supported")))
    assert "extended attribute user.tag" in problem(path, b"newer")
    assert path.read_bytes() == b"new"
