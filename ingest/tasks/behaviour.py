"""Behavioural tests in 15 languages: six things a reader can do, asked as questions about a sentence or two.

A task and not a perturbation, because there is no clean twin: each item is a test of its own. Scored as
question answering and trained on SQuAD v1.1, as XTREME-R's MultiCheckList is; an outcome's id begins with
its capability (``xtb sql behaviour``). Items are the same in every language. Generated, hence ``synthetic``:
analyses of robustness leave it out where there are real tasks. Noise can be put on it as on any task.
"""

from collections.abc import Sequence

from ingest.behaviour.items import ITEMS, capabilities, languages, spans
from ingest.example import Span
from ingest.source import Source
from ingest.task import Task
from ingest.tasks.squad_v1 import DEFAULTS


def read(source: Source, split: str, language: str) -> Sequence[Span]:
    """The items of a language, whatever the source."""
    return spans(language)


TASK = Task(
    name="behaviour",
    kind="span",
    title="Behavioural tests: comparison, intensity, property, person, purchase, buyer",
    metrics=("exact_match", "f1"),
    splits={"test": languages()},
    trained_on=("squad_v1",),
    defaults=DEFAULTS,
    synthetic=True,
    generated={"test": ITEMS * len(capabilities())},
    licence="Apache-2.0",
    citation="xtb, after Ribeiro et al. 2020 (CheckList, ACL) and Ruder et al. 2021 (XTREME-R, EMNLP)",
    read=read,
)
