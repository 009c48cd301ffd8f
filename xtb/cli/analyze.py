"""``xtb analyze``: answer a question, or fit any mixed model on any query or file."""

import json as jsonlib
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from warehouse.errors import UsageError
from xtb.cli.options import DATABASE, Database, Json

if TYPE_CHECKING:
    import polars as pl

    from reports.models import Fit


def command(
    name: Annotated[
        list[str] | None, typer.Argument(metavar="[NAME]", help="A question; see: xtb names questions.")
    ] = None,
    formula: Annotated[
        str | None,
        typer.Option(
            "--formula", help="An lme4 formula, e.g. 'value ~ regime + (1 | language) + (1 | run_id)'."
        ),
    ] = None,
    sql: Annotated[str | None, typer.Option("--sql", help="Rows to fit: a query on the warehouse.")] = None,
    data: Annotated[
        Path | None, typer.Option("--data", help="Rows to fit: a CSV, TSV, Parquet or JSON file.")
    ] = None,
    db: Database = DATABASE,
    family: Annotated[Literal["gaussian", "binomial"], typer.Option("--family")] = "gaussian",
    weights: Annotated[str | None, typer.Option("--weights", help="Column of precision weights.")] = None,
    known_variance: Annotated[
        str | None, typer.Option("--known-variance", help="Column of known residual variances.")
    ] = None,
    ml: Annotated[bool, typer.Option("--ml", help="Maximum likelihood instead of REML.")] = False,
    ddf: Annotated[
        Literal["satterthwaite", "kenward-roger"], typer.Option("--ddf", help="Degrees of freedom.")
    ] = "satterthwaite",
    emmeans: Annotated[
        list[str] | None,
        typer.Option(
            "--emmeans", metavar="TERM ...", help="Marginal means: regime, or 'regime | perturbation'."
        ),
    ] = None,
    at: Annotated[
        list[str] | None, typer.Option("--at", metavar="NAME=V,...", help="Where means take a covariate.")
    ] = None,
    levels: Annotated[
        list[str] | None,
        typer.Option("--levels", metavar="NAME=L,...", help="Order of levels, the reference first."),
    ] = None,
    contrast: Annotated[
        Literal["pairwise", "revpairwise", "reference"],
        typer.Option("--contrast", help="Differences of means."),
    ] = "pairwise",
    adjust: Annotated[
        Literal["none", "holm", "BH", "bonferroni", "tukey", "single-step"],
        typer.Option("--adjust", help="Adjustment of the p values of contrasts."),
    ] = "holm",
    also: Annotated[
        list[str] | None,
        typer.Option(
            "--also",
            metavar="NAME,...",
            help="More about the model: anova (type III), r2, ranef, profile (intervals), effect-sizes, "
            "leverage, residuals.",
        ),
    ] = None,
    against: Annotated[
        str | None,
        typer.Option("--against", metavar="FORMULA", help="Likelihood-ratio test with this model."),
    ] = None,
    margin: Annotated[
        float | None,
        typer.Option("--margin", help="Smallest difference of interest: test the contrasts for equivalence."),
    ] = None,
    bootstrap: Annotated[
        str | None,
        typer.Option("--bootstrap", metavar="HOW", help="parametric, or a grouping whose levels are drawn."),
    ] = None,
    leave_out: Annotated[
        str | None,
        typer.Option("--leave-out", metavar="GROUP", help="Fit without each of its levels in turn."),
    ] = None,
    calibrate: Annotated[
        bool,
        typer.Option(
            "--calibrate", help="Simulate the design: error rate and power of this and other analyses."
        ),
    ] = False,
    plan: Annotated[
        list[str] | None,
        typer.Option(
            "--plan", metavar="NAME=N,...", help="Calibrate a study not run yet: languages=8,seeds=3."
        ),
    ] = None,
    effect: Annotated[
        float | None, typer.Option("--effect", help="Effect whose chance to be found --calibrate tells.")
    ] = None,
    sd: Annotated[
        list[str] | None,
        typer.Option(
            "--sd", metavar="NAME=SD", help="Standard deviation to simulate with: run=1, Residual=2."
        ),
    ] = None,
    draws: Annotated[int, typer.Option("--draws", min=10, help="Simulated tables, or draws.")] = 400,
    seed: Annotated[int, typer.Option("--seed", help="Seed of what is drawn.")] = 0,
    json: Json = False,
) -> None:
    """Answer a research question from the warehouse, or fit a mixed model.

    A model takes --formula and either --sql or --data, and reports estimates as lme4 and lmerTest do.
    With --calibrate the same design is simulated without an effect: how often would this analysis, and
    others, find one?
    """
    of_a_model = {
        "--family": family != "gaussian",
        "--weights": weights,
        "--known-variance": known_variance,
        "--ml": ml,
        "--ddf": ddf != "satterthwaite",
        "--emmeans": emmeans,
        "--at": at,
        "--contrast": contrast != "pairwise",
        "--adjust": adjust != "holm",
        "--also": also,
        "--against": against,
        "--bootstrap": bootstrap,
        "--leave-out": leave_out,
    }
    unused = [flag for flag, given in of_a_model.items() if given]
    if unused and (plan or calibrate or (formula is None and name)):
        what = (
            "a question has its own model" if not (plan or calibrate) else "--calibrate does not simulate it"
        )
        raise UsageError(f"{', '.join(unused)}: only for fitting a --formula; {what}")
    if plan or calibrate:
        _calibrate(name, formula, sql, data, db, levels, plan, effect, sd, draws, seed, json)
        return
    if formula is None:
        if not name or len(name) > 1 or sql or data:
            raise UsageError("give a question (xtb names questions), or --formula with --sql or --data")
        _answer(name[0], db, margin, json)
        return
    if (sql is None) == (data is None):
        raise UsageError("--formula needs rows: either --sql QUERY or --data FILE")
    if name and not emmeans:
        raise UsageError(f"'{name[0]}' beside --formula: a question has its own model; leave one out")
    from reports.models import Wanted, document, further, margins, summary

    options: dict[str, Any] = {
        "family": family,
        "weights": weights,
        "known_variance": known_variance,
        "reml": not ml,
        "ddf": ddf,
        "levels": dict(_lists("--levels", levels)),
    }
    terms = (*(emmeans or []), *(name or []))
    points: dict[str, list[Any]] = dict(_lists("--at", at))
    wanted = Wanted(
        also=tuple(part.strip() for text in also or () for part in text.split(",")),
        bootstrap=bootstrap,
        draws=draws,
        seed=seed,
        margin=margin,
        leave_out=leave_out,
        terms=terms,
        at=points,
        method=contrast,
    )
    whole = wanted.needs_rows or against is not None
    model = _fit(formula, sql, data, db, options, whole=whole)
    if against is not None:
        wanted = replace(wanted, against=_fit(against, sql, data, db, options, whole=True))
    asked = [margins(model, term, at=points, method=contrast, adjust=adjust) for term in terms]
    more = further(model, wanted)
    typer.echo(jsonlib.dumps(document(model, asked, more)) if json else summary(model, asked, more))


def _fit(
    formula: str, sql: str | None, data: Path | None, db: Path, options: dict[str, Any], *, whole: bool
) -> "Fit":
    """The fit; ``whole`` keeps the rows of a query, which the database otherwise groups first."""
    from reports.models import fit, fit_query

    if sql is None:
        return fit(formula, _read(data), **options)
    if whole:
        return fit(formula, _query(sql, db), **options)
    from warehouse.connect import open_sandboxed
    from warehouse.query import query, resolve

    with open_sandboxed(db) as con:
        text, values = resolve(con, sql)
        return fit_query(formula, text, lambda one: query(con, one, values), **options)


def _calibrate(
    name: list[str] | None,
    formula: str | None,
    sql: str | None,
    data: Path | None,
    db: Path,
    levels: list[str] | None,
    plan: list[str] | None,
    effect: float | None,
    sd: list[str] | None,
    draws: int,
    seed: int,
    as_json: bool,
) -> None:
    from reports.models import calibrate
    from reports.models.planning import FORMULA
    from xtb.cli.calibrating import numbers, of_question, planned, show

    sds = numbers("--sd", sd)
    if plan:
        show(planned(plan, sds, draws, seed), effect, FORMULA, as_json)
        return
    if formula is not None and (sql is None) != (data is None):
        rows = _query(sql, db) if sql is not None else _read(data)
    elif formula is None and name and len(name) == 1:
        formula, rows = of_question(name[0], db)
    else:
        raise UsageError("--calibrate needs a question, --formula with --sql or --data, or --plan")
    order = dict(_lists("--levels", levels))
    show(calibrate(formula, rows, sds=sds, levels=order, draws=draws, seed=seed), effect, formula, as_json)


def _answer(question: str, db: Path, margin: float | None, as_json: bool) -> None:
    from reports.question import question as find
    from warehouse.connect import open_for_reading

    asked = find(question)
    if margin is not None:
        if not margin > 0:
            raise UsageError(f"--margin {margin:g}: the smallest difference of interest is above zero")
        asked = replace(asked, smallest=margin)
    with open_for_reading(db) as con:
        rows = asked.read(asked, con)
    answer = asked.analyse(asked, rows)
    if as_json:
        typer.echo(jsonlib.dumps(answer.to_dict(), default=str))
        return
    typer.echo(answer.question.title)
    if answer.refusal is not None:
        typer.echo(f"\nNo answer: {answer.refusal}")
        return
    from reports.models import text_table

    typer.echo(f"\n{answer.headline}\n")
    if answer.primary is not None:
        typer.echo(text_table(answer.primary) + "\n")
    for found in answer.findings:
        typer.echo(f"{found.lead}: {found.text}")
    for caution in answer.cautions:
        typer.echo(f"caution: {caution}")


def _query(sql: str, db: Path) -> "pl.DataFrame":
    from warehouse.connect import open_sandboxed
    from warehouse.query import query, resolve

    with open_sandboxed(db) as con:
        text, values = resolve(con, sql)
        return query(con, text, values)


def _read(path: Path | None) -> "pl.DataFrame":
    import polars as pl

    assert path is not None
    readers = {
        ".csv": lambda: pl.read_csv(path, infer_schema_length=None),
        ".tsv": lambda: pl.read_csv(path, separator="\t", infer_schema_length=None),
        ".parquet": lambda: pl.read_parquet(path),
        ".json": lambda: pl.read_json(path, infer_schema_length=None),
        ".jsonl": lambda: pl.read_ndjson(path, infer_schema_length=None),
        ".ndjson": lambda: pl.read_ndjson(path, infer_schema_length=None),
    }
    suffix = "".join(path.suffixes[-2:]) if path.suffix == ".gz" else path.suffix
    reader = readers.get(suffix.removesuffix(".gz").lower())
    if reader is None:
        raise UsageError(f"--data {path}: its suffix should be one of {', '.join(readers)}")
    if not path.is_file():
        raise UsageError(f"--data {path}: there is no such file")
    try:
        return reader()
    except (pl.exceptions.PolarsError, ValueError) as error:
        raise UsageError(f"--data {path} cannot be read: {' '.join(str(error).split())[:200]}") from error


def _lists(option: str, given: list[str] | None) -> list[tuple[str, list[str]]]:
    found = []
    for text in given or ():
        key, equals, values = text.partition("=")
        if not equals or not values:
            raise UsageError(f"{option} {text}: write it as name=value,value")
        found.append((key.strip(), [value.strip() for value in values.split(",")]))
    return found
