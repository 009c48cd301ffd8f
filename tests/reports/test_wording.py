import doctest

import pytest

from reports import sheet, wording
from reports.comparison import estimate


@pytest.mark.parametrize("module", [wording, sheet, estimate])
def test_examples_in_docstrings_hold(module):
    failed, tried = doctest.testmod(module)
    assert tried
    assert not failed


def test_a_number_that_rounds_to_nought_has_no_sign():
    assert wording.number(-0.001, 1, signed=True) == "0.0"


def test_an_interval_that_is_missing_says_so():
    assert wording.interval(None, 0.1) == "no interval"
