"""Published scores: which share of their variance is language, task, seed and training mix."""

from reports.answer import Question
from reports.published_variance.answer import PLAN, answer, read

QUESTION = Question(
    number=6,
    name="published_variance",
    title="Published scores: which share of their variance is language, task, seed and training mix?",
    hypothesis=(
        "Languages differ far more than training runs do, and what a run does to one language it does not do "
        "to all: most of what a seed changes is its own in every language."
    ),
    estimand=(
        "The share of the variance between published scores that each source carries, encoders held fixed: "
        "language, language by encoder, training run (a seed, or a mix of training languages), and the rest, "
        "where a run and a language meet. The primary one is that of language on WikiANN."
    ),
    runs_sql="""
select
    run_id,
    regime,
    null::varchar as language
from run
where source like 'published:%seeds'
    or source like 'published:sumeval%'
""",
    regimes={"direct": "direct", "multilingual": "multilingual"},
    reference="direct",
    treatment="multilingual",
    response="clean",
    plan=PLAN,
    supply="xtb ingest published",
    read=read,
    analyse=answer,
)
