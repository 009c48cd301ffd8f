"""When the state of a running stage is saved, and where."""

import time
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from torch import Tensor

from xtb.checkpoint import Partial, read_partial, write_partial
from xtb.stop import Stop

if TYPE_CHECKING:
    from xtb.trainlog import State

_SHARE = 20  # a save may take a twentieth of the time at most


class Saving:
    """Saves the state of one stage every so often, and at once when a stop is asked for.

    Args:
        runs: folder of runs.
        stage_id: of the stage.
        stop: looked at after every step.
        seconds: time between two saves; longer where a save itself takes long.
        steps: save after so many steps instead.
        writes: whether this process writes; of several that train together one does.
    """

    def __init__(
        self,
        runs: Path,
        stage_id: str,
        *,
        stop: Stop,
        seconds: float,
        steps: int | None = None,
        writes: bool = True,
    ) -> None:
        self._runs = runs
        self._stage_id = stage_id
        self._stop = stop
        self._seconds = seconds
        self._steps = steps
        self._writes = writes
        self._last = time.monotonic()
        self._since = 0

    def newest(self) -> Partial | None:
        """The newest state that was saved whole."""
        return read_partial(self._runs, self._stage_id)

    def newest_step(self) -> int | None:
        """The step of that state."""
        partial = self.newest()
        return None if partial is None else int(partial.state["step"])

    @property
    def stopping(self) -> bool:
        """Was a stop asked for?"""
        return self._stop.requested

    def request_stop(self) -> None:
        """Ask for a stop: another process was asked."""
        self._stop.request()

    def due(self) -> bool:
        """Is it time to save? Call once after every step."""
        self._since += 1
        if self._stop.requested:
            return True
        if self._steps is not None:
            return self._since >= self._steps
        return time.monotonic() - self._last >= self._seconds

    def save(
        self,
        model: Mapping[str, Tensor],
        optimizer: Mapping[str, Tensor],
        best: Mapping[str, Tensor],
        state: "State",
    ) -> None:
        """Save.

        Raises:
            Interrupted: a stop was asked for; now that the state is safe, the work ends.
        """
        began = time.monotonic()
        partial = Partial(model=dict(model), optimizer=dict(optimizer), best=dict(best), state=asdict(state))
        if self._writes:
            write_partial(self._runs, self._stage_id, partial)
        self._last, self._since = time.monotonic(), 0
        self._seconds = max(self._seconds, _SHARE * (self._last - began))
        self._stop.check(f"training is saved at step {state.step} of {state.total}")
