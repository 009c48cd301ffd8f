"""Two runs on the same examples: where one is better, by how much, and how sure that is.

The intervals say how the two *models* would differ on other examples. Two trainings of one regime differ too,
so a claim about regimes needs several seeds: ``xtb analyze``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import polars as pl

from reports.errors import Refused
from reports.models.adjust import adjust_p
from reports.models.paired import Paired, cluster_percentiles, clustered, mcnemar
from warehouse.connect import Connection
from warehouse.errors import UnknownName, UsageError
from warehouse.query import bind, named, query

By = Literal["language", "perturbation", "severity"]
CELL = ["task", "split", "language", "perturbation", "severity", "noise_seed"]
_FAMILY: Mapping[By, list[str]] = {
    "language": ["task", "split"],
    "perturbation": ["task", "split", "perturbation"],
    "severity": ["task", "split", "perturbation", "severity"],
}
_SAME = ("source", "data_source")


@dataclass(frozen=True, slots=True, kw_only=True)
class RunPair:
    """What ``compare`` found.

    Attributes:
        a, b: the rows of ``run``.
        table: ``task, split[, perturbation[, severity]], language`` (NULL: the unweighted mean over
            languages), ``examples, cells, a, b, difference`` (a - b), ``std_error, low, high``, ``a_better,
            b_better`` (pairs), ``test`` (McNemar or t), ``p, p_holm`` (over the languages of a family).
        notes: what was left out, and what the numbers do not say.
    """

    a: Mapping[str, Any]
    b: Mapping[str, Any]
    table: pl.DataFrame
    notes: tuple[str, ...]


def compare(
    con: Connection,
    a: str,
    b: str,
    *,
    by: By = "language",
    task: str | None = None,
    language: str | None = None,
    perturbation: str | None = None,
    draws: int = 0,
    seed: int = 0,
    level: float = 0.95,
) -> RunPair:
    """Compare two runs, language by language.

    Args:
        a, b: ids of runs, or unique beginnings of them.
        by: a row for each language; or also for each perturbation; or also for each severity.
        task, language: only this one.
        perturbation: only this one; ``all`` is every one but clean and the controls. Without it clean alone
            when ``by`` is language, else all there are.
        draws: bootstrap draws of whole examples for the interval; 0 takes the t interval.
        seed: of these draws.
        level: coverage of the intervals.

    Raises:
        UnknownName: no run has such an id.
        UsageError: several have, or both names mean one run.
        Refused: the runs have no cell in common, or were measured on different examples.
    """
    first, second = find_run(con, a), find_run(con, b)
    if first["run_id"] == second["run_id"]:
        raise UsageError(f"'{a}' and '{b}' are the same run {first['run_id']}; name two")
    for column in _SAME:
        if first[column] != second[column]:
            raise Refused(
                f"{first['run_id']} has {column} {first[column]} and {second['run_id']} {second[column]}: "
                "their examples are not the same, so they cannot be paired"
            )
    wanted = perturbation or ("clean" if by == "language" else None)
    values = {"a": first["run_id"], "b": second["run_id"], "task": task, "language": language}
    values["perturbation"] = None if wanted == "all" else wanted
    file = named("paired_outcomes")
    pairs = query(con, file.text, bind(file, values)).drop("a_prediction", "b_prediction")
    if wanted == "all":
        controls = query(con, "select perturbation from perturbation where control")["perturbation"]
        pairs = pairs.filter(~pl.col("perturbation").is_in(["clean", *controls]))
    asked = {"task": task, "language": language, "perturbation": wanted}
    shared, notes = _shared(pairs, str(first["run_id"]), str(second["run_id"]), asked)
    family = _FAMILY[by]
    rows = [
        row
        for key, group in shared.group_by(family, maintain_order=True)
        for row in _family(dict(zip(family, key, strict=True)), group, draws, seed, level)
    ]
    notes.append(
        "Intervals are over examples: they compare these two models, not their regimes (xtb analyze)."
    )
    return RunPair(a=first, b=second, table=pl.DataFrame(rows, infer_schema_length=None), notes=tuple(notes))


def find_run(con: Connection, name: str) -> Mapping[str, Any]:
    """The run with this id, or the only one whose id begins so: the columns that tell it apart.

    Raises:
        UnknownName: there is none.
        UsageError: there are several.
    """
    found = query(
        con,
        "select run_id, source, encoder, regime, intermediate, robust, target, seed, data_source from run "
        "where starts_with(run_id, $name) order by run_id = $name desc, run_id",
        {"name": name},
    ).to_dicts()
    if not found:
        known = query(con, "select run_id from run")["run_id"].to_list()
        raise UnknownName("run", name, known, "xtb sql runs")
    if len(found) > 1 and found[0]["run_id"] != name:
        some = ", ".join(row["run_id"] for row in found[:3])
        raise UsageError(f"'{name}' begins the ids of {len(found)} runs ({some}, ...); write more of it")
    return found[0]


def _shared(
    pairs: pl.DataFrame, a: str, b: str, asked: Mapping[str, str | None]
) -> tuple[pl.DataFrame, list[str]]:
    """The cells that both runs have, and notes on those that only one has.

    Raises:
        Refused: there are none, or a cell has an example that one run lacks.
    """
    cells = pairs.group_by(CELL, maintain_order=True).agg(
        pl.len().alias("examples"), pl.col("a").count().alias("in_a"), pl.col("b").count().alias("in_b")
    )
    both = cells.filter((pl.col("in_a") > 0) & (pl.col("in_b") > 0))
    if both.is_empty():
        wanted = ", ".join(f"{column} {value}" for column, value in asked.items() if value)
        what = f" of {wanted}" if wanted else ""
        raise Refused(
            f"{a} ({int(cells['in_a'].sum()):,} outcomes) and {b} ({int(cells['in_b'].sum()):,}) have no cell"
            f"{what} in common; see what they have: xtb sql coverage"
        )
    torn = both.filter((pl.col("in_a") < pl.col("examples")) | (pl.col("in_b") < pl.col("examples")))
    if not torn.is_empty():
        one = torn.row(0, named=True)
        cell = " ".join(str(one[name]) for name in CELL)
        common = one["in_a"] + one["in_b"] - one["examples"]
        raise Refused(
            f"cell {cell}: {a} has {one['in_a']} examples, {b} has {one['in_b']}, {common} are the same; "
            f"measure both on the same examples, or leave the cell out ({torn.height} such cells in all)"
        )
    notes = [
        f"{count} cells are left out that only {run} has."
        for run, other in ((a, "in_b"), (b, "in_a"))
        if (count := cells.filter(pl.col(other) == 0).height)
    ]
    return pairs.join(both.select(CELL), on=CELL, how="semi", maintain_order="left"), notes


def _family(
    key: Mapping[str, Any], group: pl.DataFrame, draws: int, seed: int, level: float
) -> list[dict[str, Any]]:
    """A row for each language, and one for their mean when there are several."""
    rows = [
        {**key, "language": language, **_row(part, draws, seed, level)}
        for (language,), part in group.group_by("language", maintain_order=True)
    ]
    adjusted = adjust_p(np.array([np.nan if row["p"] is None else row["p"] for row in rows]), "holm")
    rows = [{**row, "p_holm": _known(p)} for row, p in zip(rows, adjusted, strict=True)]
    if len(rows) > 1:
        rows.append({**key, "language": None, **_row(group, draws, seed, level), "p_holm": None})
    return rows


def _row(part: pl.DataFrame, draws: int, seed: int, level: float) -> dict[str, Any]:
    cells = part.select(CELL).unique(maintain_order=True)
    share = cells.with_columns(
        weight=1 / pl.len().over("language") / cells["language"].n_unique(),
        stratum=pl.int_range(pl.len()),
    )
    coded = part.join(share, on=CELL, how="left", maintain_order="left")
    weight = share["weight"].to_numpy()
    pairs = Paired(
        difference=(part["a"] - part["b"]).to_numpy(),
        stratum=coded["stratum"].to_numpy(),
        cluster=part["example_id"].rank("dense").to_numpy().astype(np.int64) - 1,
        weight=weight,
    )
    found = clustered(pairs, level=level)
    low, high = (found.low, found.high)
    if draws:
        low, high = cluster_percentiles(pairs, draws=draws, seed=seed, level=level)
    means = coded.group_by("stratum").agg(pl.col("a").mean(), pl.col("b").mean()).sort("stratum")
    a_better = int((pairs.difference > 0).sum())
    b_better = int((pairs.difference < 0).sum())
    exact = cells.height == 1 and part.select(pl.col("a", "b").is_in([0.0, 1.0]).all()).row(0) == (True, True)
    return {
        "examples": found.clusters,
        "cells": cells.height,
        "a": float(weight @ means["a"].to_numpy()),
        "b": float(weight @ means["b"].to_numpy()),
        "difference": found.estimate,
        "std_error": _known(found.std_error),
        "low": _known(low),
        "high": _known(high),
        "a_better": a_better,
        "b_better": b_better,
        "test": "McNemar" if exact else "t",
        "p": mcnemar(a_better, b_better) if exact else _known(found.p),
    }


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
