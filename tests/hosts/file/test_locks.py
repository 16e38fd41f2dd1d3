import errno
import os
import sys
from pathlib import Path

import pytest

from workbooks.xlsx import locks
from workbooks.xlsx.errors import FileProblem
from workbooks.xlsx.locks import held, refuse_if_open


def sentence(path: Path) -> str:
    with pytest.raises(FileProblem) as caught:
        refuse_if_open(path)
    text = str(caught.value)
    assert str(path) in text
    assert "close it there" in text
    assert "\n" not in text
    return text


def test_a_closed_file_passes(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(b"")
    (tmp_path / ".~lock.b.xlsx#").write_text(",root,host,,;")
    refuse_if_open(tmp_path / "a.xlsx")


@pytest.mark.parametrize(
    ("lock", "who"),
    [
        (",anna,deskpc,21.06.2024 10:11,file:///home/anna/.config/libreoffice/4;", "by anna on deskpc"),
        ("Anna Smith,anna,deskpc,21.06.2024 10:11,file:///home/anna/;", "by Anna Smith on deskpc"),
        ("Smith\\, Anna,anna,deskpc,,;", "by Smith, Anna on deskpc"),
        (",anna,,,;", "LibreOffice by anna;"),
        ("", "LibreOffice;"),
        ("\n\n", "LibreOffice;"),
    ],
)
def test_libreoffice_says_who(tmp_path: Path, lock: str, who: str) -> None:
    (tmp_path / ".~lock.a.xlsx#").write_text(lock, encoding="utf-8")
    assert who in sentence(tmp_path / "a.xlsx")


def test_a_lock_that_is_not_text(tmp_path: Path) -> None:
    (tmp_path / ".~lock.a.xlsx#").write_bytes(b"\xff\xfe,\x80")
    sentence(tmp_path / "a.xlsx")


def test_excel(tmp_path: Path) -> None:
    (tmp_path / "~$a.xlsx").write_bytes(b"\x04Anna")
    text = sentence(tmp_path / "a.xlsx")
    assert "open in Excel" in text
    assert "~$a.xlsx" in text


def test_a_lock_beside_what_a_link_points_to(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "a.xlsx").write_bytes(b"")
    (tmp_path / "real" / "~$a.xlsx").write_bytes(b"")
    try:
        (tmp_path / "link.xlsx").symlink_to(tmp_path / "real" / "a.xlsx")
    except OSError:
        pytest.skip("links need a privilege on Windows")
    sentence(tmp_path / "link.xlsx")


def test_a_name_too_long_for_a_lock_file(tmp_path: Path) -> None:
    refuse_if_open(tmp_path / ("n" * 250 + ".xlsx"))


@pytest.mark.parametrize("has_links", [True, False])
@pytest.mark.skipif(sys.platform == "win32", reason="Windows renames no open file")
def test_our_own_lock_is_never_seen_without_its_text(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, has_links: bool
) -> None:
    path, lock, text = tmp_path / "a.xlsx", tmp_path / ".~lock.a.xlsx#", locks._lock_text

    def text_before_the_lock_is_there() -> str:
        assert not lock.exists()
        return text()

    def refused(*_: object) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(locks, "_lock_text", text_before_the_lock_is_there)
    if not has_links:
        monkeypatch.setattr(os, "link", refused)
    path.write_bytes(b"")
    with held(path):
        assert lock.read_text().startswith("Gradsheet,")
        assert sorted(file.name for file in tmp_path.iterdir()) == [lock.name, path.name]
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("moment", ["link", "unlink"])
@pytest.mark.skipif(sys.platform == "win32", reason="Windows renames no open file")
def test_an_interruption_while_the_lock_is_made_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    path = tmp_path / "a.xlsx"
    link = os.link

    def interrupted(*names: Path) -> None:
        if moment == "unlink":
            link(*names)
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "link", interrupted)
    with pytest.raises(KeyboardInterrupt), held(path):
        pass
    assert list(tmp_path.iterdir()) == []
