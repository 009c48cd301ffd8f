"""What an adversarial text must keep."""

import pytest

from ingest.example import Retrieval
from xtb.adversarial.attack import Proposal
from xtb.adversarial.constraints import Constraints
from xtb.adversarial.original import Original


def query(text: str) -> Retrieval:
    return Retrieval(id="q", query=text, positives=())


def keeps(before: str, after: str, bound: int | None = None, **settings: float | bool) -> bool:
    original = Original(query(before), ("query",))
    return Constraints.of(settings).keeper(original).keeps(Proposal(query(after), bound))


@pytest.mark.parametrize(
    ("before", "after", "settings", "kept"),
    [
        ("same", "same", {}, False),  # it has to change something
        ("ten letter", "tan letter", {"max_edit_rate": 0.1}, True),
        ("ten letter", "tan lettar", {"max_edit_rate": 0.1}, False),
        ("a", "b", {"max_edit_rate": 0.1}, True),  # one edit is always allowed
        ("नमस्ते", "नमते", {"max_edit_rate": 0.34}, True),  # one cluster of three, though four code points
        ("in 1984 it", "in 1948 it", {"keep_digits": True}, False),
        ("in १९ it", "in १९ its", {"keep_digits": True}, True),
        ("book", "bооk", {"keep_script": True}, False),  # Cyrillic
        ("book", "bok", {"keep_script": True}, True),
        ("the very same words", "the very same word", {"min_chrf": 0.8}, True),
        ("the very same words", "something else", {"min_chrf": 0.8}, False),
    ],
)
def test_each_constraint(before: str, after: str, settings: dict[str, float | bool], kept: bool) -> None:
    assert keeps(before, after, **settings) == kept


def test_a_bound_within_the_limit_is_believed_and_one_above_it_is_worked_out() -> None:
    assert keeps("ten letter", "tan letter", 1, max_edit_rate=0.1)
    assert keeps("ten letter", "tan letter", 9, max_edit_rate=0.1)
    assert not keeps("ten letter", "tan lettar", 9, max_edit_rate=0.1)
