"""PAN-X (WikiANN): named entities in 48 languages, zero-shot from English.

Tags are silver: made from Wikipedia's links, not by annotators. The mirror divides the official
development set into validation and test, since the official test set is not there with tags, so its
scores are not comparable with published ones.
"""

import polars as pl

from ingest.dataset import Dataset, Hub, Mirror
from ingest.reading import tagged
from ingest.task import Hyperparameters, Task

TAGS = ("O", "B-PER", "I-PER", "B-ORG", "I-ORG", "B-LOC", "I-LOC")
LANGUAGES = (
    "ar", "he", "vi", "id", "jv", "ms", "tl", "eu", "ml", "ta", "te", "af", "nl", "en", "de", "el",
    "bn", "hi", "mr", "ur", "fa", "fr", "it", "pt", "es", "bg", "ru", "ja", "ka", "ko", "th", "sw",
    "yo", "my", "zh", "kk", "tr", "et", "fi", "hu", "qu", "pl", "uk", "az", "lt", "pa", "gu", "ro",
)  # fmt: skip
TINY = ("gu", "jv", "my", "pa", "qu", "yo")  # 100 sentences a split
SMALL = ("af", "az", "bn", "hi", "kk", "ml", "mr", "ms", "sw", "ta", "te", "tl", "ur")  # 1,000
SIZES = {code: 100 if code in TINY else 1_000 if code in SMALL else 10_000 for code in LANGUAGES}

PANX = Dataset(
    name="panx",
    shape="tags",
    hub=(
        Hub(
            repo="unimelb-nlp/wikiann",
            config="{code}",
            columns={"id": pl.col("row").cast(pl.String), "tokens": "tokens", "tags": "ner_tags"},
            names={"ner_tags": TAGS},
            rows={
                ("train", "en"): 20_000,
                **{(split, code): size for split in ("validation", "test") for code, size in SIZES.items()},
            },
        ),
    ),
    mirror=Mirror(folder="panx", columns={"id": "id", "tokens": "tokens", "tags": "ner_tags"}),
)

TASK = Task(
    name="panx",
    kind="tags",
    title="PAN-X: named entities of WikiANN",
    metrics=("seqeval_f1", "token_accuracy"),
    labels=TAGS,
    splits=dict.fromkeys(("train", "validation", "test"), LANGUAGES),
    trained_on=("panx",),
    data=dict.fromkeys(("train", "validation", "test"), (PANX,)),
    defaults=Hyperparameters(
        learning_rate=2e-5,
        epochs=10,
        batch_size=32,
        max_length=128,
        source="google-research/xtreme@838c13b scripts/train_panx.sh",
    ),
    licence="ODC-BY 1.0 (annotations, as a redistributor states); Wikipedia text CC BY-SA 3.0",
    citation="Pan et al. 2017, Cross-lingual Name Tagging and Linking, ACL; Rahimi et al. 2019, ACL",
    read=tagged(PANX, TAGS),
)
