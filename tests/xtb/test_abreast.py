import threading
from collections.abc import Iterator

import pytest
import torch

from xtb.abreast import abreast


@pytest.fixture(autouse=True)
def three_threads() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(3)
    yield
    torch.set_num_threads(before)


def test_results_come_in_order_from_several_threads_that_compute_alone() -> None:
    all_at_work = threading.Barrier(3, timeout=10)

    def work(item: int) -> tuple[int, int]:
        if item < 3:
            all_at_work.wait()  # fails where fewer than three work at a time
        return item, torch.get_num_threads()

    assert list(abreast(work, range(8))) == [(item, 1) for item in range(8)]
    assert torch.get_num_threads() == 3


def test_a_single_item_too_is_computed_by_one_thread() -> None:
    assert list(abreast(lambda item: (item, torch.get_num_threads()), ["a"])) == [("a", 1)]
    assert list(abreast(str, [])) == []
    assert torch.get_num_threads() == 3


def test_an_error_comes_in_the_place_of_its_result() -> None:
    def work(item: int) -> int:
        if item == 2:
            raise ValueError("two")
        return item

    found = abreast(work, range(6))
    assert [next(found), next(found)] == [0, 1]
    with pytest.raises(ValueError, match="two"):
        next(found)
    assert torch.get_num_threads() == 3


def test_closing_drops_what_has_not_begun_and_waits_for_the_rest() -> None:
    begun: list[int] = []
    go = threading.Event()

    def work(item: int) -> int:
        begun.append(item)
        if item:
            go.wait(10)
        return item

    found = abreast(work, range(100))
    assert next(found) == 0
    threading.Timer(0.05, go.set).start()
    found.close()
    assert len(begun) < 10
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("abreast")]
    assert torch.get_num_threads() == 3
