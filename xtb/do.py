"""Doing one job of a study, in whatever process an engine chose."""

import errno
from typing import Literal

from warehouse.errors import KnownError
from xtb.errors import Interrupted
from xtb.fit import train_run, train_stage
from xtb.information import measure_information
from xtb.jobs import Ended, Job
from xtb.measure import evaluate_run
from xtb.place import Place

_NO_USE_GOING_ON = (errno.ENOSPC, errno.EDQUOT, errno.EROFS)


def do(job: Job, place: Place) -> str:
    """Run a job here and now. Returns a sentence about what it did.

    Raises:
        Interrupted: asked to stop; what was done is saved.
        XtbError, IngestError: it failed.
    """
    if job.position is not None:
        row = train_stage(job.spec, job.position, job.encoder, place).record["row"]
        score = "" if row["dev_score"] is None else f", dev {row['dev_metric']} {row['dev_score']:.3f}"
        return f"{row['steps']} steps in {row['seconds']:.0f} s{score}"
    found = train_run(job.spec, job.encoder, place)
    measured = evaluate_run(found, job.cells, place, limit=job.limit)
    before = f", {measured.before} were there" if measured.before else ""
    told = ""
    if job.information:
        measure_information(found, job.encoder, place)
        told = ", information of its intermediate stages too"
    return f"{measured.now} cells measured{before}{measured.damage}{told}"


def attempt(job: Job, place: Place) -> Ended:
    """Run a job here and now; whatever happens is told, not raised."""
    try:
        return Ended(job_id=job.job_id, how="done", note=do(job, place))
    except Interrupted as error:
        return Ended(job_id=job.job_id, how="stopped", note=str(error))
    except KnownError as error:
        return Ended(job_id=job.job_id, how="failed", note=str(error))
    except OSError as error:
        how: Literal["failed", "fatal"] = "fatal" if error.errno in _NO_USE_GOING_ON else "failed"
        where = f" ({error.filename})" if error.filename else ""
        return Ended(job_id=job.job_id, how=how, note=f"{error.strerror or error}{where}")
    except Exception as error:  # noqa: BLE001  # a defect in one job is recorded and costs only that job
        return Ended(job_id=job.job_id, how="failed", note=f"{type(error).__name__}: {error}")
