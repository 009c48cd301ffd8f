"""PUD: the parallel treebanks of Universal Dependencies, the same 1,000 sentences in every language.

A test set for part-of-speech taggers trained on ``udpos`` whose items pair across languages: an
example's id is its ``sent_id``, equal everywhere. Not a task of XTREME. On no hub as Parquet; a mirror
has it.
"""

from ingest.dataset import Dataset, Mirror
from ingest.reading import tagged
from ingest.task import Task
from ingest.tasks.udpos import DEFAULTS, TOKENS, UPOS

LANGUAGES = (
    "ar",
    "de",
    "en",
    "es",
    "fi",
    "fr",
    "hi",
    "id",
    "it",
    "ko",
    "pl",
    "pt",
    "ru",
    "sv",
    "th",
    "tr",
    "zh",
)

PUD = Dataset(
    name="pud",
    shape="tags",
    mirror=Mirror(
        folder="ud_pos",
        files="{split}/{code}_pud.parquet",
        columns={"id": "sent_id", "tokens": TOKENS, "tags": "upos"},
        rows={("test", code): 1_000 for code in LANGUAGES},
    ),
    obtain="put UD_*-PUD into a mirror as ud_pos/test/<language>_pud.parquet (sent_id, tokens, upos)",
)

TASK = Task(
    name="pud",
    kind="tags",
    title="PUD: parts of speech of parallel sentences",
    metrics=("seqeval_f1", "token_accuracy"),
    labels=UPOS,
    splits={"test": LANGUAGES},
    trained_on=("udpos",),
    data={"test": (PUD,)},
    defaults=DEFAULTS,
    licence="CC BY-SA 3.0, some CC BY-SA 4.0",
    citation="Zeman et al. 2017, CoNLL 2017 Shared Task: Multilingual Parsing from Raw Text to UD, CoNLL",
    read=tagged(PUD, UPOS),
)
