"""STILTs against direct fine-tuning on the target's training data in all their languages."""

from reports.answer import Question
from reports.comparison.compare import compare
from reports.comparison.plan import plan
from reports.frames import read

QUESTION = Question(
    number=4,
    name="multilingual_direct",
    title="Are STILTs as robust as direct fine-tuning on multilingual data?",
    hypothesis=(
        "Models fine-tuned on the target task in many languages lose fewer points under perturbation, in "
        "languages other than English, than models that saw an English intermediate task and English target "
        "data only."
    ),
    estimand=(
        "The difference between the regimes in mean change of score from clean to perturbed text: averaged "
        "over severities, then perturbations, with every target task that has multilingual training data, "
        "every language and every training run weighing the same; languages other than English."
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
    and (regime in ('direct', 'multilingual') or (regime = 'stilts' and intermediate_language = 'en'))
""",
    regimes={"multilingual": "multilingual", "stilts": "STILTs", "direct": "direct"},
    reference="multilingual",
    treatment="stilts",
    others=(("direct", "multilingual"), ("direct", "stilts")),
    response="change",
    plan=plan("change"),
    study="multilingual_direct_mini",
    read=read,
    analyse=compare,
)
