"""Precision of a treatment contrast in a balanced study, in closed form from its variance components.

Two arms of n runs each, every run measured on the same L languages. With variances v_run (between runs),
v_slope (of the treatment's effect between languages) and v_rest (of a run in a language), the expected mean
squares are

    runs within arms        E_R = v_rest + L v_run                   on 2 (n - 1) degrees of freedom
    arms by languages       E_L = v_rest + n v_slope / 2             on L - 1
    rest                    E_0 = v_rest                             on 2 (n - 1) (L - 1)

and the difference of the arms' means has variance 2 (E_R + E_L - E_0) / (n L), with the degrees of freedom of
Satterthwaite (1946). What both arms share (language, task, cell) falls out.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import nctdtr

from reports.models.distributions import t_quantile


@dataclass(frozen=True, slots=True, kw_only=True)
class Components:
    """Variances that a difference between arms meets, in squared units of the response.

    Attributes:
        run: between runs of an arm.
        slope: of the treatment's effect, between languages.
        rest: of one run in one language beside these.
    """

    run: float
    slope: float
    rest: float


def precision(parts: Components, *, runs: int, languages: int) -> tuple[float, float]:
    """Standard error and degrees of freedom of the contrast with so many runs in each arm.

    >>> error, df = precision(Components(run=4.0, slope=0.0, rest=0.0), runs=8, languages=5)
    >>> error, round(df, 6)
    (1.0, 14.0)
    """
    if min(runs, languages) < 2:
        return float("nan"), float("nan")
    squares = np.array(
        [
            parts.rest + languages * parts.run,
            parts.rest + runs * parts.slope / 2.0,
            -parts.rest,
        ]
    )
    df = np.array([2.0 * (runs - 1), languages - 1.0, 2.0 * (runs - 1) * (languages - 1)])
    total = float(squares.sum())
    if total <= 0:
        return 0.0, float(df[0])
    return float(np.sqrt(2.0 * total / (runs * languages))), float(total**2 / (squares**2 / df).sum())


def power(effect: float, std_error: float, df: float, *, alpha: float = 0.05) -> float:
    """Chance that a two-sided t test finds an effect: tails of the noncentral t distribution.

    >>> round(power(0.0, 1.0, 10.0), 4)
    0.05
    """
    if not std_error > 0 or np.isnan(df):
        return float("nan")
    reach, shift = t_quantile(1.0 - alpha / 2.0, df), effect / std_error
    return float(1.0 - nctdtr(df, shift, reach) + nctdtr(df, shift, -reach))


def detectable(std_error: float, df: float, *, power: float = 0.8, alpha: float = 0.05) -> float:
    """The smallest true difference that a test of this precision finds with the stated power.

    ``(t(1 - alpha/2, df) + t(power, df)) * std_error`` (Bloom 1995, "Minimum detectable effects").
    """
    return (t_quantile(1.0 - alpha / 2.0, df) + t_quantile(power, df)) * std_error
