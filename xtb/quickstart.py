"""The whole road in one call: pretrain, train, perturb, evaluate, ingest, check, answer; offline, in minutes.

Each step starts from what the one before left on disk, so a quickstart that was stopped goes on, and a
finished one ends at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from reports.page import asked, gather, write
from warehouse.check import Violation, check
from warehouse.connect import open_for_reading
from warehouse.load import load_runs
from xtb.conduct import run_study
from xtb.errors import Interrupted, XtbError
from xtb.intake import open_for_intake
from xtb.mini.recipe import QUICKSTART
from xtb.pretrain import pretrained
from xtb.progress import Progress, Report
from xtb.stop import Stop
from xtb.studies import find
from xtb.study import Study
from xtb.studyfile import read_study

QUESTIONS = ("english_intermediate", "noisy_intermediate")
"""What the quickstart's study has data for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quickstart:
    """What a quickstart leaves: the files, and the answers in a sentence each."""

    database: Path
    pages: Sequence[Path]
    answers: Sequence[str]


def quickstart(folder: Path, *, workers: int | None, stop: Stop, report: Report) -> Quickstart:
    """Run what is not there yet of the built-in study below ``folder``.

    Args:
        folder: gets ``runs/``, ``xtb.duckdb`` and ``report/``.
        workers: processes; None for one a core.
        stop: may ask to stop; what was finished is kept.
        report: hears of progress.

    Raises:
        Interrupted: asked to stop.
        XtbError: a job failed, or the warehouse does not pass its checks.
    """
    database = folder / "xtb.duckdb"
    _run(find("quickstart"), folder / "runs", workers, stop, report)
    _ingest(folder / "runs", database, report)
    report(Progress(work="analyse", note="fitting mixed models, drawing the report"))
    wanted = asked(QUESTIONS)
    with open_for_reading(database) as con:
        data = gather(con, wanted)
    answers = [question.analyse(question, found) for question, found in zip(wanted, data, strict=True)]
    pages = write(answers, folder / "report")
    return Quickstart(
        database=database,
        pages=pages,
        answers=[answer.refusal or answer.headline for answer in answers],
    )


def _run(file: Path, runs: Path, workers: int | None, stop: Stop, report: Report) -> None:
    encoder = pretrained(QUICKSTART, stop=stop, report=report)
    study: Study = replace(read_study(file), encoders=(str(encoder),))
    ended = run_study(study, runs, workers=workers, device="cpu", stop=stop, report=report)
    if ended.stopped:
        raise Interrupted("interrupted; what was finished is kept. Run the same command to go on.")
    if ended.failed:
        raise XtbError(
            f"{len(ended.failed)} jobs failed: {ended.failed[0]}. Run the same command to try again."
        )


def _ingest(runs: Path, database: Path, report: Report) -> None:
    report(Progress(work="ingest", note="taking run folders into the warehouse"))
    with open_for_intake(database) as con:
        loaded = load_runs(con, runs)
        wrong = check(con)
    if loaded.problems:
        raise XtbError(f"{len(loaded.problems)} files were left out: {loaded.problems[0]}")
    if wrong:
        raise XtbError(
            f"the warehouse {database} fails {len(wrong)} checks: {_sentence(wrong[0])}. See: xtb check"
        )


def _sentence(violation: Violation) -> str:
    return f"{violation.check}, {violation.count} rows"
