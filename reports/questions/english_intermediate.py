"""English intermediate training against direct fine-tuning: what it does to robustness in other languages.

Phang et al. (2020) found that training on an English task first (STILTs) lifts zero-shot scores; Ruder et
al. (2021, XTREME-R) made the benchmark harder. Neither asked what noise does to the gain.
"""

from reports.answer import Question
from reports.comparison.compare import compare
from reports.comparison.plan import plan
from reports.frames import read

QUESTION = Question(
    number=1,
    name="english_intermediate",
    title=(
        "How does English intermediate training change adversarial robustness on non-English subsets, "
        "against direct fine-tuning?"
    ),
    hypothesis=(
        "Models trained on an English intermediate task before the target lose fewer points under "
        "perturbation, in languages other than English, than models fine-tuned on the target alone."
    ),
    estimand=(
        "The difference between the regimes in mean change of score from clean to perturbed text: averaged "
        "over severities, then perturbations, with every target task, language and training run weighing the "
        "same; languages other than English."
    ),
    runs_sql="""
select
    run_id,
    regime,
    null::varchar as language
from run
where source = 'xtb'
    and status = 'trained'
    and robust = 'none'
    and (regime = 'direct' or (regime = 'stilts' and intermediate_language = 'en'))
""",
    regimes={"direct": "direct", "stilts": "STILTs"},
    reference="direct",
    treatment="stilts",
    response="change",
    plan=plan("change"),
    study="english_intermediate_mini",
    read=read,
    analyse=compare,
)
