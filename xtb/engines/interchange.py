"""Parsl's interchange, which passes jobs to pilots, as a process that never outlives the study's driver.

By itself it goes on when the driver is killed, and its pilots with it: nodes that wait for nothing. Linux
ends this one with its parent; the pilots then miss its heartbeat and end too.

Usage: ``python -m xtb.engines.interchange PID``, the parent's number.
"""

import ctypes
import os
import runpy
import signal
import sys

_PR_SET_PDEATHSIG = 1


def main(parent: int) -> None:
    """Tie this process to its parent, then become the interchange."""
    signal.signal(
        signal.SIGINT, signal.SIG_IGN
    )  # a terminal's Ctrl-C is the driver's; it needs this one to stop well
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # it was gone before
            return
    runpy.run_module("parsl.executors.high_throughput.interchange", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main(int(sys.argv[1]))
