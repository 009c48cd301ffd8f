"""BUCC 2018: mine the pairs of translations hidden in two large sets of sentences, the other one English.

Queries are the sentences of a language, most without a translation (no positives); the pool is the
English sentences. Scored as F1 over mined pairs, with a threshold tuned on ``validation``. What the hub has
under this name is the gold pairs alone, which is no mining; the shared task's own files are needed, turned
into a mirror by ``python -m ingest.convert.bucc2018``. As in XTREME, test is the task's training set and
validation its sample.
"""

from ingest.dataset import Dataset, Mirror
from ingest.reading import candidates, queries
from ingest.task import Hyperparameters, Task

LANGUAGES = ("de", "fr", "ru", "zh")
OBTAIN = (
    "download bucc2018-*-en.training-gold and .sample-gold of the shared task and run: "
    "python -m ingest.convert.bucc2018 FOLDER MIRROR"
)

QUERIES = Dataset(
    name="bucc2018",
    shape="retrieval",
    mirror=Mirror(folder="bucc2018", columns={"id": "id", "query": "text", "positives": "translations"}),
    obtain=OBTAIN,
)
POOL = Dataset(
    name="bucc2018_pool",
    shape="pool",
    mirror=Mirror(
        folder="bucc2018", files="{split}/{code}_english.parquet", columns={"id": "id", "text": "text"}
    ),
    obtain=OBTAIN,
)

TASK = Task(
    name="bucc2018",
    kind="retrieval",
    title="BUCC 2018: bitext mining",
    metrics=("bucc_f1",),
    splits={"validation": LANGUAGES, "test": LANGUAGES},
    trained_on=(),
    data={"validation": (QUERIES, POOL), "test": (QUERIES, POOL)},
    defaults=Hyperparameters(max_length=512, source="google-research/xtreme@838c13b scripts/run_bucc2018.sh"),
    licence="terms of the shared task",
    citation="Zweigenbaum et al. 2018, Overview of the Third BUCC Shared Task, LREC workshop",
    read=queries(QUERIES),
    pool=candidates(POOL),
    tuned_on="validation",
)
