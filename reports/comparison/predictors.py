"""Does the difference between the regimes go with what is known of a language?

Each predictor is crossed with the regime in a model of the shape of the primary one, alone: with a dozen
languages, several at once would explain anything. A language's own difference stays random, so that the
unit of these tests is the language, not the score.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from reports.answer import UNIFORM, FitState
from reports.comparison.estimate import holm, limited, state
from reports.comparison.structure import structure
from reports.errors import Refused
from reports.models import fit
from reports.wording import count

LEAST = 6
"""Languages that a slope over languages needs."""

LEAST_EACH = 2
"""Languages on each side of a predictor of two values."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Predictor:
    """A property of languages: its name, the step its slope is told for, and where it is from."""

    label: str
    step: str
    value: pl.Expr
    binary: bool = False


PREDICTORS = {
    "distance": Predictor(
        label="syntactic distance to English", step="per 0.1 farther", value=pl.col("distance") / 0.1
    ),
    "script": Predictor(
        label="script other than Latin",
        step="other minus Latin",
        value=pl.when(pl.col("script") != "").then((pl.col("script") != "Latn").cast(pl.Float64)),
        binary=True,
    ),
    "pretraining": Predictor(
        label="text in CC-100, which XLM-R was pretrained on",
        step="per tenfold text",
        value=pl.col("pretraining_gib").log10(),
    ),
}


def predictors(rows: pl.DataFrame, response: str, fits: dict[str, FitState]) -> pl.DataFrame:
    """The slope of the difference between the regimes on each property of languages.

    Args:
        rows: one row per run, task and language (``reports.comparison.rows.summary``).
        response: what the difference is one of.
        fits: states of models; those fitted here are added.

    Returns:
        ``predictor, step``, the uniform columns, ``p_adjusted`` (Holm over predictors), ``languages`` and
        ``note``: a predictor that cannot be had keeps its row, with the reason and no numbers.
    """
    found = [_row(name, rows, response, fits) for name in PREDICTORS]
    numbers = dict.fromkeys(UNIFORM[1:], pl.Float64)
    words = {"predictor": pl.String, "step": pl.String, "term": pl.String}
    frame = pl.DataFrame(found, schema={**words, **numbers, "languages": pl.Int64, "note": pl.String})
    return frame.with_columns(p_adjusted=holm(frame["p_value"])).select(
        *words, *numbers, "p_adjusted", "languages", "note"
    )


def _row(name: str, rows: pl.DataFrame, response: str, fits: dict[str, FitState]) -> dict[str, object]:
    wanted = PREDICTORS[name]
    known = rows.with_columns(predictor=wanted.value).filter(
        pl.col("predictor").is_finite() & pl.col(response).is_not_null()
    )
    languages = known["language"].n_unique()
    own: dict[str, object] = {
        "predictor": wanted.label, "step": wanted.step, "term": name, "languages": languages
    }  # fmt: skip
    try:
        return {**own, "note": "", **_slope(known, wanted, response, fits)}
    except Refused as refusal:
        return own | {"note": str(refusal)}


def _slope(
    rows: pl.DataFrame, wanted: Predictor, response: str, fits: dict[str, FitState]
) -> Mapping[str, float]:
    values = rows.unique("language")["predictor"]
    if values.len() < LEAST:
        raise Refused(
            f"a slope over languages needs {LEAST} of them; {count(values.len(), 'language')} here "
            f"{'has' if values.len() == 1 else 'have'} one on record"
        )
    if wanted.binary and min(values.sum(), values.len() - values.sum()) < LEAST_EACH:
        raise Refused(f"fewer than {LEAST_EACH} languages on one side")
    if values.n_unique() < (2 if wanted.binary else 3):
        raise Refused("the languages hardly differ in it")
    centred = rows.with_columns(pl.col("predictor") - pl.col("predictor").mean())
    terms = structure(centred).terms.replace("regime", "regime * predictor", 1)
    model = fit(f"{response} ~ {terms}", centred, levels={"regime": _order(rows)})
    fits[f"predictor: {wanted.label}"] = state(model, f"difference by {wanted.label}")
    slope = model.fixed.filter(
        pl.col("term").str.starts_with("regime") & pl.col("term").str.ends_with(":predictor")
    )
    return limited(slope.row(0, named=True), values.len() - 2)


def _order(rows: pl.DataFrame) -> list[str]:
    return rows["regime"].dtype.categories.to_list()  # type: ignore[attr-defined,no-any-return]
