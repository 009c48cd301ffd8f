"""The left side of a model on data: values or counts, weights, and the rows that have everything."""

import ast
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from scipy.special import gammaln

from reports.errors import BadFormula, Refused
from reports.models.columns import Floats, numeric, require
from reports.models.formula import Response

_FUNCTIONS: dict[str, Callable[[Floats], Floats]] = {
    "log": np.log,
    "log2": np.log2,
    "log10": np.log10,
    "exp": np.exp,
    "sqrt": np.sqrt,
    "abs": np.abs,
    "logit": lambda p: np.log(p) - np.log1p(-p),
    "I": lambda x: x,
}
_OPERATORS: dict[type[ast.operator], Callable[[Floats, Floats], Floats]] = {
    ast.Add: np.add,
    ast.Sub: np.subtract,
    ast.Mult: np.multiply,
    ast.Div: np.divide,
    ast.Pow: np.power,
    ast.BitXor: np.power,  # R's power sign
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """What was measured, per row.

    Attributes:
        value: response, or successes; shape (n,).
        trials: trials per row for counts, else ones.
        weights: precision weights; the residual variance is sigma^2 / weight.
        known: whether sigma is known to be 1.
        count: rows of the data that each value stands for, 1 unless equal rows came as one (``grouped``).
        within: weighted sum of squares of the response around the values, zero unless grouped.
        log_weights: sum of log weights over the rows.
        inverse_weight: mean of 1 / weight over the rows.
        log_choices: sum of the logs of binomial coefficients over the rows.
    """

    value: Floats
    trials: Floats
    weights: Floats
    known: bool = False
    count: Floats
    within: float = 0.0
    log_weights: float = 0.0
    inverse_weight: float = 1.0
    log_choices: float = 0.0

    @property
    def rows(self) -> int:
        """Rows of the data."""
        return round(float(self.count.sum()))

    @property
    def grouped(self) -> bool:
        """Whether equal rows came as one."""
        return self.rows != len(self.value)


def observe(
    response: Response,
    data: pl.DataFrame,
    needed: Sequence[str],
    *,
    weights: str | None,
    known_variance: str | None,
    counts: bool,
) -> tuple[Observed, pl.DataFrame, int]:
    """Read the response and drop rows in which a needed column is missing.

    Returns:
        The observations, the rows used, and how many rows were left out.

    Raises:
        BadFormula: the response is no arithmetic on columns, or no counts where counts are needed.
        Refused: no row is complete.
    """
    parts = [response.value, *(p for p in (response.failures, response.trials) if p is not None)]
    mentioned = [name for part in parts for name in column_names(part)]
    extra = [name for name in (weights, known_variance) if name is not None]
    require(data, mentioned, f"the response '{response.value}'")
    require(data, extra, "the weights")
    columns = list(dict.fromkeys([*mentioned, *extra, *needed]))
    used = data.select(columns)
    numbers = [name for name in columns if used[name].dtype.is_float()]
    used = used.with_columns(pl.col(numbers).fill_nan(None)) if numbers else used
    if any(used[name].null_count() for name in columns):
        used = used.drop_nulls()
    if used.height == 0:
        raise Refused(f"no row has all of: {', '.join(columns)}")
    value = _evaluate(response.value, used)
    ones = np.ones(used.height)
    if counts:
        if known_variance is not None:
            raise BadFormula("a binomial model has no residual variance to be known")
        size = None if weights is None else numeric(used[weights])
        value, trials = _counts(response, value, used, size)
        weight = ones
    else:
        if response.is_counts:
            raise BadFormula(f"'{response.value}' counts successes: fit it with family binomial")
        trials = ones
        weight = ones if weights is None else numeric(used[weights])
        if known_variance is not None:
            if weights is not None:
                raise BadFormula("give weights or known residual variances, not both")
            weight = 1.0 / numeric(used[known_variance])
        if not (np.isfinite(weight).all() and (weight > 0).all()):
            raise BadFormula(f"'{weights or known_variance}' must be above zero in every row")
    if not np.isfinite(value).all():
        raise BadFormula(f"the response '{response.value}' is not a finite number in every row")
    observed = Observed(
        value=value,
        trials=trials,
        weights=weight,
        known=known_variance is not None,
        count=ones,
        log_weights=float(np.log(weight).sum()),
        inverse_weight=float((1.0 / weight).mean()),
        log_choices=log_choices(value, trials) if counts else 0.0,
    )
    return observed, used, data.height - used.height


def _counts(
    response: Response, value: Floats, used: pl.DataFrame, size: Floats | None
) -> tuple[Floats, Floats]:
    """Successes and trials; with weights the response is a share of that many trials, as in glm."""
    if size is not None:
        if response.is_counts:
            raise BadFormula("counts have their trials already; leave the weights out")
        successes = np.round(value * size)
        if (np.abs(successes - value * size) > 1e-6 * np.maximum(1.0, size)).any():
            raise BadFormula(f"'{response.value}' times its weights should be whole numbers of successes")
        value, trials = successes, size
    elif response.failures is not None:
        trials = value + _evaluate(response.failures, used)
    elif response.trials is not None:
        trials = _evaluate(response.trials, used)
    else:
        trials = np.ones(len(value))
    if (value < 0).any() or (value > trials).any() or (trials <= 0).any():
        raise BadFormula(
            f"'{response.value}' must lie between 0 and the number of trials; for proportions write "
            "cbind(successes, failures) or successes | trials(n)"
        )
    return value, trials


def log_choices(successes: Floats, trials: Floats) -> float:
    """Sum of log(trials over successes)."""
    return float((gammaln(trials + 1) - gammaln(successes + 1) - gammaln(trials - successes + 1)).sum())


def column_names(expression: str) -> list[str]:
    """Columns that a response expression names."""
    names = [n.id for n in ast.walk(_tree(expression)) if isinstance(n, ast.Name) and n.id not in _FUNCTIONS]
    return list(dict.fromkeys(names))


def _tree(expression: str) -> ast.Expression:
    try:
        return ast.parse(expression.strip().replace("`", ""), mode="eval")
    except SyntaxError as error:
        raise BadFormula(f"the response '{expression}' is no expression") from error


def _evaluate(expression: str, data: pl.DataFrame) -> Floats:
    def walk(node: ast.expr) -> Floats:
        match node:
            case ast.Name(id=name):
                return numeric(data[name])
            case ast.Constant(value=int() | float() as number):
                return np.full(data.height, float(number))
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return -walk(operand)
            case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
                return np.asarray(_OPERATORS[type(op)](walk(left), walk(right)), dtype=np.float64)
            case ast.Call(func=ast.Name(id=name), args=[argument]) if name in _FUNCTIONS:
                return np.asarray(_FUNCTIONS[name](walk(argument)), dtype=np.float64)
            case _:
                known = ", ".join(_FUNCTIONS)
                raise BadFormula(
                    f"the response '{expression}' may hold columns, numbers, + - * / and {known}"
                )

    with np.errstate(divide="ignore", invalid="ignore"):
        return walk(_tree(expression).body)
