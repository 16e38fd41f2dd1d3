"""A layer's weights may stand turned, a row a unit as PyTorch stores them: the same model, whatever its shape."""

import json

import numpy as np
import pytest

from pyfuncs.cells.errors import GradsheetError
from pyfuncs.training.restarts import started
from pyfuncs.training.storage import first_weight_blocks, trained_names
from pyfuncs.training.trainer import Trainer
from pyfuncs.training.weights import export_weights, import_weights
from workbooks.sheets.buttons import useful_clicks
from workbooks.xlsx.workbook import WorkbookFile

SETTINGS = {"batch_size": 5, "optimizer": "adam", "weight_decay": 0.01, "seed": 3}
SQUARE = (2, 2, 1)
"""Two inputs and two units: the shape does not tell which way the weights stand."""
LAYERS = [(1,), (2,), (1, 2)]


KINDS = ("weight", "initial_weight", "bias", "initial_bias")


def turned(blocks, layers, kinds=KINDS):
    """Return the changes that turn the weights and biases of some layers."""
    changes = {}
    for k in layers:
        for kind in kinds:
            changes[f"{kind}_{k}"] = None
            changes[f"{kind}_{k}_transposed"] = np.array(blocks[f"{kind}_{k}"]).T.tolist()
    return changes


@pytest.fixture(params=[SQUARE, (3, 2, 1)], ids=str)
def sizes(request):
    return request.param


@pytest.fixture(params=LAYERS, ids=str)
def both(request, sizes, small_blocks, small_cells):
    """Return the cells of a model, and of the same with weights turned."""
    blocks = small_blocks(sizes)
    return small_cells(sizes, **SETTINGS), small_cells(sizes, **SETTINGS, **turned(blocks, request.param))


def test_it_is_the_same_model(both):
    plain, other = (cells.model() for cells in both)
    assert [layer.weight.tolist() for layer in plain.layers] == [layer.weight.tolist() for layer in other.layers]
    assert [layer.initial_weight.tolist() for layer in plain.layers] == [
        layer.initial_weight.tolist() for layer in other.layers
    ]
    assert export_weights(plain, plain.state.params) == export_weights(other, other.state.params)


def test_training_in_the_cells_gives_the_same_bits(both):
    for _ in range(2):
        for cells in both:
            model = cells.model()
            trainer = Trainer(model)
            trainer.train(1)
            trainer.step()
            cells.hold(model, trainer.state)
    plain, other = both
    assert plain.model().state.params.tolist() == other.model().state.params.tolist()
    for name, rows in other.blocks.items():
        if name.startswith(("weight", "bias")) and name.endswith("transposed"):
            assert np.array(rows).T.tolist() == plain.blocks[name.removesuffix("_transposed")]
        elif name.startswith("optimizer_"):
            assert rows == plain.blocks[name]


def test_reset_and_an_import_reach_them(both):
    for cells in both:
        model = cells.model()
        trainer = Trainer(model)
        trainer.train(2)
        moved = export_weights(model, trainer.state.params)
        trainer.reset()
        assert trainer.state.params.tolist() == model.state.params.tolist()
        trainer.take(import_weights(model, moved))
        cells.hold(model, trainer.state)
        assert export_weights(cells.model(), cells.model().state.params) == moved


def test_what_training_writes_is_named_as_the_cells_are(small_blocks, small_cells):
    cells = small_cells(SQUARE, **turned(small_blocks(SQUARE), (1,)))
    names = trained_names(cells.model(), cells)
    assert {"weight_1_transposed", "bias_1_transposed"} <= set(names)
    assert "weight_2" in names
    assert "weight_1" not in names


def test_first_weights_are_written_as_the_cells_hold_them(small_blocks, small_cells):
    cells = small_cells((3, 2, 1), **turned(small_blocks((3, 2, 1)), (1,)))
    layers = started(cells.model(), 7).layers
    found = first_weight_blocks(layers, cells)
    assert found["initial_weight_1_transposed"] == layers[0].initial_weight.T.tolist()
    assert found["initial_weight_2"] == layers[1].initial_weight.tolist()


def test_first_weights_need_not_stand_as_the_weights_do(small_blocks, small_cells):
    blocks = small_blocks((3, 2, 1))
    cells = small_cells((3, 2, 1), **turned(blocks, (1,), ("weight",)))
    assert cells.model().layers[0].initial_weight.tolist() == blocks["initial_weight_1"]


TWICE = "would be the same parameter twice: delete one of the two names."


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"weight_1_transposed": [[1.0] * 3] * 2}, f"weight_1!A1:B3 (weight_1) and book.xlsx, weight_1_tr.*{TWICE}"),
        ({"bias_1_transposed": [[1.0], [1.0]]}, f"(bias_1) and .*{TWICE}"),
        ({"bias_1": None, "bias_1_transposed": [[1.0, 1.0]]}, "(bias_1_transposed) is 1×2, but must be 2×1."),
        ({"initial_weight_2_transposed": [[1.0] * 2]}, f"(initial_weight_2) and .*{TWICE}"),
        (
            {"weight_1": None, "weight_1_transposed": [[1.0] * 2] * 3},
            "(weight_1_transposed) is 3×2, but inputs is 12×3: it must have 3 columns.",
        ),
        (
            {"weight_2": None, "weight_2_transposed": [[1.0], [1.0]]},
            "(weight_2_transposed) is 2×1, but weight_1 is 3×2: it must have 2 columns.",
        ),
        ({"weight_4_transposed": [[1.0]]}, "(weight_4_transposed) is there, but weight_3 is not: number the layers"),
        ({"initial_weight_1": None, "initial_weight_1_transposed": [[1.0] * 2] * 3}, "is 3×2, but must be 2×3."),
        (
            {"weight_1": None, "weight_1_transposed": [[1.0, 1.0, None], [1.0] * 3]},
            "weight_1_transposed!C1 (weight_1_transposed, row 1, column 3) is blank",
        ),
    ],
)
def test_what_does_not_fit_is_said(small_cells, changes, says):
    pattern = says.replace("(", r"\(").replace(")", r"\)")
    with pytest.raises(GradsheetError, match=pattern):
        small_cells((3, 2, 1), **changes).model()


def test_the_command_trains_restarts_exports_and_imports(small_book, small_blocks, gradsheet, tmp_path):
    blocks = small_blocks(SQUARE)
    plain = small_book(SQUARE, path=tmp_path / "plain.xlsx")
    other = small_book(SQUARE, path=tmp_path / "turned.xlsx", **turned(blocks, (1, 2)))
    found = []
    for path in (plain, other):
        texts = []
        for options in (["--epochs", 4], ["--optimizer", "momentum", "--epochs", 2], ["--restarts", 3, "--epochs", 2]):
            assert gradsheet("train", path, "--quiet", *options).status == 0
            texts.append(gradsheet("export", path).out)
        texts.append(json.loads(gradsheet("evaluate", path).out)["all"]["loss"])
        (tmp_path / "w.csv").write_text(texts[0], encoding="utf-8")
        assert gradsheet("import", path, tmp_path / "w.csv").status == 0
        texts.append(gradsheet("export", path).out)
        found.append(texts)
    assert found[0] == found[1]
    assert found[0][0] == found[0][-1] != found[0][1]
    files = [WorkbookFile.open(path) for path in (plain, other)]
    assert np.array(files[1].read("weight_1_transposed")).T.tolist() == files[0].read("weight_1")
    assert np.array(files[1].read("initial_weight_1_transposed")).T.tolist() == files[0].read("initial_weight_1")


def test_excel_gets_its_buttons(small_blocks):
    blocks = small_blocks(SQUARE)
    plain = [command.name for command in useful_clicks(blocks)]
    changes = turned(blocks, (1, 2))
    names = {name for name in blocks if name not in changes} | {name for name in changes if "transposed" in name}
    assert [command.name for command in useful_clicks(names)] == plain
    assert "reset" in plain
