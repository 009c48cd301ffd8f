"""The analysis plan of a comparison of two regimes, as the report prints it."""

from reports.answer import Plan
from reports.comparison.predictors import PREDICTORS

RANDOM = (
    "A training run (one seed) is the unit of replication: its many scores share whatever that seed did, so "
    "the run has a random intercept. Languages are a sample of languages, and the regimes may differ more in "
    "one than in another, so language has a random intercept and a random slope of regime. Tasks differ in "
    "level. Every run sits the same tests, so a cell (task and language) has an intercept, which pairs the "
    "regimes. The loss is computed within each run before the model sees it, so that a run's own fragility, "
    "not only its level, counts as noise. Tests use Satterthwaite's degrees of freedom. In 900 simulated "
    "studies without an effect (8 languages, 3 tasks, 3 seeds, three patterns of variance) this model "
    "rejected in 1 to 4 % at the nominal 5 %; a paired t-test over cells did in 38 to 44 %."
)

SENSITIVITY = (
    "all rows in one model with perturbations crossed",
    "scores weighted by the number of test examples",
    "the logit scale",
    "a binomial model of the examples' outcomes, where the metric is a mean over examples",
    "effective robustness: perturbed score at equal clean score",
    "loss relative to the clean score above chance",
    "only texts that the noise did change",
    "each severity alone",
    "languages above chance only",
    "runs that share an intermediate model tied together",
    "without overlap of intermediate and target training data",
    "English counted in",
    "each language, task and perturbation left out in turn",
)


def plan(response: str) -> Plan:
    """The plan for a response: ``change``, ``perturbed`` or ``clean``."""
    return Plan(
        formula=f"{response} ~ regime + (1 + regime | language) + (1 | task) + (1 | run_id) + (1 | cell)",
        random=RANDOM,
        sensitivity=SENSITIVITY,
        predictors=tuple(one.label for one in PREDICTORS.values()),
    )
