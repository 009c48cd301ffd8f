"""A lock dies with its holder."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from xtb.errors import Busy, Interrupted
from xtb.lock import holder, is_locked, locked
from xtb.stop import Stop

HOLD = (
    "import sys, time; from pathlib import Path; from xtb.lock import locked\n"
    "with locked(Path(sys.argv[1])): print('held', flush=True); time.sleep(60)"
)


@pytest.fixture
def held(tmp_path: Path) -> "subprocess.Popen[str]":
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path / "a.lock")], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    yield process  # type: ignore[misc]
    process.kill()
    process.wait()


def test_the_lock_of_a_killed_process_is_free(tmp_path: Path, held: "subprocess.Popen[str]") -> None:
    path = tmp_path / "a.lock"
    assert is_locked(path)
    assert holder(path).startswith(f"process {held.pid} on ")
    held.send_signal(signal.SIGKILL)
    held.wait()
    assert path.exists()
    assert not is_locked(path)
    with locked(path):
        assert is_locked(path)


def test_a_waiting_process_says_for_whom_and_answers_a_stop(
    tmp_path: Path, held: "subprocess.Popen[str]"
) -> None:
    stop = Stop()
    heard: list[str] = []

    def on_wait(note: str) -> None:
        heard.append(note)
        stop.request()

    with pytest.raises(Interrupted), locked(tmp_path / "a.lock", on_wait=on_wait, check=stop.check):
        pass
    assert len(heard) == 1
    assert f"process {held.pid}" in heard[0]


def test_waiting_ends_after_a_set_time_with_the_holders_name(
    tmp_path: Path, held: "subprocess.Popen[str]"
) -> None:
    told = rf"process {held.pid} on .* still works on a after 0.1 s; wait for it to end"
    with pytest.raises(Busy, match=told), locked(tmp_path / "a.lock", wait_seconds=0.1, poll=0.02):
        pass


def test_a_lock_is_free_again_after_an_error(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), locked(tmp_path / "b.lock"):
        raise RuntimeError
    assert not is_locked(tmp_path / "b.lock")
    assert not is_locked(tmp_path / "never.lock")
