"""What else can be asked of a fit beside its estimates: one name for each, one table for each answer."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from reports.errors import BadFormula
from reports.models.anova import term_tests
from reports.models.bootstrap import cluster_bootstrap, parametric_bootstrap
from reports.models.contrast import Method
from reports.models.diagnostics import group_leverage, leave_one_out, residuals
from reports.models.document import read_term
from reports.models.effect_size import effect_sizes
from reports.models.equivalence import equivalence
from reports.models.grid import Value
from reports.models.lrt import likelihood_ratio
from reports.models.profile import profile_intervals
from reports.models.r2 import r_squared
from reports.models.ranef import random_effects
from reports.models.result import Fit
from warehouse.errors import UnknownName

PARAMETRIC = "parametric"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is asked beside the estimates.

    Attributes:
        also: names of ``ALSO``.
        against: a model to compare with by likelihood ratio; that with fewer parameters is the reduced one.
        bootstrap: ``parametric``, or the grouping whose levels are drawn whole.
        draws, seed: of the bootstrap.
        margin: smallest difference of interest, for equivalence tests of the contrasts of ``terms``.
        leave_out: grouping whose levels are left out one by one.
        terms: marginal means whose contrasts are meant, as ``document.margins`` takes them.
        at, method: as there.
    """

    also: tuple[str, ...] = ()
    against: Fit | None = None
    bootstrap: str | None = None
    draws: int = 400
    seed: int = 0
    margin: float | None = None
    leave_out: str | None = None
    terms: tuple[str, ...] = ()
    at: Mapping[str, Sequence[Value]] = field(default_factory=dict)
    method: Method = "pairwise"

    @property
    def needs_rows(self) -> bool:
        """Whether rows that the database has grouped would be refused."""
        return bool(
            self.bootstrap or self.leave_out or self.against or {"leverage", "residuals"} & {*self.also}
        )


def further(fit: Fit, wanted: Wanted) -> dict[str, pl.DataFrame]:
    """The tables asked for, by name; a caution about one is in its column ``note``.

    Raises:
        UnknownName: ``also`` holds a name that is not in ``ALSO``, or a grouping the model has not.
        BadFormula: contrasts are wanted and no terms given.
        Refused: the model cannot answer; the message says why.
    """
    for name in wanted.also:
        if name not in ALSO:
            raise UnknownName("thing to ask of a model", name, ALSO, "xtb analyze --help")
    found = {name.replace("-", "_"): ALSO[name](fit, wanted) for name in dict.fromkeys(wanted.also)}
    if wanted.against is not None:
        pair = sorted((wanted.against, fit), key=lambda one: one.n_parameters)
        found["likelihood_ratio"] = likelihood_ratio(*pair)
    if wanted.margin is not None:
        margin = wanted.margin
        found["equivalence"] = _by_term(
            wanted,
            lambda specs, by, at: equivalence(fit, specs, margin, by=by, at=at, method=wanted.method),
        )
    if wanted.bootstrap is not None:
        found |= _bootstrap(fit, wanted)
    if wanted.leave_out is not None:
        found["leave_one_out"] = leave_one_out(fit, wanted.leave_out)
    return found


def _r_squared(fit: Fit, wanted: Wanted) -> pl.DataFrame:
    found = r_squared(fit)
    return pl.DataFrame({"marginal": [found.marginal], "conditional": [found.conditional]})


def _effect_sizes(fit: Fit, wanted: Wanted) -> pl.DataFrame:
    return _by_term(
        wanted, lambda specs, by, at: effect_sizes(fit, specs, by=by, at=at, method=wanted.method)
    )


def _leverage(fit: Fit, wanted: Wanted) -> pl.DataFrame:
    parts = [group_leverage(fit, group).with_columns(group=pl.lit(group)) for group in fit.groups]
    return pl.concat(part.select("group", pl.exclude("group")) for part in parts)


def _by_term(
    wanted: Wanted,
    ask: Callable[[list[str], list[str], Mapping[str, Sequence[Value]]], pl.DataFrame],
) -> pl.DataFrame:
    if not wanted.terms:
        raise BadFormula("which differences? name the marginal means to compare, e.g. --emmeans regime")
    parts = [ask(*read_term(term), wanted.at).with_columns(term=pl.lit(term)) for term in wanted.terms]
    return pl.concat([part.select("term", pl.exclude("term")) for part in parts], how="diagonal")


def _bootstrap(fit: Fit, wanted: Wanted) -> dict[str, pl.DataFrame]:
    if wanted.bootstrap == PARAMETRIC:
        drawn = parametric_bootstrap(fit, draws=wanted.draws, seed=wanted.seed)
    else:
        drawn = cluster_bootstrap(fit, str(wanted.bootstrap), draws=wanted.draws, seed=wanted.seed)
    failed = f"{drawn.failed} of {wanted.draws} draws did not converge" if drawn.failed else ""
    note = pl.lit("; ".join(filter(None, (drawn.note, failed)))).alias("note")
    return {
        "bootstrap": drawn.intervals(fit).with_columns(note),
        "bootstrap_varcomp": drawn.varcomp_intervals(fit).with_columns(note),
    }


ALSO: Mapping[str, Callable[[Fit, Wanted], pl.DataFrame]] = {
    "anova": lambda fit, wanted: term_tests(fit),
    "effect-sizes": _effect_sizes,
    "leverage": _leverage,
    "profile": lambda fit, wanted: profile_intervals(fit),
    "r2": _r_squared,
    "ranef": lambda fit, wanted: random_effects(fit),
    "residuals": lambda fit, wanted: residuals(fit),
}
"""Type III tests of terms; standardised contrasts; leverage by level; profile-likelihood intervals; R2;
random effects with intervals; rows with fitted values and residuals."""
