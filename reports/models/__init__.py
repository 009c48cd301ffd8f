"""Mixed models that match lme4, and what is asked of them.

    from reports.models import fit, means, contrasts

    model = fit("value ~ regime * perturbation + (1 + regime | language) + (1 | task) + (1 | run_id)", scores)
    model.fixed                                   # term, estimate, std_error, df, statistic, p_value,
    conf_low, conf_high means(model, "regime", by=["perturbation"])   # estimated marginal means
    contrasts(model, "regime", by=["perturbation"], method="reference", reference="direct", adjust="holm")

Every verb has a file of its own and answers with a polars frame. Nothing here reads a file or a database.
"""

from reports.models.adjust import Adjust
from reports.models.contrast import Method, contrasts
from reports.models.document import Margins, document, margins, summary, text_table
from reports.models.fitting import fit
from reports.models.means import Scale, means
from reports.models.result import Ddf, Family, Fit

__all__ = [
    "Adjust",
    "Ddf",
    "Family",
    "Fit",
    "Margins",
    "Method",
    "Scale",
    "contrasts",
    "document",
    "fit",
    "margins",
    "means",
    "summary",
    "text_table",
]
