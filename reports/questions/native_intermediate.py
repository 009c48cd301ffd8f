"""The intermediate task in English against the same task in the target language, under noise.

Phang et al. (2020) trained on English only and found machine-translated intermediate data no better;
noise was not part of it.
"""

from reports.answer import Question
from reports.comparison.compare import compare
from reports.comparison.plan import plan
from reports.frames import read

QUESTION = Question(
    number=3,
    name="native_intermediate",
    title=(
        "Is an intermediate task in the target language better for robustness to noisy input than the same "
        "task in English?"
    ),
    hypothesis=(
        "Models whose intermediate task was in the language they are tested in lose fewer points under "
        "perturbation than models whose intermediate task was the same in English."
    ),
    estimand=(
        "The difference between the regimes in mean change of score from clean to perturbed text in the "
        "language of the native intermediate data: averaged over severities, then perturbations, with every "
        "task, language and training run weighing the same. Each native run counts in its own language only; "
        "only runs with the same intermediate task are compared."
    ),
    runs_sql="""
select
    run_id,
    case when regime = 'stilts_native' then 'native stilts' else 'english stilts' end as regime,
    case when regime = 'stilts_native' then intermediate_language end as language
from run
where source = 'xtb'
    and status = 'trained'
    and robust = 'none'
    and (regime = 'stilts_native' or (regime = 'stilts' and intermediate_language = 'en'))
""",
    regimes={"english stilts": "English STILTs", "native stilts": "native STILTs"},
    reference="english stilts",
    treatment="native stilts",
    within=("language", "intermediate"),
    response="change",
    plan=plan("change"),
    study="native_intermediate_mini",
    read=read,
    analyse=compare,
)
