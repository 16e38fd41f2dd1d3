from pathlib import Path

import pytest

from workbooks.xlsx.errors import FileProblem
from workbooks.xlsx.locks import refuse_if_open


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
