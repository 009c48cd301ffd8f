"""The primary comparison under other choices: does the answer hang on one of them?"""

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from reports.answer import UNIFORM
from reports.comparison.design import Design, at_floor
from reports.comparison.estimate import Difference, difference
from reports.comparison.examples import among_examples
from reports.comparison.rows import across, named_pairs, summary
from reports.errors import Refused


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """One other choice: how to fit it, and the unit of its estimate."""

    label: str
    group: str
    unit: str
    run: Callable[[], Difference]


def sensitivity(design: Design, response: str) -> pl.DataFrame:
    """The primary contrast under every variant that the data allow, in the uniform columns.

    Adds ``group`` (the kind of choice), ``unit`` (points, logits, share), ``rows`` and ``note``: a variant
    that cannot be had keeps its row, with the reason in ``note`` and no numbers.
    """
    found = [
        _row(variant)
        for variant in (
            *_measures(design, response),
            *_subsets(design, response),
            *_leave_out(design, response),
        )
    ]
    schema = {
        **dict.fromkeys(UNIFORM, pl.Float64),
        "term": pl.String,
        "group": pl.String,
        "unit": pl.String,
        "rows": pl.Int64,
        "note": pl.String,
    }
    return pl.DataFrame(found, schema=schema)


def _row(variant: Variant) -> dict[str, object]:
    named: dict[str, object] = {"term": variant.label, "group": variant.group, "unit": variant.unit}
    try:
        fitted = variant.run()
    except Refused as refusal:
        return named | {"note": str(refusal)}
    numbers = {column: fitted.row[column] for column in UNIFORM if column != "term"}
    return named | numbers | {"rows": fitted.state.rows, "note": " ".join(fitted.state.warnings)}


def _measures(design: Design, response: str) -> list[Variant]:
    """The same rows on other scales and in other models."""
    rows = design.rows
    centred = rows.with_columns(pl.col("clean_logit") - pl.col("clean_logit").mean())
    variants = [
        Variant(
            label="all rows at once, perturbations crossed",
            group="model",
            unit="points",
            run=lambda: _averaged(design, response),
        ),
        Variant(
            label="runs weighted by test size",
            group="model",
            unit="points",
            run=lambda: difference(rows, response, "weighted", weights="n"),
        ),
        Variant(
            label="log-odds",
            group="scale",
            unit="logits",
            run=lambda: difference(rows, f"{response}_logit", "log-odds"),
        ),
        Variant(
            label="effective robustness (perturbed score at equal clean score)",
            group="scale",
            unit="logits",
            run=lambda: difference(
                centred, "perturbed_logit", "effective robustness", covariate="clean_logit"
            ),
        ),
    ]
    variants.append(
        Variant(
            label="outcomes of examples (binomial model)",
            group="scale",
            unit="logits",
            run=lambda: among_examples(design, response),
        )
    )
    if rows["checkpoint"].n_unique() < rows["run_id"].n_unique():
        variants.append(
            Variant(
                label="runs that share an intermediate model tied together",
                group="model",
                unit="points",
                run=lambda: difference(rows, response, "shared checkpoints", extra="(1 | checkpoint)"),
            )
        )
    if response == "change":
        variants += [
            Variant(
                label="share of the clean score above chance",
                group="scale",
                unit="share",
                run=lambda: difference(rows, "change_relative", "relative change"),
            ),
            Variant(
                label="texts that the noise did change",
                group="texts",
                unit="points",
                run=lambda: _touched(rows),
            ),
        ]
    return variants


def _subsets(design: Design, response: str) -> list[Variant]:
    """The same model on part of the scores, or on more of them."""
    scores, rows = design.scores, design.rows
    parts: list[tuple[str, str, pl.DataFrame]] = []
    levels = design.levels("severity")
    if len(levels) > 1:
        parts += [
            (f"severity {level} only", "severity", summary(scores.filter(pl.col("severity") == level)))
            for level in levels
        ]
    floor = at_floor(scores)
    low = floor.filter("floor").drop("floor")
    if 0 < low.height < floor.height:
        above = rows.join(low, on=low.columns, how="anti", maintain_order="left")
        parts.append(("languages with a clean score above chance", "scores", above))
    apart = rows.filter(~pl.col("overlapping"))
    if apart.height < rows.height and apart["regime"].n_unique() == 2:
        parts.append(("without overlap of training data", "training", apart))
    if design.english.height:
        both = pl.concat([rows, summary(design.english)])
        parts.append(("English counted as a language", "scores", both))
    return [_subset(label, group, part, response) for label, group, part in parts]


def _leave_out(design: Design, response: str) -> list[Variant]:
    """Each language, task and perturbation left out in turn."""
    finer, rows = design.finer, design.rows
    names = dict(rows.select("language", "name").unique().iter_rows())
    variants = []
    for column, least in (("language", 3), ("task", 2), ("perturbation", 2)):
        levels = design.levels(column)
        if len(levels) < least:
            continue
        for level in levels:
            others = pl.col(column) != level
            kept = across(finer.filter(others)) if column == "perturbation" else rows.filter(others)
            label = f"without {names[level] if column == 'language' else level}"
            variants.append(_subset(label, f"leave one {column} out", kept, response))
    return variants


def _subset(label: str, group: str, rows: pl.DataFrame, response: str) -> Variant:
    return Variant(label=label, group=group, unit="points", run=lambda: difference(rows, response, label))


def _averaged(design: Design, response: str) -> Difference:
    """All perturbations in one model; the contrast is averaged over them with equal weight."""
    return difference(named_pairs(design.finer), response, "all rows at once", over="perturbation")


def _touched(rows: pl.DataFrame) -> Difference:
    kept = rows.filter(pl.col("change_touched").is_not_null())
    if kept.is_empty():
        raise Refused(
            "no task here has a metric that is a mean over examples, from which the touched texts' score "
            "follows"
        )
    return difference(kept, "change_touched", "texts that the noise did change")
