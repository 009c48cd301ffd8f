"""SQuAD v2.0: English extractive question answering with questions that have no answer.

``validation`` leaves out the paragraphs that XQuAD translates, as in ``ingest.tasks.squad_v1``; ``test`` is
the development set whole. The mirror has no training data.
"""

from ingest.dataset import Dataset, Hub, Mirror
from ingest.example import Span
from ingest.reading import spans
from ingest.source import Source
from ingest.task import Task
from ingest.tasks.squad_v1 import DEFAULTS, FLAT, NESTED, without_xquad

SQUAD = Dataset(
    name="squad_v2",
    shape="span",
    hub=(
        Hub(
            repo="rajpurkar/squad_v2",
            config="squad_v2",
            revision="3ffb306f725f7d2ce8394bc1873b24868140c412",
            splits={"test": "validation"},
            columns=NESTED,
            rows={("train", "en"): 130_319, ("validation", "en"): 11_873, ("test", "en"): 11_873},
        ),
    ),
    mirror=Mirror(folder="squad_v2", splits={"test": "validation"}, columns=FLAT),
)


def read(source: Source, split: str, language: str) -> list[Span]:
    """Examples of a split; ``validation`` without the paragraphs that XQuAD translates."""
    examples = spans(SQUAD)(source, split, language)
    return without_xquad(source, examples) if split == "validation" else examples


TASK = Task(
    name="squad_v2",
    kind="span",
    title="SQuAD v2.0: question answering with unanswerable questions",
    metrics=("f1", "exact_match"),
    splits={"train": ("en",), "validation": ("en",), "test": ("en",)},
    trained_on=("squad_v2",),
    overlap=("squad_v1",),
    data=dict.fromkeys(("train", "validation", "test"), (SQUAD,)),
    defaults=DEFAULTS,
    licence="CC BY-SA 4.0",
    citation="Rajpurkar et al. 2018, Know What You Don't Know: Unanswerable Questions for SQuAD, ACL",
    read=read,
)
