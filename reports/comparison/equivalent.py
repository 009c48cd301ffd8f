"""Is a difference too small to matter? Two one-sided tests of each response against a stated margin."""

from collections.abc import Mapping

import polars as pl

from reports.comparison.estimate import RESPONSES, Difference
from reports.models import two_one_sided


def equivalence_table(
    models: Mapping[str, Difference], margin: float, *, alpha: float = 0.05
) -> pl.DataFrame:
    """One row per response: ``response, margin, estimate, conf_low, conf_high`` (90 %), ``p_value, verdict``.

    The verdict joins both tests (Lakens 2017): a difference may be different from nought or not, and
    within the margin or not.
    """
    rows = []
    for response in RESPONSES:
        row = models[response].row
        tested = two_one_sided(row["estimate"], row["std_error"], row["df"], margin, alpha=alpha)
        within = bool(tested.p < alpha)
        differs = row["p_value"] is not None and row["p_value"] < alpha
        rows.append(
            (response, margin, row["estimate"], tested.low, tested.high, tested.p, _verdict(differs, within))
        )
    names = ["response", "margin", "estimate", "conf_low", "conf_high", "p_value", "verdict"]
    return pl.DataFrame(rows, schema=names, orient="row").with_columns(pl.col(pl.Float64).fill_nan(None))


def _verdict(differs: bool, within: bool) -> str:
    if within:
        return "there, but too small to matter" if differs else "equivalent"
    return "different" if differs else "undecided"
