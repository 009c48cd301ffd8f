"""XNLI with people's own typos: pairs of its test set with errors found in Wikipedia's edit histories.

The clean cell holds the same pairs as they are in XNLI; ``real_noise`` is the version with the typos. A
task of its own, not a perturbation of ``xnli``, because a clean twin must be measured on the same pairs,
which are a part of XNLI's in every language but English. Ids are XNLI's.
"""

import polars as pl

from ingest.dataset import Columns, Dataset, Mirror
from ingest.reading import pairs
from ingest.task import Hyperparameters, Task
from ingest.tasks.xnli import LABELS

ROWS = {"de": 658, "en": 5_010, "es": 687, "fr": 974, "hi": 3_709, "tr": 4_420}
OBTAIN = "use a mirror that has noise/xnli_typos/test/<language>.parquet"
ID = pl.col("xnli_index").cast(pl.String)


def _dataset(name: str, first: str, second: str) -> Dataset:
    columns: Columns = {"id": ID, "first": first, "second": second, "label": "label"}
    rows = {("test", code): size for code, size in ROWS.items()}
    mirror = Mirror(folder="noise/xnli_typos", columns=columns, rows=rows)
    return Dataset(name=name, shape="pair", mirror=mirror, obtain=OBTAIN)


CLEAN = _dataset("xnli_real_noise", "clean_premise", "clean_hypothesis")
NOISY = _dataset("xnli_real_noise_typos", "premise", "hypothesis")

TASK = Task(
    name="xnli_real_noise",
    kind="pair",
    title="XNLI with people's own typos",
    metrics=("accuracy",),
    labels=LABELS,
    chance=1 / 3,
    splits={"test": tuple(ROWS)},
    trained_on=("mnli",),
    overlap=("mnli", "anli_plus"),
    data={"test": (CLEAN,)},
    defaults=Hyperparameters(
        learning_rate=2e-5,
        learning_rate_large=3e-5,
        epochs=5,
        batch_size=32,
        max_length=128,
        source="google-research/xtreme@838c13b scripts/train_xnli.sh",
    ),
    licence="CC BY-NC 4.0",
    citation="Cooper Stickland et al. 2023, Robustification of Multilingual Language Models to Real-world "
    "Noise in Crosslingual Zero-shot Settings with Robust Contrastive Pretraining, EACL; XNLI: Conneau "
    "et al. 2018, EMNLP",
    read=pairs(CLEAN, LABELS),
    versions={"real_noise": pairs(NOISY, LABELS)},
)
