"""The sheet Who is to blame in Calc: another weight, other settings and a step, and its paths still add up."""

import pytest

from workbooks.lessons.backprop.blame import LIST, LIST_TOP, TITLE
from workbooks.xlsx.area import column_letters


def paths_and_gradient(calc, book):
    place = f"{column_letters(LIST + 5)}{LIST_TOP + 1}"
    return calc.named(book, "blame")[0][0], calc.get(book, TITLE, f"{place}:{place}")[0][0]


@pytest.mark.parametrize("activation", ["relu", "tanh", "gelu"])
def test_another_weight_is_followed_at_once(calc, opened, activation):
    book = opened("backprop")
    calc.put_named(book, "activation_1", [[activation]])
    seen = set()
    for _ in range(2):
        for name in ("W123", "b13", "W231", "b21"):
            calc.put_named(book, "blamed", [[name]])
            paths, gradient = paths_and_gradient(calc, book)
            assert paths == pytest.approx(gradient, abs=1e-12)
            seen.add(gradient)
        assert calc.click(book, "step")["done"]
    assert len(seen) == 8
