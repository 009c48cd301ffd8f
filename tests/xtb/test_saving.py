"""When states of a training are saved."""

from pathlib import Path

import pytest

from xtb.errors import Interrupted
from xtb.saving import Saving
from xtb.stop import Stop
from xtb.trainlog import State


def test_after_so_many_steps_or_seconds(tmp_path: Path) -> None:
    by_steps = Saving(tmp_path, "s", stop=Stop(), seconds=1e9, steps=3)
    assert [by_steps.due() for _ in range(3)] == [False, False, True]
    by_steps.save({}, {}, {}, State(total=9, step=3))
    assert not by_steps.due()
    assert Saving(tmp_path, "s", stop=Stop(), seconds=0.0).due()
    assert not Saving(tmp_path, "s", stop=Stop(), seconds=1e9).due()


def test_at_once_when_asked_to_stop_and_then_it_ends(tmp_path: Path) -> None:
    stop = Stop()
    saving = Saving(tmp_path, "s", stop=stop, seconds=1e9)
    stop.request()
    assert saving.due()
    with pytest.raises(Interrupted, match="training is saved at step 4 of 9"):
        saving.save({}, {}, {}, State(total=9, step=4))
    newest = saving.newest()
    assert newest is not None
    assert State(**newest.state) == State(total=9, step=4)
