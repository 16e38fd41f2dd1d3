"""Whatever is wrong with a workbook: one line that names the file, and the cell where there is one; nothing changes."""

import openpyxl
import pytest
from openpyxl.workbook.defined_name import DefinedName


@pytest.fixture
def refused(gradsheet):
    """Return a check that a command fails as it must."""

    def check(path, *arguments, says=(), command="train", named=None):
        before = path.read_bytes() if path.is_file() else None
        result = gradsheet(command, path, *arguments)
        assert (result.status, result.out) == (2, "")
        assert result.err.startswith("gradsheet")
        assert result.err.count("\n") == 1, result.err
        assert str(named or path) in result.err
        for words in (says,) if isinstance(says, str) else says:
            assert words in result.err
        assert (path.read_bytes() if path.is_file() else None) == before
        return result.err

    return check


@pytest.mark.parametrize("command", ["train", "evaluate", "export"])
def test_a_workbook_that_is_not_there(refused, tmp_path, command):
    refused(tmp_path / "none.xlsx", command=command, says="does not exist")


@pytest.mark.parametrize("share", [0, 0.3, 0.9, 0.99])
@pytest.mark.parametrize("command", ["train", "evaluate"])
def test_a_half_written_workbook(refused, small_book, command, share):
    path = small_book()
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    refused(path, command=command)


def test_no_workbook_at_all(refused, tmp_path):
    path = tmp_path / "notes.xlsx"
    path.write_text("lr: 0.1")
    refused(path, says="is not a workbook")
    refused(tmp_path, says="is a folder")


def test_a_workbook_without_the_contracts_names(refused, tmp_path):
    path = tmp_path / "plain.xlsx"
    openpyxl.Workbook().save(path)
    refused(path, says="has no name inputs")


@pytest.mark.parametrize("name", ["inputs", "target", "weight_1"])
def test_one_name_is_missing(refused, small_book, name):
    refused(small_book(**{name: None}), says=f"has no name {name}")


def redefined(path, name, reference):
    workbook = openpyxl.load_workbook(path)
    workbook.defined_names[name] = DefinedName(name, attr_text=reference)
    workbook.save(path)
    return path


@pytest.mark.parametrize("name", ["inputs", "weight_1", "lr", "history"])
@pytest.mark.parametrize(
    ("reference", "says"),
    [
        ("#REF!", "points at cells that were deleted"),
        ("Model!#REF!", "points at cells that were deleted"),
        ("#REF!$A$1:$B$2", "points at cells that were deleted"),
        ("Gone!$A$1:$C$12", "Gone"),
        ("Model!$A$1:$B$2,Model!$D$1:$E$2", "must stand for one block of cells"),
    ],
)
def test_a_name_that_points_at_no_cells(refused, small_book, name, reference, says):
    refused(redefined(small_book(), name, reference), says=(says, name))


@pytest.mark.parametrize("name", ["inputs", "weight_1", "history"])
def test_a_block_that_is_a_constant(refused, small_book, name):
    refused(redefined(small_book(), name, "0.1"), says=("must stand for one block of cells", name))


def with_cell(path, place, value):
    workbook = openpyxl.load_workbook(path)
    workbook["Model"][place] = value
    workbook.save(path)
    return path


@pytest.mark.parametrize(
    ("value", "says"),
    [
        (None, "is blank"),
        ("unknown", 'holds the text "unknown"'),
        ("two\nlines", "holds the text"),
        ("#DIV/0!", "holds the error #DIV/0!"),
        ("=1/3", "holds a formula without a stored value"),
    ],
)
def test_an_input_that_is_no_number(refused, small_book, value, says):
    """The inputs stand at A1:C12."""
    refused(with_cell(small_book(), "B5", value), says=(says, "Model!B5"))


def test_a_text_in_a_quoted_sheet(refused, tmp_path, write_book, small_blocks):
    path = tmp_path / "book.xlsx"
    write_book(path, {"My model": small_blocks(lr="fast")})
    refused(path, says="'My model'!A")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"weight_2": [[1.0]] * 3}, "(weight_2) is 3×1, but weight_1 is 3×2: it must have 2 rows."),
        ({"weight_1": [[1.0, 1.0]]}, "(weight_1) is 1×2, but inputs is 12×3: it must have 3 rows."),
        ({"target": [[1.0]] * 5}, "(target) is 5×1, but inputs is 12×3"),
        ({"optimizer": "lion"}, '(optimizer) is "lion", but must be one of sgd, momentum'),
        ({"optimizer": "lion\ntamer"}, "(optimizer) is"),
        ({"lr": -1}, "(lr) is -1, but must be 0 or more."),
        ({"batch_size": 0}, "(batch_size) is 0"),
        ({"loss": "bce"}, "(loss) is bce, which takes probabilities"),
        ({"split": [["train"]] * 11 + [["test"]]}, 'must be "train" or "valid"'),
        ({"optimizer": "momentum", "optimizer_state_1": None}, "has no name optimizer_state_1"),
    ],
)
def test_a_model_that_does_not_fit(refused, small_book, change, says):
    refused(small_book(**change), says=says)


def test_no_row_to_train_on(refused, small_book):
    refused(small_book(split=[["valid"]] * 12), says="No row trains")


def test_reset_without_first_weights(refused, small_book):
    refused(small_book(initial_weight_2=None), "--reset", says="initial_weight_2")


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--optimizer", "lion"), '(optimizer) is "lion"'),
        (("--lr", "-1"), "(lr) is -1"),
        (("--lr", "nan"), "(lr)"),
        (("--lr", "inf"), "(lr)"),
        (("--batch-size", "0"), "(batch_size) is 0"),
        (("--valid-fraction", "1"), "(valid_fraction) is 1"),
        (("--seed", "123456789012345678901234567890"), "seed"),
        (("--set", "loss=huber"), '(loss) is "huber"'),
        (("--set", "colour=red"), "has no name colour"),
        (("--set", "inputs=1"), "(inputs) is not one cell"),
        (("--model", "Nowhere"), "has no sheet Nowhere"),
    ],
)
def test_a_setting_that_does_not_fit(refused, small_book, options, says):
    refused(small_book(), *options, says=says)


@pytest.mark.parametrize("options", [("--batch-size", "0"), ("--lr", "nan"), ("--set", "loss=huber")])
def test_a_setting_that_does_not_fit_a_template(refused, template, options):
    refused(template("titanic_linear"), *options)


def test_a_setting_the_workbook_has_no_cell_for(refused, small_book):
    refused(small_book(seed=None), "--seed", 3, says="has no name seed")


def test_a_setting_that_is_a_formula(refused, small_book, write_book, small_blocks, tmp_path):
    places = write_book(tmp_path / "f.xlsx", {"Model": small_blocks()})
    with_cell(tmp_path / "f.xlsx", places["lr"].partition("!")[2], "=1/10")
    refused(tmp_path / "f.xlsx", "--lr", 0.5, says=(places["lr"], "holds a formula"))


def test_weights_that_are_formulas(refused, small_blocks, write_book, tmp_path):
    """What a training would overwrite must hold no formula, even one with a stored value."""
    path = tmp_path / "f.xlsx"
    places = write_book(path, {"Model": small_blocks()})
    first = places["weight_1"].partition("!")[2].partition(":")[0]
    with_stored_formula(path, first)
    refused(path, "--epochs", 1, says=(f"Model!{first}", "holds a formula"))


def with_stored_formula(path, place):
    """Make a cell a formula that has its value stored, which openpyxl cannot."""
    import re
    import zipfile

    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    name = "xl/worksheets/sheet1.xml"
    pattern = rf'(<c r="{place}"[^>]*>)(<v>)'.encode()
    parts[name], count = re.subn(pattern, rb"\1<f>1/3</f>\2", parts[name])
    assert count == 1
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)


@pytest.mark.parametrize(
    ("lock", "content", "says"),
    [
        (".~lock.small.xlsx#", ",anna,desk,01.01.2026 10:00,file:///home;", "open in LibreOffice by anna on desk"),
        ("~$small.xlsx", "anna", "open in Excel"),
    ],
)
@pytest.mark.parametrize("command", ["train", "import"])
def test_a_workbook_open_elsewhere(refused, small_book, gradsheet, tmp_path, lock, content, says, command):
    path = small_book()
    gradsheet("export", path, tmp_path / "w.csv")
    (tmp_path / lock).write_text(content)
    refused(path, *([tmp_path / "w.csv"] if command == "import" else []), command=command, says=says)


def test_one_that_is_opened_during_the_training_keeps_its_old_state(refused, small_book, monkeypatch, tmp_path):
    path = small_book()

    def train(trainer, epochs, options):
        (tmp_path / "~$small.xlsx").write_text("anna")

    monkeypatch.setattr("addin.cli.train.train", train)
    refused(path, says="open in Excel")


def test_a_place_to_save_that_is_not_there(refused, small_book, tmp_path):
    refused(small_book(), "--save", tmp_path / "none" / "new.xlsx", "--quiet", "--epochs", 1, named=tmp_path / "none")


def test_epochs_below_zero(gradsheet, small_book):
    path = small_book()
    before = path.read_bytes()
    result = gradsheet("train", path, "--epochs", -1)
    assert (result.status, result.err.count("\n")) == (2, 1)
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("fly",),
        ("train",),
        ("train", "a.xlsx", "--epochs", "many"),
        ("train", "a.xlsx", "--steps", "0"),
        ("train", "a.xlsx", "--restarts", "-3"),
        ("train", "a.xlsx", "--lr", "fast"),
        ("train", "a.xlsx", "--speed", "9"),
        ("import", "a.xlsx"),
    ],
)
def test_a_command_line_that_makes_no_sense(gradsheet, arguments):
    result = gradsheet(*arguments)
    assert (result.status, result.out, result.err.count("\n")) == (2, "", 1)
    assert "--help" in result.err


def test_an_assignment_without_its_mark(gradsheet, small_book):
    path = small_book()
    result = gradsheet("train", path, "--set", "loss")
    assert (result.status, result.err) == (2, "gradsheet: --set loss must be NAME=VALUE, loss=bce for instance.\n")
