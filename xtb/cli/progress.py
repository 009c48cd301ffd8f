"""Progress on the terminal: a bar with the time left, or plain lines where nobody watches."""

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta

from xtb.progress import Progress, Report, silent

_LINE_SECONDS = 15.0


@contextmanager
def shown(*, quiet: bool = False) -> Iterator[Report]:
    """A ``Report`` that writes to stderr within the block.

    Args:
        quiet: show nothing.
    """
    if quiet:
        yield silent
    elif sys.stderr.isatty():
        with _bar() as report:
            yield report
    else:
        yield _Lines()


@contextmanager
def in_place() -> Iterator[Callable[[Sequence[str]], object]]:
    """A function that prints lines: on a terminal over those it printed before, elsewhere after them."""
    if not sys.stdout.isatty():
        yield lambda lines: sys.stdout.write("\n".join([*lines, ""]))
        return
    from rich.live import Live
    from rich.text import Text

    with Live(auto_refresh=False, vertical_overflow="visible") as live:
        yield lambda lines: live.update(Text("\n".join(lines), no_wrap=True), refresh=True)


@contextmanager
def _bar() -> Iterator[Report]:
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn
    from rich.progress import Progress as Bars

    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=24),
        TextColumn("{task.fields[count]}"),
        TextColumn("{task.fields[left]}"),
        TextColumn("[dim]{task.fields[note]}"),
    )
    console = Console(stderr=True)
    with Bars(*columns, console=console, transient=True, refresh_per_second=4) as bars:
        task = bars.add_task("", total=1.0, count="", left="", note="")

        def report(news: Progress) -> None:
            if news.total == 0 and news.note:
                console.print(f"{news.work}: {news.note}", highlight=False, markup=False)
                return
            bars.update(
                task,
                description=news.work.replace("[", r"\["),
                completed=_share(news),
                count=f"{news.done}/{news.total}" if news.total else "",
                left=time_left(news),
                note=news.note.replace("[", r"\["),
            )

        yield report


class _Lines:
    """One line for each thing that ended, else one every fifteen seconds."""

    def __init__(self) -> None:
        self._last = -_LINE_SECONDS

    def __call__(self, news: Progress) -> None:
        now = time.monotonic()
        if news.done < news.total and now - self._last < _LINE_SECONDS:
            return
        self._last = now
        count = f" {news.done}/{news.total}" if news.total else ""
        parts = [part for part in (news.note, time_left(news)) if part]
        sys.stderr.write(f"{news.work}{count}{': ' if parts else ''}{', '.join(parts)}\n")
        sys.stderr.flush()


def time_left(news: Progress) -> str:
    """The time left in words, empty when it is not known."""
    if news.seconds_left is None or news.done == news.total:
        return ""
    return f"{duration(news.seconds_left)} left"


def duration(seconds: float) -> str:
    """Seconds as hours, minutes and seconds.

    >>> duration(75), duration(7260)
    ('0:01:15', '2:01:00')
    """
    return str(timedelta(seconds=round(seconds)))


def _share(news: Progress) -> float:
    if news.share is not None:
        return news.share
    return news.done / news.total if news.total else 0.0
