"""No name in the weights file runs as a formula where it is opened, and every name comes back as it was."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pyfuncs.training.weights import export_weights, guarded, import_weights, unguarded

DANGEROUS = ("=1+1", "+1", "-1", "@SUM(1)", "\t=1", "\r=1", "=HYPERLINK(A1)", "-", "'=1", "''+1")
HARMLESS = ("Age", "a=b", "1-2", "'Age", "'", "", " =1", "Größe", "日本", 'say "x"', "a,b", "a;b", "two\nlines")
NAMES = st.text(st.characters(exclude_categories=["Cs"]), max_size=8) | st.sampled_from(DANGEROUS)


def exported(small_cells, names):
    model = small_cells(feature_names=[list(names)]).model()
    text = export_weights(model, model.state.params)
    return model, text, [row[3] for row in csv.reader(io.StringIO(text, newline=""))][1:6:2]


@pytest.mark.parametrize("name", DANGEROUS)
def test_a_name_like_a_formula_gets_an_apostrophe(small_cells, name):
    model, text, written = exported(small_cells, [name, "b", "c"])
    assert written == [f"'{name}", "b", "c"]
    assert import_weights(model, text).tobytes() == model.state.params.tobytes()


@pytest.mark.parametrize("name", HARMLESS)
def test_any_other_name_stays_as_it_is(small_cells, name):
    model, text, written = exported(small_cells, [name, "b", "c"])
    assert written == [name, "b", "c"]
    assert import_weights(model, text).tobytes() == model.state.params.tobytes()


@given(NAMES)
def test_the_guard_comes_off_again(name):
    assert unguarded(guarded(name)) == name
    assert guarded(name)[:1] not in ("=", "+", "-", "@", "\t", "\r")


@given(st.tuples(NAMES, NAMES, NAMES))
def test_any_names_come_back_from_the_file(small_cells, names):
    model, text, written = exported(small_cells, names)
    assert [unguarded(name) for name in written] == list(names)
    assert import_weights(model, text).tobytes() == model.state.params.tobytes()
