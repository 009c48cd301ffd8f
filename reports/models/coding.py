"""Effects as columns of numbers, coded by formulaic and named as R names them.

Treatment contrasts: the first level of a factor is its reference. ``regime[T.stilts]:perturbation[T.typo]``
    of
formulaic is ``regimestilts:perturbationtypo`` in R and here.
"""

import ast
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from formulaic import Formula, SimpleFormula
from formulaic.errors import FormulaicError

from reports.errors import BadFormula
from reports.models.columns import Factor, Floats

ELEMENTWISE = {
    "I": lambda x: x,
    "log": np.log,
    "log2": np.log2,
    "log10": np.log10,
    "log1p": np.log1p,
    "exp": np.exp,
    "sqrt": np.sqrt,
    "abs": np.abs,
    "logit": lambda p: np.log(p) - np.log1p(-p),
}
"""Functions a formula may call whose value depends on one row only."""

WHOLE_COLUMN = frozenset({"scale", "center", "poly", "bs", "cs", "cr", "cc"})
"""Functions of formulaic that look at the whole column, so that repeated rows must not be merged."""

CODED = frozenset({"C"})
_NUMBER = re.compile(r"[\d.]+")


@dataclass(frozen=True, slots=True)
class Coding:
    """How an expression becomes columns; made once from data, applied to any grid.

    Attributes:
        expression: formulaic's right-hand side.
        names: columns as R names them.
        terms: for each column the factors and covariates that make it up, in R's order.
        variables: columns of the data it needs.
    """

    expression: str
    names: tuple[str, ...]
    terms: tuple[tuple[str, ...], ...]
    variables: tuple[str, ...]
    _spec: Any = field(repr=False)

    def columns(self, data: Mapping[str, Factor | Floats], rows: int) -> Floats:
        """The coded columns, shape (rows, len(names))."""
        return _materialise(self._spec, data, rows)


def code(expression: str, data: Mapping[str, Factor | Floats], rows: int) -> tuple[Coding, Floats]:
    """Code an expression on data.

    Returns:
        The coding and its columns on the data, shape (rows, columns).

    Raises:
        BadFormula: formulaic cannot read or evaluate the expression.
    """
    needed = variables(expression)
    try:
        with np.errstate(all="ignore"):  # what is not finite is told below
            frame = _frame(data, needed, rows)
            matrix = _formula(expression).get_model_matrix(frame, context=dict(ELEMENTWISE))
    except (FormulaicError, ValueError, TypeError, NameError, KeyError) as error:
        raise BadFormula(f"'{expression}' cannot be evaluated: {_one_line(error)}") from error
    spec = matrix.model_spec
    owner: dict[str, tuple[str, ...]] = {}
    for part in spec.structure:
        factors = tuple(f.expr for f in part.term.factors if f.expr != "1")
        owner.update(dict.fromkeys(part.columns, factors))
    names = [str(name) for name in matrix.columns]
    values = matrix.to_numpy(dtype=np.float64)
    if not np.isfinite(values).all():
        bad = names[int(np.flatnonzero(~np.isfinite(values).all(axis=0))[0])]
        raise BadFormula(f"'{r_name(bad)}' is not a finite number in every row")
    coding = Coding(
        expression=expression,
        names=tuple(r_name(name) for name in names),
        terms=tuple(owner[name] for name in names),
        variables=tuple(needed),
        _spec=spec,
    )
    return coding, values


def variables(expression: str) -> list[str]:
    """Columns of the data that an expression names, in the order of its terms.

    Raises:
        BadFormula: it calls a function that is not known, or is no expression.
    """
    found: dict[str, None] = {}
    for term in _formula(expression):
        for part in term.factors:
            if not _NUMBER.fullmatch(part.expr):
                found.update(dict.fromkeys(_names(part.expr)))
    return list(found)


def taken_as_factors(expression: str) -> set[str]:
    """Variables that ``factor(x)`` turns into factors, whatever they hold."""
    return set(re.findall(r"\bC\(\s*(\w+)\s*\)", expression))


def looks_at_whole_columns(expression: str) -> bool:
    """Whether a function in the expression depends on more than its own row."""
    return any(re.search(rf"\b{name}\s*\(", expression) for name in WHOLE_COLUMN)


def r_name(name: str) -> str:
    """A column of formulaic as R calls it.

    >>> r_name("regime[T.stilts]:severity"), r_name("Intercept")
    ('regimestilts:severity', '(Intercept)')
    """
    if name == "Intercept":
        return "(Intercept)"
    name = re.sub(r"\bC\((\w+)\)", r"factor(\1)", name)
    return re.sub(r"\[(?:T\.)?([^\]]*)\]", r"\1", name)


def _formula(expression: str) -> Any:
    try:
        parsed = Formula(expression)
    except (FormulaicError, SyntaxError, ValueError) as error:
        raise BadFormula(f"'{expression}' is no formula: {_one_line(error)}") from error
    if not isinstance(parsed, SimpleFormula):
        raise BadFormula(f"'{expression}' has a left-hand side where none belongs")
    return parsed


def _names(expression: str) -> list[str]:
    """Columns named in one factor; only known functions may be called, and nothing may be reached into."""
    if not re.search(r"[()+*/\-\[\]]", expression):
        return [expression.strip("`")]
    try:
        tree = ast.parse(expression, mode="eval")
    except SyntaxError as error:
        raise BadFormula(f"'{expression}' is no expression") from error
    names: list[str] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            if called not in {*ELEMENTWISE, *WHOLE_COLUMN, *CODED}:
                known = ", ".join(sorted({*ELEMENTWISE, *WHOLE_COLUMN, *CODED}))
                raise BadFormula(f"unknown function '{called}' in '{expression}'; a formula may use: {known}")
        elif isinstance(node, ast.Attribute | ast.Subscript | ast.Lambda | ast.comprehension | ast.NamedExpr):
            raise BadFormula(f"'{expression}' is more than arithmetic; compute the column first")
        elif isinstance(node, ast.Name):
            names.append(node.id)
    functions = {*ELEMENTWISE, *WHOLE_COLUMN, *CODED}
    return [name for name in dict.fromkeys(names) if name not in functions]


def _frame(data: Mapping[str, Factor | Floats], needed: list[str], rows: int) -> pd.DataFrame:
    columns: dict[str, Any] = {}
    for name in needed:
        column = data[name]
        columns[name] = (
            pd.Categorical.from_codes(column.codes, categories=pd.Index(column.levels))
            if isinstance(column, Factor)
            else column
        )
    return pd.DataFrame(columns, index=pd.RangeIndex(rows))


def _materialise(spec: Any, data: Mapping[str, Factor | Floats], rows: int) -> Floats:
    matrix = spec.get_model_matrix(_frame(data, list(data), rows), context=dict(ELEMENTWISE))
    return np.asarray(matrix.to_numpy(dtype=np.float64))


def _one_line(error: BaseException) -> str:
    plain = re.sub(r"\x1b\[[\d;]*m|[⧛⧚]", "", str(error))
    return " ".join(plain.split())[:200] or type(error).__name__
