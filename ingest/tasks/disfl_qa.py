"""Disfl-QA: questions of SQuAD v2.0 as people speak, with repairs and restarts that name wrong answers.

The clean cell holds the original questions; ``real_noise`` is their disfluent version. Both ask the same
context for the same answer, so a task of its own is enough to train on (clean) and to measure on (both).
"""

from ingest.dataset import Dataset, Mirror
from ingest.reading import spans
from ingest.task import Task
from ingest.tasks.squad_v1 import DEFAULTS, FLAT

SPLITS = ("train", "validation", "test")
ROWS = {("train", "en"): 7_181, ("validation", "en"): 1_000, ("test", "en"): 3_643}
OBTAIN = "use a mirror that has noise/disfl_qa/<split>/en.parquet"


def _dataset(name: str, question: str) -> Dataset:
    mirror = Mirror(folder="noise/disfl_qa", columns={**FLAT, "question": question}, rows=ROWS)
    return Dataset(name=name, shape="span", mirror=mirror, obtain=OBTAIN)


CLEAN = _dataset("disfl_qa", "original")
NOISY = _dataset("disfl_qa_disfluent", "disfluent")

TASK = Task(
    name="disfl_qa",
    kind="span",
    title="Disfl-QA: questions with people's disfluencies",
    metrics=("f1", "exact_match"),
    splits=dict.fromkeys(SPLITS, ("en",)),
    trained_on=("disfl_qa",),
    data=dict.fromkeys(SPLITS, (CLEAN,)),
    defaults=DEFAULTS,
    licence="CC BY 4.0; contexts CC BY-SA 4.0",
    citation="Gupta et al. 2021, Disfl-QA: A Benchmark Dataset for Understanding Disfluencies in Question "
    "Answering, Findings of ACL",
    read=spans(CLEAN),
    versions={"real_noise": spans(NOISY)},
)
