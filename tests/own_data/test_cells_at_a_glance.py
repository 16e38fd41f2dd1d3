"""Simple cells are read at a glance, and as the long way reads them."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbooks.own_data import columns, numerals
from workbooks.own_data.blanks import BLANK_WORDS, ERRORS, NOT_A_CHARACTER, clean, is_blank
from workbooks.own_data.numerals import COMMA, POINT, UNKNOWN

LIKE_NUMBERS = st.text("0123456789.,+-eE%$()٣ '\n", max_size=8)
TEXTS = st.one_of(
    st.text(max_size=12),
    LIKE_NUMBERS,
    st.floats(-1e6, 1e6).map(str),
    st.integers().map(str),
    st.sampled_from(sorted(UNKNOWN | BLANK_WORDS | ERRORS)),
    st.sampled_from(sorted(UNKNOWN | BLANK_WORDS | ERRORS)).map(lambda word: f" {word.upper()}\t"),
)


@settings(max_examples=500)
@given(TEXTS)
def test_a_text_is_cleaned_and_known_as_blank(text):
    assert clean(text) == " ".join(NOT_A_CHARACTER.sub("", text).split())
    assert is_blank(text) == (text.strip().lower() in BLANK_WORDS | ERRORS)
    assert numerals.is_unknown(text) == (text.lower() in UNKNOWN)


@settings(max_examples=500)
@given(st.one_of(st.lists(TEXTS, max_size=4), st.lists(LIKE_NUMBERS, max_size=3), st.lists(st.floats().map(str))))
def test_columns_are_read_as_text_by_text(texts):
    for pattern in (POINT, COMMA):
        glance = numerals.all_numerals(texts, pattern), columns.as_numbers(Counter(texts), pattern)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(numerals, "are_simple", lambda texts, pattern: False)
            patch.setattr(columns, "are_simple", lambda texts, pattern: False)
            assert glance == (numerals.all_numerals(texts, pattern), columns.as_numbers(Counter(texts), pattern))


@pytest.mark.parametrize(
    ("texts", "simple"),
    [
        (["1", "-2.5", "+3.", "007"], True),
        ([], True),
        (["1", "1,000"], False),
        (["1", ""], False),
        (["1\n2"], False),
        (["1\n", "2"], False),
        (["٣"], False),
        ([".5"], False),
    ],
)
def test_what_is_read_at_a_glance(texts, simple):
    assert numerals.are_simple(texts, POINT) == simple
    assert not numerals.are_simple(texts, COMMA)
