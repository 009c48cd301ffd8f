"""Noise in the intermediate stage: does it help on noisy text, and what does it cost on clean text?"""

from reports.answer import Question
from reports.comparison.compare import compare
from reports.comparison.plan import plan
from reports.frames import read

QUESTION = Question(
    number=2,
    name="noisy_intermediate",
    title=(
        "Do perturbations or adversarial training during the intermediate stage improve zero-shot scores on "
        "noisy multilingual data, and at what clean price?"
    ),
    hypothesis=(
        "Models whose English intermediate stage saw noisy or adversarial examples score higher on perturbed "
        "text in languages other than English than models whose intermediate stage was clean."
    ),
    estimand=(
        "The difference between the regimes in mean score on perturbed text: averaged over severities, then "
        "perturbations, with every target task, language and training run weighing the same; languages other "
        "than English. The clean price is the same difference on clean text."
    ),
    runs_sql="""
select
    run_id,
    case when robust = 'none' then regime else 'noisy stilts' end as regime,
    null::varchar as language
from run
where source = 'xtb'
    and status = 'trained'
    and (
        (regime = 'direct' and robust = 'none')
        or (regime = 'stilts' and intermediate_language = 'en' and robust_stage in ('none', 'intermediate'))
    )
""",
    regimes={"stilts": "STILTs", "noisy stilts": "noisy STILTs", "direct": "direct"},
    reference="stilts",
    treatment="noisy stilts",
    others=(("direct", "noisy stilts"),),
    response="perturbed",
    plan=plan("perturbed"),
    study="noisy_intermediate_mini",
    read=read,
    analyse=compare,
)
