"""CCG supertagging: the category of each word of CCGbank, an English intermediate task.

CCGbank is sold by the Linguistic Data Consortium and lies on no hub: it is turned into a mirror by
``python -m ingest.convert.ccgbank``. The tags are all categories of the training sections (1,285 in the
release's own count); a category that training lacks can only be tagged wrong. ``ud_supertag`` is the free
stand-in.
"""

from ingest.dataset import Dataset, Mirror
from ingest.reading import tagged
from ingest.source import Source
from ingest.task import Hyperparameters, Task

OBTAIN = (
    "get CCGbank (LDC2005T13) from https://catalog.ldc.upenn.edu/LDC2005T13 and run: "
    "python -m ingest.convert.ccgbank FOLDER MIRROR; or use the free task ud_supertag"
)

CCG = Dataset(
    name="ccg",
    shape="tags",
    mirror=Mirror(folder="ccg", columns={"id": "id", "tokens": "tokens", "tags": "categories"}),
    obtain=OBTAIN,
)


def labels(source: Source) -> tuple[str, ...]:
    """The categories of the training sections, sorted."""
    return tuple(sorted(source.table(CCG, "train", "en")["tags"].explode().unique().to_list()))


TASK = Task(
    name="ccg",
    kind="tags",
    title="CCG supertagging",
    metrics=("token_accuracy",),
    splits={"train": ("en",), "validation": ("en",), "test": ("en",)},
    trained_on=("ccg",),
    data=dict.fromkeys(("train", "validation", "test"), (CCG,)),
    defaults=Hyperparameters(
        learning_rate=2e-5,
        epochs=10,
        batch_size=32,
        max_length=256,
        source="max_length: arXiv:2005.13013; others: google-research/xtreme@838c13b train_udpos.sh",
    ),
    licence="LDC user agreement (LDC2005T13)",
    citation="Hockenmaier & Steedman 2007, CCGbank: A Corpus of CCG Derivations and Dependency Structures "
    "Extracted from the Penn Treebank, Computational Linguistics",
    read=tagged(CCG, None),
    labels_in=labels,
)
