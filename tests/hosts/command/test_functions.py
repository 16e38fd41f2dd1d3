"""gradsheet functions lists and explains the catalogue's formulas."""

from pyfuncs.catalogue.registry import formulas


def test_it_lists_each_formula_with_its_summary(gradsheet):
    result = gradsheet("functions")
    assert (result.status, result.err) == (0, "")
    names = [line.partition("(")[0] for line in result.out.splitlines() if line.startswith("NN_")]
    assert names == list(formulas())
    assert [formula.name for formula in formulas().values() if formula.summary not in result.out] == []


def test_it_explains_those_named_in_any_case(gradsheet):
    result = gradsheet("functions", "nn_relu", "NN_LINEAR")
    assert result.status == 0
    assert result.out.index("NN_RELU") < result.out.index("NN_LINEAR")
    for argument in formulas()["NN_LINEAR"].arguments:
        assert argument.name in result.out


def test_markdown_holds_every_formula(gradsheet):
    result = gradsheet("functions", "--markdown")
    assert result.status == 0
    assert [name for name in formulas() if name not in result.out] == []
    assert result.out.endswith("\n")


def test_an_unknown_formula_is_one_line(gradsheet):
    result = gradsheet("functions", "NN_RELU", "NN_MAGIC")
    assert (result.status, result.out) == (2, "")
    assert result.err == "gradsheet: There is no formula NN_MAGIC; gradsheet functions lists them.\n"


def test_pages_are_written_into_a_folder_and_a_file_in_its_place_is_one_line(gradsheet, tmp_path):
    ended = gradsheet("functions", "--pages", tmp_path / "docs")
    assert ended.status == 0
    assert "NN_RELU" in (tmp_path / "docs" / "functions" / "activation_functions.md").read_text(encoding="utf-8")
    (tmp_path / "file").write_text("")
    ended = gradsheet("functions", "--pages", tmp_path / "file")
    assert ended.status == 2
    assert ended.err.count("\n") == 1
