"""gradsheet export and import carry weights from workbook to workbook bit for bit."""

import csv

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pyfuncs.training.contract import read_model
from workbooks.xlsx.workbook import WorkbookFile

AWKWARD = [-0.0, 5e-324, 0.1 + 0.2, 1.7976931348623157e308]
FINITE = st.floats(-1e100, 1e100) | st.sampled_from([-0.0, 0.0, 5e-324])


def params(path):
    return read_model(WorkbookFile.open(path)).state.params


def test_printed_or_written_it_is_the_same(gradsheet, small_book, tmp_path):
    path = small_book()
    printed = gradsheet("export", path)
    written = gradsheet("export", path, tmp_path / "w.csv")
    assert printed.status == written.status == 0
    assert written.out == f"Wrote 11 numbers to {tmp_path / 'w.csv'}.\n"
    assert (tmp_path / "w.csv").read_bytes() == printed.out.replace("\n", "\r\n").encode()


def test_export_reads_only(gradsheet, small_book, tmp_path):
    path = small_book()
    before = path.read_bytes()
    gradsheet("export", path, tmp_path / "w.csv")
    assert path.read_bytes() == before


def test_from_one_workbook_to_another(gradsheet, small_book, tmp_path):
    trained, other = small_book(path=tmp_path / "a.xlsx"), small_book(path=tmp_path / "b.xlsx")
    gradsheet("train", trained, "--epochs", 5, "--export", tmp_path / "w.csv")
    assert params(trained).tobytes() != params(other).tobytes()
    result = gradsheet("import", other, tmp_path / "w.csv")
    assert (result.status, result.err) == (0, "")
    assert result.out.startswith(f"{other}: 11 numbers from {tmp_path / 'w.csv'}, loss ")
    assert params(trained).tobytes() == params(other).tobytes()


def test_save_leaves_the_workbook_that_was_read(gradsheet, small_book, tmp_path):
    path = small_book()
    gradsheet("export", path, tmp_path / "w.csv")
    before = path.read_bytes()
    assert gradsheet("import", path, tmp_path / "w.csv", "--save", tmp_path / "new.xlsx").status == 0
    assert path.read_bytes() == before
    assert params(tmp_path / "new.xlsx").tobytes() == params(path).tobytes()


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(FINITE, min_size=11, max_size=11))
def test_any_numbers_come_back_from_a_workbook_with_all_their_bits(gradsheet, small_book, tmp_path, numbers):
    path = small_book(weight_1=[[0.0, 0.0]] * 3)
    gradsheet("export", path, tmp_path / "w.csv")
    with (tmp_path / "w.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.reader(stream))
    for row, number in zip(rows[1:], numbers, strict=True):
        row[5] = repr(number)
    with (tmp_path / "w.csv").open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows(rows)
    assert gradsheet("import", path, tmp_path / "w.csv").status == 0
    assert [repr(float(number)) for number in params(path)] == [repr(number) for number in numbers]


def test_a_byte_order_mark_is_accepted(gradsheet, small_book, tmp_path):
    path = small_book()
    gradsheet("export", path, tmp_path / "w.csv")
    (tmp_path / "w.csv").write_bytes(b"\xef\xbb\xbf" + (tmp_path / "w.csv").read_bytes())
    assert gradsheet("import", path, tmp_path / "w.csv").status == 0


def test_imported_weights_train_on_without_the_old_memory(gradsheet, small_book, tmp_path):
    path = small_book(optimizer="momentum")
    gradsheet("export", path, tmp_path / "first.csv")
    gradsheet("train", path, "--epochs", 3)
    gradsheet("import", path, tmp_path / "first.csv")
    state = read_model(WorkbookFile.open(path)).state
    assert not state.optimizer.any()
    assert gradsheet("train", path, "--epochs", 1).status == 0


def test_weights_whose_loss_overflows_leave_a_workbook_that_can_be_trained(gradsheet, small_book, tmp_path):
    path = small_book(weight_2=[[1.0], [1.0]])
    gradsheet("export", path, tmp_path / "w.csv")
    text = (tmp_path / "w.csv").read_text(encoding="utf-8").replace("y1,1.0", "y1,1e200")
    (tmp_path / "w.csv").write_text(text, encoding="utf-8")
    assert gradsheet("import", path, tmp_path / "w.csv").status == 0
    assert gradsheet("train", path, "--reset", "--epochs", 1).status == 0


MALFORMED = {
    "another header": lambda text: text.replace("parameter,", "param,", 1),
    "a word": lambda text: text.replace(text.splitlines()[3].rpartition(",")[2], "high"),
    "a line too many": lambda text: text + text.splitlines()[1] + "\r\n",
    "a line left out": lambda text: text.replace(text.splitlines()[4] + "\r\n", ""),
    "another model": lambda text: text.replace("weight_2", "weight_3"),
    "empty": lambda text: "",
    "a line break in the header": lambda text: '"parameter\n' + text[9:],
    "a line break in a name": lambda text: text.replace("x1,h1", '"x\n1",h1'),
    "a line break in the value": lambda text: text.replace(text.splitlines()[3].rpartition(",")[2], '"1\n2"'),
    "a line break in the parameter": lambda text: text.replace("bias_2", '"bias\n2"'),
}


@pytest.mark.parametrize("change", MALFORMED)
def test_a_file_that_does_not_fit_is_one_line_and_changes_nothing(gradsheet, small_book, tmp_path, change):
    path, file = small_book(), tmp_path / "w.csv"
    gradsheet("export", path, file)
    text = file.read_bytes().decode()
    changed = MALFORMED[change](text)
    assert changed != text
    file.write_bytes(changed.encode())
    before = path.read_bytes()
    result = gradsheet("import", path, file)
    assert (result.status, result.out) == (2, "")
    assert result.err.startswith(f"gradsheet: {file}, ")
    assert result.err.count("\n") == 1
    assert path.read_bytes() == before


@pytest.mark.parametrize("content", [None, b"\xff\xfep\x00a\x00", b"caf\xe9"])
def test_a_file_that_is_no_text_or_not_there(gradsheet, small_book, tmp_path, content):
    path, file = small_book(), tmp_path / "w.csv"
    if content is not None:
        file.write_bytes(content)
    before = path.read_bytes()
    result = gradsheet("import", path, file)
    assert (result.status, result.out, result.err.count("\n")) == (2, "", 1)
    assert str(file) in result.err
    assert path.read_bytes() == before


def test_export_into_a_folder_that_is_not_there(gradsheet, small_book, tmp_path):
    result = gradsheet("export", small_book(), tmp_path / "none" / "w.csv")
    assert (result.status, result.err.count("\n")) == (2, 1)
    assert str(tmp_path / "none") in result.err
