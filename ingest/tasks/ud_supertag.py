"""UD supertags: the relation of each word to its head and the side the head is on, English.

A free stand-in for CCG supertagging, and named as what it is: made from Universal Dependencies' English
EWT, not comparable with CCGbank. A tag such as "nsubj>" says that the word is the subject of a head to its
right; relations are the universal ones, without subtypes. On no hub as Parquet; a mirror has the treebank.
"""

import polars as pl

from ingest.dataset import Dataset, Mirror
from ingest.reading import tagged
from ingest.task import Hyperparameters, Task

RELATIONS = (
    "acl", "advcl", "advmod", "amod", "appos", "aux", "case", "cc", "ccomp", "clf", "compound", "conj", "cop",
    "csubj", "dep", "det", "discourse", "dislocated", "expl", "fixed", "flat", "goeswith", "iobj", "list",
    "mark", "nmod", "nsubj", "nummod", "obj", "obl", "orphan", "parataxis", "punct", "reparandum", "vocative",
    "xcomp",
)  # fmt: skip
TAGS = ("root", *(f"{relation}{side}" for relation in RELATIONS for side in "<>"))


def _tags(row: dict[str, list[str] | list[int]]) -> list[str]:
    relations = [str(relation).split(":")[0] for relation in row["deprel"]]
    heads = [int(head) for head in row["head"]]
    return [
        relation if head == 0 else f"{relation}{'>' if head > place else '<'}"
        for place, (relation, head) in enumerate(zip(relations, heads, strict=True), start=1)
    ]


SUPERTAGS = Dataset(
    name="ud_supertag",
    shape="tags",
    mirror=Mirror(
        folder="ud_pos",
        files="{split}/{code}_ewt.parquet",
        columns={
            "id": "sent_id",
            "tokens": "tokens",
            "tags": pl.struct("deprel", "head").map_elements(_tags, return_dtype=pl.List(pl.String)),
        },
        rows={("train", "en"): 12_544, ("validation", "en"): 2_001, ("test", "en"): 2_077},
    ),
    obtain="put UD_English-EWT into a mirror: ud_pos/<split>/en_ewt.parquet (sent_id, tokens, head, deprel)",
)

TASK = Task(
    name="ud_supertag",
    kind="tags",
    title="UD supertags: relation and side of the head (stand-in for CCG)",
    metrics=("token_accuracy",),
    labels=TAGS,
    splits={"train": ("en",), "validation": ("en",), "test": ("en",)},
    trained_on=("ud_supertag",),
    overlap=("udpos",),
    data=dict.fromkeys(("train", "validation", "test"), (SUPERTAGS,)),
    defaults=Hyperparameters(
        learning_rate=2e-5,
        epochs=10,
        batch_size=32,
        max_length=256,
        source="max_length: arXiv:2005.13013; others: google-research/xtreme@838c13b train_udpos.sh",
    ),
    licence="CC BY-SA 4.0",
    citation="UD_English-EWT: Silveira et al. 2014, A Gold Standard Dependency Corpus for English, LREC",
    read=tagged(SUPERTAGS, TAGS),
)
