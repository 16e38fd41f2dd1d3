"""Naming a cell asks the spreadsheet program, which takes time there and, in Calc, memory: only an error may do it."""

from pyfuncs.training.contract import read_model


class Counted(dict):
    """Cells by name that count how often one of them is named."""

    named = 0

    def constant(self, name):
        return None

    def matrix(self, name):
        return None

    def read(self, name):
        return self[name]

    def choices(self, name):
        return ()

    def labelled(self, name):
        return {}

    def address(self, name, row=None, column=None):
        self.named += 1
        return name


def test_a_model_without_faults_is_read_without_naming_a_cell():
    history = [[i, 0, 0.5, None, 0.5, 0.5] for i in range(50)] + [[None] * 6] * 10
    cells = Counted(
        inputs=[[1.0, 2.0], [True, 4.0]], target=[[0.0], [1.0]], weight_1=[[0.5], [0.5]], lr=[[0.1]], epoch=[[50.0]],
        step=[[0.0]], history=history,
    )  # fmt: skip
    assert len(read_model(cells).state.history) == 50
    assert cells.named == 0
