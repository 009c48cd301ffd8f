"""The wish to stop."""

import os
import signal

import pytest

from xtb.errors import Interrupted
from xtb.stop import Stop, on_signal


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGUSR2])
def test_a_signal_is_noted_and_answered_at_the_next_check(number: int) -> None:
    before = signal.getsignal(signal.SIGINT)
    with on_signal() as stop:
        stop.check()
        os.kill(os.getpid(), number)
        assert stop.requested
        with pytest.raises(Interrupted, match=r"step 3 is saved\. Run the same command to go on"):
            stop.check("step 3 is saved")
    assert signal.getsignal(signal.SIGINT) == before


def test_a_second_ctrl_c_stops_at_once() -> None:
    with on_signal() as stop:
        os.kill(os.getpid(), signal.SIGINT)
        assert stop.requested
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)


def test_a_worker_leaves_ctrl_c_to_its_parent() -> None:
    with on_signal(keyboard=False) as stop:
        os.kill(os.getpid(), signal.SIGINT)
        assert not stop.requested
        os.kill(os.getpid(), signal.SIGTERM)
        assert stop.requested


def test_an_interrupted_command_ends_with_130() -> None:
    stop = Stop()
    stop.request()
    with pytest.raises(Interrupted) as raised:
        stop.check()
    assert raised.value.exit_code == 130
