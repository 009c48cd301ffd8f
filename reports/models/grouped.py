"""Equal rows as one: the sums a fit needs, made by a GROUP BY where the rows lie.

A model sees a row through its covariates and levels only, so a query over millions of outcomes can be grouped
by them
in the database, and what comes back is as large as the design. Nothing is lost: the criterion is that of the
    rows,
with the sum of squares within groups added to r^2 (Gaussian) and the logs of binomial coefficients kept
(binomial).
"""

import re
from collections.abc import Callable, Mapping, Sequence

import numpy as np
import polars as pl

from reports.errors import BadFormula, Refused
from reports.models.coding import looks_at_whole_columns, variables
from reports.models.columns import numeric, require
from reports.models.formula import MixedFormula, Response
from reports.models.response import Observed, column_names
from warehouse.sql import quote

Run = Callable[[str], pl.DataFrame]
"""Runs a query on the database."""

_MEAN = "(select avg(xtb_y) from measured where not xtb_missing)"
_ARITHMETIC = re.compile(r"[\w\s+\-*/.]+")


def group_query(
    formula: MixedFormula, sql: str, columns: Mapping[str, pl.DataType], *, weights: str | None, counts: bool
) -> str | None:
    """SQL that groups the rows of a query for a model; None where the formula needs every row.

    Args:
        sql: a query that gives the rows.
        columns: names and types of its columns.
        weights: column of precision weights.
        counts: whether the response is successes.

    Raises:
        BadFormula: a column is not there.
    """
    expressions = [formula.fixed, *(term.effects for term in formula.random)]
    if any(looks_at_whole_columns(each) for each in expressions):
        return None
    parts = [formula.response.value, formula.response.failures, formula.response.trials]
    given = [part for part in parts if part is not None]
    if not all(_ARITHMETIC.fullmatch(part) and "**" not in part for part in given):
        return None
    named = [v for each in expressions for v in variables(each)]
    keys = list(dict.fromkeys([*named, *(g for term in formula.random for g in term.group)]))
    frame = pl.DataFrame(schema=dict(columns))
    mentioned = [name for part in given for name in column_names(part)]
    require(frame, keys, f"the model '{formula.text}'")
    require(frame, [*mentioned, *([weights] if weights else [])], f"the response of '{formula.text}'")
    if counts and weights:
        return None
    for name in [*mentioned, *([weights] if weights else [])]:
        numeric(frame[name])
    quoted = [quote(key) for key in keys]
    measured = [
        "*",
        f"({formula.response.value})::double as xtb_y",
        f"{_trials(formula.response) if counts else '1e0'} as xtb_m",
        f"{quote(weights) + '::double' if weights else '1e0'} as xtb_w",
        "coalesce(isnan(xtb_y) or isnan(xtb_m) or isnan(xtb_w), true) as xtb_missing",
    ]
    tables = [
        f"with given as (\n{sql.strip().rstrip(';')}\n)",
        f"measured as (\nselect {', '.join(measured)} from given\n)",
    ]
    wanted = ", ".join([*quoted, "xtb_missing", *_sums(weights, counts)])
    grouping = ", ".join([*quoted, "xtb_missing"])
    return ",\n".join(tables) + f"\nselect {wanted}\nfrom measured\ngroup by {grouping}"


def observe_grouped(
    data: pl.DataFrame, needed: Sequence[str], *, counts: bool
) -> tuple[Observed, pl.DataFrame, int]:
    """The answer to ``group_query`` as observations; like ``response.observe``."""
    keys = list(dict.fromkeys(needed))
    floats = [key for key in keys if data[key].dtype.is_float()]
    complete = data.with_columns(pl.col(floats).fill_nan(None)) if floats else data
    complete = complete.filter(~pl.col("xtb_missing")).drop_nulls(keys)
    missing = int(data["xtb_rows"].sum()) - int(complete["xtb_rows"].sum())
    if not complete.height:
        raise Refused(f"no row has all of: {', '.join(keys)}")
    value = complete["xtb_value"].to_numpy()
    trials = complete["xtb_trials"].to_numpy() if counts else np.ones(len(value))
    weight = np.ones(len(value)) if counts else complete["xtb_weight"].to_numpy()
    if float(complete["xtb_least_weight"].min()) <= 0:  # type: ignore[arg-type]
        raise BadFormula("weights must be above zero in every row")
    if counts and not complete["xtb_possible"].all():
        raise BadFormula("successes must lie between 0 and the number of trials")
    rows = int(complete["xtb_rows"].sum())
    observed = Observed(
        value=value,
        trials=trials,
        weights=weight,
        count=complete["xtb_rows"].to_numpy().astype(np.float64),
        within=max(0.0, float(complete["xtb_within"].sum())),
        log_weights=float(complete["xtb_log_weight"].sum()),
        inverse_weight=float(complete["xtb_inverse_weight"].sum()) / rows,
        log_choices=float(complete["xtb_log_choices"].sum()) if counts else 0.0,
    )
    return observed, complete.select(keys), missing


def _sums(weights: str | None, counts: bool) -> list[str]:
    sums = {"rows": "count(*)", "least_weight": "min(xtb_w)", "within": "0e0", "log_weight": "0e0"}
    sums["inverse_weight"] = "count(*)::double"
    if counts:
        sums |= {
            "value": "sum(xtb_y)",
            "trials": "sum(xtb_m)",
            "possible": "bool_and(xtb_y >= 0 and xtb_y <= xtb_m and xtb_m > 0)",
            "log_choices": "sum(lgamma(xtb_m + 1) - lgamma(xtb_y + 1) "
            "- lgamma(greatest(xtb_m - xtb_y, 0) + 1))",
        }
    elif weights is None:
        sums |= {
            "value": "avg(xtb_y)",
            "weight": "count(*)::double",
            "within": "coalesce(var_pop(xtb_y), 0) * count(*)",
        }
    else:
        # around the mean of all rows, so that the difference of squares keeps its digits
        off = f"(xtb_y - {_MEAN})"
        sums |= {
            "value": f"{_MEAN} + sum(xtb_w * {off}) / sum(xtb_w)",
            "weight": "sum(xtb_w)",
            "within": f"sum(xtb_w * {off} * {off}) - sum(xtb_w * {off}) ** 2 / sum(xtb_w)",
            "log_weight": "sum(ln(greatest(xtb_w, 1e-300)))",
            "inverse_weight": "sum(1.0 / xtb_w)",
        }
    return [f"{text} as xtb_{name}" for name, text in sums.items()]


def _trials(response: Response) -> str:
    if response.failures is not None:
        return f"(({response.value}) + ({response.failures}))::double"
    return "1e0" if response.trials is None else f"({response.trials})::double"
