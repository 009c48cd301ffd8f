"""Mewsli-X: link a mention in WikiNews to its entity among a million descriptions in 50 languages.

Trained as a dual encoder on English Wikipedia mentions. One entity is right, so XTREME-R's "mAP@20" is
MRR@20. On no hub as Parquet: the release is turned into a mirror by ``python -m ingest.convert.mewslix``,
which writes mentions and descriptions as XTREME-R's baseline does.
"""

from ingest.dataset import Dataset, Mirror
from ingest.example import Candidate
from ingest.reading import candidates, queries
from ingest.source import Source
from ingest.task import Hyperparameters, Task

LANGUAGES = ("ar", "de", "en", "es", "fa", "ja", "pl", "ro", "ta", "tr", "uk")
DEV = {
    "ar": 318, "de": 326, "en": 316, "es": 311, "fa": 72, "ja": 310, "pl": 304, "ro": 145, "ta": 312,
    "tr": 262, "uk": 315,
}  # fmt: skip
TEST = {
    "ar": 1_501, "de": 1_551, "en": 1_490, "es": 1_552, "fa": 458, "ja": 1_519, "pl": 1_562, "ro": 672,
    "ta": 1_567, "tr": 1_215, "uk": 1_537,
}  # fmt: skip
OBTAIN = (
    "build the release with google-research's get-mewsli-x.sh and run: "
    "python -m ingest.convert.mewslix FOLDER MIRROR"
)

MENTIONS = Dataset(
    name="mewslix",
    shape="retrieval",
    mirror=Mirror(
        folder="mewslix",
        columns={"id": "id", "query": "query", "positives": "positives"},
        rows={
            ("train", "en"): 167_719,
            ("validation", "en"): 14_051,
            **{("dev", code): size for code, size in DEV.items()},
            **{("test", code): size for code, size in TEST.items()},
        },
    ),
    obtain=OBTAIN,
)
ENTITIES = Dataset(
    name="mewslix_pool",
    shape="pool",
    mirror=Mirror(
        folder="mewslix",
        files="candidates.parquet",
        columns={"id": "id", "text": "text"},
        rows={(split, code): 1_003_893 for split in ("dev", "test") for code in LANGUAGES},
    ),
    obtain=OBTAIN,
)
PAIRED = Dataset(
    name="mewslix_paired",
    shape="pool",
    mirror=Mirror(
        folder="mewslix", files="{split}/{code}_entities.parquet", columns={"id": "id", "text": "text"}
    ),
    obtain=OBTAIN,
)


def pool(source: Source, split: str, language: str) -> list[Candidate]:
    """The million entities; for training, those of the training pairs."""
    return candidates(ENTITIES if split in ("dev", "test") else PAIRED)(source, split, language)


TASK = Task(
    name="mewslix",
    kind="retrieval",
    title="Mewsli-X: entity linking by retrieval",
    metrics=("map_at_20",),
    splits={"train": ("en",), "validation": ("en",), "dev": LANGUAGES, "test": LANGUAGES},
    trained_on=("mewslix",),
    data={
        "train": (MENTIONS, PAIRED),
        "validation": (MENTIONS, PAIRED),
        "dev": (MENTIONS, ENTITIES),
        "test": (MENTIONS, ENTITIES),
    },
    defaults=Hyperparameters(
        learning_rate=2e-5,
        learning_rate_large=1e-5,
        epochs=2,
        batch_size=256,  # 32 for XLM-R Large
        max_length=64,
        source="google-research/xtreme@838c13b scripts/train_mewslix.sh",
    ),
    licence="Apache-2.0 (code); text CC BY 2.5 (WikiNews) and CC BY-SA (Wikipedia)",
    citation="Ruder et al. 2021, XTREME-R: Towards More Challenging Multilingual Evaluation, EMNLP",
    read=queries(MENTIONS),
    pool=pool,
)
