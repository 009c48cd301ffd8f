"""What a worker of a pilot does with a job. Loads torch only when called: the driver names this function."""

from functools import lru_cache
from typing import TYPE_CHECKING

from xtb.jobs import Ended, Job, Setting

if TYPE_CHECKING:
    from xtb.place import Place


def do_job(job: Job, setting: Setting) -> Ended:
    """Do a job in this process; a SIGTERM, as when a pilot ends, saves its work, and it ended ``stopped``."""
    from dataclasses import replace

    import torch

    from xtb.do import attempt
    from xtb.stop import on_signal

    torch.set_num_threads(setting.threads)
    with on_signal(keyboard=False) as stop:
        return attempt(job, replace(_place(setting), stop=stop))


@lru_cache(maxsize=1)
def _place(setting: Setting) -> "Place":
    """One place for all jobs of a worker: it keeps the tables and the tokenised texts."""
    from ingest import collector
    from ingest.source import open_source
    from xtb.engines.worker import Remembering
    from xtb.place import Place

    collector.relax()
    return Place(
        runs=setting.runs,
        source=Remembering(open_source(setting.data)),
        device=setting.device,
        save_seconds=setting.save_seconds,
    )
