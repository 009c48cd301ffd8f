"""Doing one job of a study, in whatever process an engine chose."""

from xtb.fit import train_run, train_stage
from xtb.jobs import Job
from xtb.measure import evaluate_run
from xtb.place import Place


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
    return f"{measured.now} cells measured{before}"
