"""``xtb export``: write a view, table or query to a file; a run's predictions or its model to a folder."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from xtb.cli.asking import Params, Spreadsheet, pairs, say
from xtb.cli.options import DATABASE, RUNS, Data, Database, Runs

if TYPE_CHECKING:
    import polars as pl

    from warehouse.connect import Sandbox

Format = Annotated[
    Literal["table", "csv", "json", "parquet", "xlsx", "markdown", "latex", "eee", "eval-results"] | None,
    typer.Option(
        "--format",
        help="What the suffix of --output says when left out. eee: runs in the schema of Every Eval Ever, "
        "into a folder; eval-results: one run as Hugging Face's eval_results.yaml.",
    ),
]


def command(
    what: Annotated[
        str,
        typer.Argument(
            metavar="NAME_OR_SQL",
            help="A view, table or named query, or SQL; with --predictions or --model a run; with "
            "--format eee or eval-results a run, or a query with a column run_id.",
        ),
    ],
    output: Annotated[
        Path,
        typer.Option(
            "--output",
            "-o",
            help="The file; its suffix says the format (.csv .parquet .json .md .tex .xlsx). Or a folder.",
        ),
    ],
    param: Params = None,
    form: Format = None,
    spreadsheet: Spreadsheet = False,
    predictions: Annotated[
        str | None,
        typer.Option(help="xtreme: a run's predictions on clean data, as XTREME's evaluate.py reads them."),
    ] = None,
    model: Annotated[
        bool, typer.Option("--model", help="A run's model as a Hugging Face folder with a model card.")
    ] = False,
    organization: Annotated[str, typer.Option(help="eee: who provides the results.")] = "unknown",
    runs: Runs = RUNS,
    data: Data = None,
    db: Database = DATABASE,
) -> None:
    """Write a view, table or query to a file: CSV, Parquet, JSON, Excel, Markdown or LaTeX (booktabs).

    With --format eee or eval-results, write the scores of runs as others exchange them.
    With --predictions xtreme, write the predictions of a run into a folder instead. With --model, write its
    model: transformers loads the folder, and its card has the scores that the warehouse holds of the run.
    """
    if model and predictions is not None:
        from warehouse.errors import UsageError

        raise UsageError("--model and --predictions are two exports; give one of them")
    if model:
        _export_model(what, output, runs, data, db)
        return
    if predictions is not None:
        _export_predictions(what, predictions, output, runs)
        return
    from warehouse.connect import open_sandboxed
    from warehouse.export import form_of, write_file
    from warehouse.interrupt import interruptibly
    from warehouse.query import resolve

    chosen = form or form_of(output)
    with open_sandboxed(db, on_wait=say) as con:
        if chosen in ("eee", "eval-results"):
            _export_runs(con, what, pairs(param), chosen, output, organization)
            return
        sql, values = resolve(con, what, pairs(param))
        interruptibly(con, lambda: write_file(con, sql, values, output, form=chosen, spreadsheet=spreadsheet))
    typer.echo(output)


def _export_runs(
    con: "Sandbox", what: str, given: dict[str, str], form: str, output: Path, organization: str
) -> None:
    from warehouse.errors import UsageError
    from xtb.exports import chosen, eval_results, every_eval_ever
    from xtb.files import write_file

    runs = chosen.runs(con, what, given)
    if form == "eee":
        if output.exists() and not output.is_dir():
            raise UsageError(f"{output} is a file; --format eee writes into a folder")
        written = every_eval_ever.export(con, runs, output, organization)
        if len(written) < len(runs):
            say(f"{len(runs) - len(written)} runs have no score and are left out")
        typer.echo(f"{output}: {len(written)} documents")
        return
    text, left = eval_results.document(con, runs)
    if output.is_dir() or not output.parent.is_dir():
        raise UsageError(f"cannot write {output}: it is a folder, or its folder is missing")
    write_file(output, text.encode())
    if left:
        say(f"{left} scores of benchmarks that do not lie on the hub are left out")
    typer.echo(output)


def _export_predictions(name: str, form: str, folder: Path, runs: Path) -> None:
    from warehouse.errors import UnknownName
    from xtb.predictions import export
    from xtb.run import find_run

    if form != "xtreme":
        raise UnknownName("format of predictions", form, ("xtreme",), "xtb export --help")
    written = export(find_run(runs, name), folder)
    typer.echo(f"{folder}: {len(written)} files")


def _export_model(name: str, folder: Path, runs: Path, data: Path | None, db: Path) -> None:
    from xtb.cli.work import at_work
    from xtb.run import find_run

    found = find_run(runs, name)
    runs = found.folder.parent
    if data is None and found.spec.data_source.startswith("mini"):
        data = Path("mini")
    scores = _scores(found.run_id, db)
    if scores.is_empty():
        say(f"{db} has no score of this run, so its card has none (xtb eval, then xtb ingest)")
    with at_work(runs, data, device="cpu") as place:
        from xtb.hub.export import HEAD, export_model

        made = export_model(found, folder, place, scores)
    if not made.whole:
        say(f"transformers has no class for this head: the model is the encoder, the head is in {HEAD}")
    typer.echo(f"{made.folder}: {made.auto}, {scores.height} scores in its card")


def _scores(run_id: str, db: Path) -> "pl.DataFrame":
    """What the warehouse knows of a run; no rows where there is no warehouse."""
    from warehouse.connect import open_for_reading
    from warehouse.query import query
    from warehouse.rows import SCORE

    if not db.exists():
        return SCORE.empty()
    with open_for_reading(db, on_wait=say) as con:
        return query(con, "select * from score where run_id = $run_id", {"run_id": run_id})
