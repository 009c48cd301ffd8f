"""Progress where nobody watches: few plain lines, on stderr only."""

import pytest

from xtb.cli.progress import duration, shown, time_left
from xtb.progress import Clock, Progress


def test_plain_lines_are_few_and_name_the_time_left(capsys: pytest.CaptureFixture[str]) -> None:
    with shown() as report:
        report(Progress(work="train mnli", note="loading"))
        for step in range(1, 101):
            report(
                Progress(work="train mnli", done=step, total=100, seconds_left=100.0 - step, note="loss 0.5")
            )
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.splitlines() == ["train mnli: loading", "train mnli 100/100: loss 0.5"]


def test_quiet_is_quiet(capsys: pytest.CaptureFixture[str]) -> None:
    with shown(quiet=True) as report:
        report(Progress(work="train mnli", note="loading"))
    assert capsys.readouterr().err == ""


def test_time_left_is_told_while_there_is_some() -> None:
    assert time_left(Progress(work="w", done=1, total=2, seconds_left=75.4)) == "0:01:15 left"
    assert time_left(Progress(work="w", done=2, total=2, seconds_left=0.0)) == ""
    assert time_left(Progress(work="w")) == ""
    assert duration(7260) == "2:01:00"


def test_the_clock_does_not_count_what_was_done_before() -> None:
    clock = Clock(done=50)
    assert clock.left(50, 100) is None
    left = clock.left(75, 100)
    assert left is not None
    assert 0 <= left < 1
