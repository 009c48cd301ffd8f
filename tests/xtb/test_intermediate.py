"""Mixtures: the nine intermediate tasks, without the target's own data under whatever name."""

import pytest

from ingest.catalog import task
from warehouse.errors import UsageError
from xtb.intermediate import INTERMEDIATES, mixed


def names(target: str, *given: str) -> list[str]:
    return [part.name for part in mixed(target, given)]


def test_a_mixture_is_the_nine_tasks() -> None:
    assert len(INTERMEDIATES) == 9
    assert names("udpos") == list(INTERMEDIATES)


@pytest.mark.parametrize(
    ("target", "without"),
    [
        ("xnli", {"mnli", "anli_plus"}),  # ANLI+ has all of MultiNLI
        ("mnli", {"mnli", "anli_plus"}),
        ("xquad", {"squad_v1", "squad_v2"}),  # SQuAD 2 has all answerable questions of 1.1
        ("mlqa", {"squad_v1", "squad_v2"}),
        ("lareqa", {"squad_v1", "squad_v2"}),
        ("commonsenseqa", {"commonsenseqa"}),
        ("tatoeba", set()),
    ],
)
def test_the_targets_own_data_are_left_out_under_every_name(target: str, without: set[str]) -> None:
    assert names(target) == [name for name in INTERMEDIATES if name not in without]


def test_a_given_task_with_the_targets_own_data_is_refused() -> None:
    with pytest.raises(UsageError, match="own data out; drop 'mnli' from"):
        mixed("xnli", ["siqa", "mnli"])
    with pytest.raises(UsageError, match="drop 'anli_plus', which shares training data with 'mnli', from"):
        mixed("xnli", ["siqa", "anli_plus"])
    with pytest.raises(UsageError, match="drop 'lareqa', which shares training data with 'squad_v1', from"):
        mixed("xquad", ["siqa", "lareqa"])


def test_a_target_of_the_built_in_benchmark_gets_the_built_in_tasks() -> None:
    found = mixed("mini_nli")
    assert "mini_pos" in [part.name for part in found]
    assert "mini_nli" not in [part.name for part in found]
    assert all(part.synthetic for part in found)
    assert task("behaviour").synthetic  # but its training data are not
    assert names("behaviour") == names("xquad")
