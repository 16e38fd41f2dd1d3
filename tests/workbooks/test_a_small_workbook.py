"""The small workbook of CONTRIBUTING is built and trained by the command; what it forgets is said in a sentence."""

import re
import sys
from pathlib import Path

import numpy as np
import pytest

from workbooks import lessons
from workbooks.lessons.templates import TEMPLATES, templates_by_first_line
from workbooks.xlsx.workbook import WorkbookFile

TEXT = (Path(__file__).parents[2] / "CONTRIBUTING.md").read_text(encoding="utf-8")
SOURCE = re.search(r"```python\n(.*?)```", TEXT, re.DOTALL)[1]
ACTIVATION = '        Setting("activation_1", "sigmoid", "Keeps p between 0 and 1.", ("sigmoid", "identity")),\n'
FORGOTTEN = {
    "the activation of a layer": (
        {ACTIVATION: ""},
        r"The sheet Training has no activation_1; it has trains_1, loss, .*, step, lr_now: give TrainingPage a Setting "
        r"of that name\.",
    ),
    "the words of an activation": (
        {', ("sigmoid", "identity")': ""},
        r"activation_1 has no drop-down of words: give its Setting or Look choices\.",
    ),
    "the settings that all models have": (
        {'*common_settings(len(POINTS), ("mse", "bce"), 0.1)': ""},
        r"The sheet Training has no schedule; it has activation_1, trains_1, epoch, step: give TrainingPage .*\.",
    ),
    "the counters": (
        {"    training.counters(0, 0)\n": ""},
        r"The sheet Training has no epoch; it has activation_1, .*, task: give TrainingPage .*\.",
    ),
    "a name of the contract": (
        {', Look("inputs"), "inputs")': ', Look("inputs"))'},
        r"Model!\$A\$9:\$A\$12 has no name inputs, by which training finds it: put it under that name\.",
    ),
    "a feature": (
        {'["x"], [LayerSpec': '["x", "x²"], [LayerSpec'},
        r"Model!\$A\$9:\$A\$12 has a width of 1, but the features are x, x²: name one a column\.",
    ),
    "a unit's output": (
        {'LayerSpec(["z"], ["p"]': 'LayerSpec(["z"], []'},
        r"A layer\'s units are z, but what they give is called nothing: give it a name a unit\.",
    ),
}


@pytest.fixture
def listed(tmp_path, monkeypatch):
    """Return what puts a builder beside the lessons, as the one file that a workbook is."""
    monkeypatch.setattr(lessons, "__path__", [*lessons.__path__, str(tmp_path)])

    def put_builder(source):
        (tmp_path / "sign.py").write_text(source, encoding="utf-8")
        monkeypatch.delitem(sys.modules, "workbooks.lessons.sign", raising=False)
        monkeypatch.delattr(lessons, "sign", raising=False)
        for name, template in templates_by_first_line().items():
            monkeypatch.setitem(TEMPLATES, name, template)

    yield put_builder
    sys.modules.pop("workbooks.lessons.sign", None)


@pytest.fixture
def built(listed, gradsheet, tmp_path):
    """Return the workbook as the command builds it."""
    listed(SOURCE)
    result = gradsheet("build", "sign", "--output", tmp_path)
    assert (result.status, result.err) == (0, "")
    return tmp_path / "sign.xlsx"


def test_its_first_line_makes_it_a_template(listed, gradsheet):
    listed(SOURCE)
    assert re.search("^sign +whether a number is above 0$", gradsheet("build").out, re.MULTILINE)


def test_a_file_that_is_called_otherwise_than_its_workbook_is_refused(listed):
    with pytest.raises(ValueError, match=r"sign\.py says in its first line that it builds sin\.xlsx: give both one"):
        listed(SOURCE.replace("sign.xlsx", "sin.xlsx", 1))


def test_it_trains_as_plain_numpy_does(built, gradsheet):
    before = WorkbookFile.open(built)
    x, y, weight, bias = (np.array(before.read(name), float) for name in ("inputs", "target", "weight_1", "bias_1"))
    for _ in range(3):
        p = 1 / (1 + np.exp(-(x @ weight + bias)))
        by_z = 2 * (p - y) / len(x) * p * (1 - p)
        weight, bias = weight - 0.1 * x.T @ by_z, bias - 0.1 * by_z.sum(0)
    result = gradsheet("train", built, "--epochs", 3)
    assert result.status == 0
    after = WorkbookFile.open(built)
    np.testing.assert_allclose(after.read("weight_1"), weight, rtol=1e-12)
    np.testing.assert_allclose(after.read("bias_1"), bias, rtol=1e-12)
    p = 1 / (1 + np.exp(-(x @ weight + bias)))
    assert f"train loss {np.mean((p - y) ** 2):.6f}" in result.out


def test_its_formulas_show_the_next_step_once_it_is_trained(built, gradsheet):
    gradsheet("train", built, "--epochs", 3)
    shown = WorkbookFile.open(built).read("new_weight_1")
    gradsheet("train", built, "--epochs", 1)
    np.testing.assert_allclose(WorkbookFile.open(built).read("weight_1"), shown, rtol=1e-12)


@pytest.mark.parametrize("what", FORGOTTEN)
def test_what_it_forgets_is_said_in_a_sentence(what, listed, gradsheet, tmp_path):
    changes, sentence = FORGOTTEN[what]
    source = SOURCE
    for text, other in changes.items():
        assert text in source
        source = source.replace(text, other)
    listed(source)
    result = gradsheet("build", "sign", "--output", tmp_path)
    assert result.status == 2
    assert re.fullmatch(f"gradsheet: {sentence}\n", result.err), result.err
    assert not (tmp_path / "sign.xlsx").exists()
