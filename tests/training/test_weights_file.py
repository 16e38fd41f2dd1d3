"""Weights go out as CSV and come back with the same bits, and any reader of CSV can read them."""

import csv
import io
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pyfuncs.training.weights import export_weights, import_weights

NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
AWKWARD = [-0.0, 5e-324, -5e-324, 2.2250738585072014e-308, 1.7976931348623157e308, 0.1 + 0.2, 1e22, 1e16, 123456789.0]


@pytest.fixture(scope="module")
def model(small_cells):
    return small_cells(feature_names=[["SibSp", "Parch", "Ones"]], target_names="Survived", trains_2=False).model()


def same_bits(model, params):
    return import_weights(model, export_weights(model, params)).tobytes() == params.tobytes()


@given(st.lists(NUMBERS | st.sampled_from(AWKWARD), min_size=11, max_size=11))
def test_out_and_in_again_is_the_identity(model, numbers):
    assert same_bits(model, np.array(numbers))


def test_awkward_numbers(model):
    for number in AWKWARD:
        assert same_bits(model, np.full(11, number))
        assert math.copysign(1, import_weights(model, export_weights(model, np.full(11, -0.0)))[0]) == -1


def test_every_parameter_has_its_row_fixed_layers_too(model):
    rows = list(csv.reader(io.StringIO(export_weights(model, np.arange(11.0)), newline="")))
    assert rows[0] == ["parameter", "row", "column", "row_name", "column_name", "value"]
    assert rows[1:] == [
        ["weight_1", "1", "1", "SibSp", "h1", "0"],
        ["weight_1", "1", "2", "SibSp", "h2", "1"],
        ["weight_1", "2", "1", "Parch", "h1", "2"],
        ["weight_1", "2", "2", "Parch", "h2", "3"],
        ["weight_1", "3", "1", "Ones", "h1", "4"],
        ["weight_1", "3", "2", "Ones", "h2", "5"],
        ["bias_1", "1", "1", "bias", "h1", "6"],
        ["bias_1", "1", "2", "bias", "h2", "7"],
        ["weight_2", "1", "1", "h1", "Survived", "8"],
        ["weight_2", "2", "1", "h2", "Survived", "9"],
        ["bias_2", "1", "1", "bias", "Survived", "10"],
    ]


def test_lines_end_as_rfc_4180_says(model):
    text = export_weights(model, np.zeros(11))
    assert text.count("\r\n") == text.count("\n") == 12
    assert text.endswith("\r\n")


def test_it_can_be_read_without_a_csv_reader(model):
    """Plain names need no quotes, so that splitting at commas is enough."""
    lines = export_weights(model, np.arange(11.0) / 7).splitlines()[1:]
    assert [float(line.split(",")[5]) for line in lines] == [i / 7 for i in range(11)]


def test_deeper_networks_name_their_hidden_units_by_layer(small_cells):
    model = small_cells((3, 2, 2, 1)).model()
    text = export_weights(model, model.state.params)
    names = {line.split(",")[4] for line in text.splitlines()[1:]}
    assert names == {"h1_1", "h1_2", "h2_1", "h2_2", "y1"}
    assert same_bits(model, model.state.params)


@pytest.mark.parametrize(
    "change",
    {
        "a byte order mark": lambda text: "\ufeff" + text,
        "lines that end in \\n": lambda text: text.replace("\r\n", "\n"),
        "no end of the last line": lambda text: text.rstrip("\r\n"),
        "blank lines": lambda text: text.replace("\r\n", "\r\n\r\n"),
        "rows in another order": lambda text: "\r\n".join([text.splitlines()[0], *reversed(text.splitlines()[1:])]),
        "all quoted": lambda text: "\r\n".join(
            ",".join(f'"{field}"' for field in line.split(",")) for line in text.splitlines()
        ),
        "no names": lambda text: text.replace("SibSp", "").replace("h1", "").replace("bias,h", "bias,h"),
    }.items(),
    ids=lambda item: item[0],
)
def test_what_other_programs_make_of_it_is_read(model, change):
    params = np.arange(11.0) / 3
    text = change[1](export_weights(model, params))
    assert import_weights(model, text).tobytes() == params.tobytes()


@pytest.mark.parametrize("number", ["1", "1.", ".5", "+2", "-3", "1e5", "1E-5", "00.1", "-0"])
def test_any_spelling_of_a_number_with_a_dot(model, number):
    text = export_weights(model, np.zeros(11)).replace("SibSp,h1,0", f"SibSp,h1,{number}")
    assert repr(float(import_weights(model, text)[0])) == repr(float(number))
