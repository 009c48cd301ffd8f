"""PAN-X with people's own typos: sentences of WikiANN with errors found in Wikipedia's edit histories.

The clean cell holds the same sentences without typos; ``real_noise`` is the version with them. A task of
its own for the reason that ``xnli_real_noise`` gives. Sentences whose clean twin could not be told for
sure are left out.
"""

import polars as pl

from ingest.dataset import Columns, Dataset, Mirror
from ingest.reading import tagged
from ingest.task import Hyperparameters, Task
from ingest.tasks.panx import TAGS

ROWS = {"de": 7_922, "es": 7_831, "fr": 7_483, "hi": 795, "tr": 6_425}
"""With the sentences that are left out."""
OBTAIN = "use a mirror that has noise/panx_typos/test/<language>.parquet"


def _dataset(name: str, tokens: str) -> Dataset:
    columns: Columns = {"id": pl.col("row").cast(pl.String), "tokens": tokens, "tags": "ner_tags"}
    rows = {("test", code): size for code, size in ROWS.items()}
    unsure = pl.col("clean_tokens").is_null()
    mirror = Mirror(folder="noise/panx_typos", columns=columns, rows=rows, drop=unsure)
    return Dataset(name=name, shape="tags", mirror=mirror, obtain=OBTAIN)


CLEAN = _dataset("panx_real_noise", "clean_tokens")
NOISY = _dataset("panx_real_noise_typos", "tokens")

TASK = Task(
    name="panx_real_noise",
    kind="tags",
    title="PAN-X with people's own typos",
    metrics=("seqeval_f1", "token_accuracy"),
    labels=TAGS,
    splits={"test": tuple(ROWS)},
    trained_on=("panx",),
    data={"test": (CLEAN,)},
    defaults=Hyperparameters(
        learning_rate=2e-5,
        epochs=10,
        batch_size=32,
        max_length=128,
        source="google-research/xtreme@838c13b scripts/train_panx.sh",
    ),
    licence="ODC-BY 1.0; Wikipedia text CC BY-SA 3.0",
    citation="Cooper Stickland et al. 2023, Robustification of Multilingual Language Models to Real-world "
    "Noise in Crosslingual Zero-shot Settings with Robust Contrastive Pretraining, EACL; WikiANN: Pan et al. "
    "2017, ACL",
    read=tagged(CLEAN, TAGS),
    versions={"real_noise": tagged(NOISY, TAGS)},
)
