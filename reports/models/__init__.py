"""Mixed models that match lme4, and what is asked of them.

    from reports.models import fit, means, contrasts

    model = fit("value ~ regime * perturbation + (1 + regime | language) + (1 | task) + (1 | run_id)", scores)
    model.fixed                                   # one row per fixed effect
    means(model, "regime", by=["perturbation"])   # estimated marginal means
    contrasts(model, "regime", by=["perturbation"], method="reference", reference="direct", adjust="holm")

How a fit comes about: ``formula`` takes the text apart, ``columns`` and ``coding`` make numbers of it,
    ``design``
holds them, ``products`` counts the cross-products, ``factor`` and ``sweep`` solve the model for one theta,
``information`` differentiates it, ``optimise`` finds the optimum. ``lmm`` and ``glmm`` put that together,
every other file is one thing to ask of a fit, and answers with a polars frame. Nothing here reads a file or a
database.
"""

from reports.models.adjust import Adjust
from reports.models.anova import term_tests
from reports.models.balanced import Components, detectable, power, precision
from reports.models.bootstrap import Bootstrap, cluster_bootstrap, parametric_bootstrap
from reports.models.calibrate import Calibration, calibrate
from reports.models.contrast import Method, contrasts
from reports.models.diagnostics import group_leverage, leave_one_out, residuals
from reports.models.document import Margins, document, margins, records, summary, text_table
from reports.models.effect_size import effect_sizes
from reports.models.equivalence import TwoOneSided, equivalence, two_one_sided
from reports.models.fitting import fit, fit_query
from reports.models.further import ALSO, Wanted, further
from reports.models.lrt import likelihood_ratio
from reports.models.means import Scale, means
from reports.models.planning import Plan, plan, power_curve
from reports.models.profile import profile_intervals
from reports.models.r2 import RSquared, VarianceParts, r_squared, variance_parts
from reports.models.ranef import random_effects
from reports.models.result import Ddf, Family, Fit

__all__ = [
    "ALSO",
    "Adjust",
    "Bootstrap",
    "Calibration",
    "Components",
    "Ddf",
    "Family",
    "Fit",
    "Margins",
    "Method",
    "Plan",
    "RSquared",
    "Scale",
    "TwoOneSided",
    "VarianceParts",
    "Wanted",
    "calibrate",
    "cluster_bootstrap",
    "contrasts",
    "detectable",
    "document",
    "effect_sizes",
    "equivalence",
    "fit",
    "fit_query",
    "further",
    "group_leverage",
    "leave_one_out",
    "likelihood_ratio",
    "margins",
    "means",
    "parametric_bootstrap",
    "plan",
    "power",
    "power_curve",
    "precision",
    "profile_intervals",
    "r_squared",
    "random_effects",
    "records",
    "residuals",
    "summary",
    "term_tests",
    "text_table",
    "two_one_sided",
    "variance_parts",
]
