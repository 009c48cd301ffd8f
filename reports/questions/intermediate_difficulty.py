"""The difficulty of the intermediate task, measured in several ways, against robustness."""

from reports.answer import Question
from reports.difficulty import PLAN, answer
from reports.frames import read
from reports.questions.english_intermediate import QUESTION as ENGLISH

QUESTION = Question(
    number=5,
    name="intermediate_difficulty",
    title="How does the difficulty of the intermediate task relate to robustness?",
    hypothesis=(
        "How hard the English intermediate task was for the encoder goes with how much is lost under "
        "perturbation afterwards, in languages other than English: the slope over intermediate tasks is not "
        "nought."
    ),
    estimand=(
        "The slope, over intermediate tasks, of the mean change of score from clean to perturbed text on the "
        "task's difficulty: the share of the way from chance to a perfect English dev score that is left "
        "after training. Languages other than English."
    ),
    runs_sql=ENGLISH.runs_sql,
    regimes=ENGLISH.regimes,
    reference="direct",
    treatment="stilts",
    response="change",
    plan=PLAN,
    study="intermediate_difficulty_mini",
    read=read,
    analyse=answer,
)
