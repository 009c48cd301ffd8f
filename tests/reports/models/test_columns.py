import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.errors import BadFormula
from reports.models.columns import Factor, distinct, factor, interaction, numeric, require


def test_text_is_sorted_and_an_enum_keeps_its_order():
    assert factor(pl.Series("a", ["z", "x", "z"])).levels == ("x", "z")
    order = pl.Enum(["z", "y", "x"])
    assert factor(pl.Series("a", ["z", "x", "z"], dtype=order)).levels == ("z", "x")


def test_numbers_sort_by_value_and_booleans_as_in_r():
    assert factor(pl.Series("a", [10, 9, 10])).levels == ("9", "10")
    assert factor(pl.Series("a", [True, False])).levels == ("FALSE", "TRUE")


def test_a_given_order_comes_first():
    found = factor(pl.Series("a", ["a", "b", "c"]), ["c"])
    assert found.levels == ("c", "a", "b")
    assert found.codes.tolist() == [1, 2, 0]


def test_an_order_without_any_known_level_is_refused():
    with pytest.raises(BadFormula, match="none of the levels"):
        factor(pl.Series("a", ["a", "b"]), ["x"])


def test_a_missing_column_is_named_with_the_nearest():
    with pytest.raises(BadFormula, match="Did you mean 'regime'"):
        require(pl.DataFrame({"regime": [1]}), ["regim"], "the fixed effects")


def test_text_is_no_number():
    with pytest.raises(BadFormula, match="numbers are needed"):
        numeric(pl.Series("a", ["1"]))


def test_interactions_hold_the_combinations_that_occur():
    a = factor(pl.Series("a", ["x", "x", "y"]))
    b = factor(pl.Series("b", ["1", "2", "1"]))
    assert interaction([a, b]).levels == ("x:1", "x:2", "y:1")
    assert interaction([a, b]).codes.tolist() == [0, 1, 2]


@given(st.lists(st.tuples(st.integers(0, 3), st.sampled_from([0.5, 1.5, -2.0])), min_size=1, max_size=60))
def test_distinct_finds_the_combinations(rows):
    codes = np.array([a for a, _ in rows])
    values = np.array([b for _, b in rows])
    column = Factor(name="a", levels=("p", "q", "r", "s"), codes=codes)
    first, inverse = distinct({"a": column, "b": values})
    assert len(first) == len(set(rows))
    for i, row in enumerate(rows):
        assert rows[first[inverse[i]]] == row
