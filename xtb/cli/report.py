"""``xtb report``: answers as self-contained HTML pages, or as text, tables and pictures for a paper."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated, Literal

import typer

from warehouse.errors import UsageError
from xtb.cli.options import DATABASE, Database


def command(
    questions: Annotated[
        list[str] | None,
        typer.Argument(metavar="[QUESTION ...|all]", help="Questions to answer; all by default."),
    ] = None,
    out: Annotated[Path, typer.Option("--out", help="Folder of the pages.")] = Path("report"),
    form: Annotated[
        Literal["html", "md", "latex"],
        typer.Option("--format", help="Pages, or text and tables for a paper with charts beside them."),
    ] = "html",
    charts: Annotated[
        bool, typer.Option("--charts", help="With html: every chart as SVG and PNG in OUT/charts, too.")
    ] = False,
    calibrate: Annotated[
        bool,
        typer.Option(
            "--calibrate", help="Simulate the design: show error rate and power of this and other analyses."
        ),
    ] = False,
    draws: Annotated[int, typer.Option("--draws", min=10, help="Simulated tables of --calibrate.")] = 400,
    margin: Annotated[
        float | None,
        typer.Option("--margin", help="Smallest difference of interest, as a share: .01 is a point."),
    ] = None,
    study: Annotated[
        str | None,
        typer.Option("--study", help="The study behind the runs (a file, or a shipped one): is printed."),
    ] = None,
    db: Database = DATABASE,
) -> None:
    """Answer research questions from the warehouse as self-contained HTML pages."""
    from reports import paper
    from reports.comparison.calibrated import calibrated
    from reports.figures.sections import drawn
    from reports.page import asked, gather, write  # loads altair
    from warehouse.connect import open_for_reading

    wanted = asked(questions or [])
    if margin is not None:
        if not margin > 0:
            raise UsageError(f"--margin {margin:g}: the smallest difference of interest is above zero")
        wanted = [replace(one, smallest=margin) for one in wanted]
    sources = _sources(study) if study is not None else []
    with open_for_reading(db) as con:
        data = gather(con, wanted)
    answers = [one.analyse(one, found) for one, found in zip(wanted, data, strict=True)]
    answers = [replace(one, provenance={**one.provenance, "studies": sources}) for one in answers]
    if calibrate:
        answers = [
            calibrated(answer, found, draws=draws) for answer, found in zip(answers, data, strict=True)
        ]
    if form != "html":
        written = paper.write(answers, out, "markdown" if form == "md" else "latex")
    else:
        written = write(answers, out)
        for answer in answers if charts else ():
            written += paper.pictures(answer, drawn(answer), out / "charts")
    for path in written:
        typer.echo(path)


def _sources(study: str) -> list[dict[str, str]]:
    """Title and text of a study's file, and of those that it extends."""
    from xtb import studies
    from xtb.studyfile import files_of

    return [
        {"title": path.name, "text": path.read_text(encoding="utf-8")}
        for path in files_of(studies.find(study))
    ]
