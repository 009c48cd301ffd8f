"""UDPOS: part-of-speech tags of Universal Dependencies in XTREME-R's 38 languages, zero-shot from English.

A language is all its treebanks one after the other, as XTREME puts them together: UD 2.5, and UD 2.7 for
the five languages that XTREME-R added. The mirror has fewer treebanks and cuts long splits to 1,000
sentences, PUD among them; see ``pud`` for the parallel part alone.

Words are written as XTREME writes them: without zero width non-joiner (Persian) and without spaces
(Vietnamese). Sentences that are nearly all "_", where a treebank may not give its words away, are left
out by XTREME's rule.
"""

import polars as pl

from ingest.dataset import Columns, Dataset, Hub, Mirror
from ingest.reading import tagged
from ingest.task import Hyperparameters, Task

UPOS = (
    "ADJ", "ADP", "ADV", "AUX", "CCONJ", "DET", "INTJ", "NOUN", "NUM", "PART", "PRON", "PROPN", "PUNCT",
    "SCONJ", "SYM", "VERB", "X",
)  # fmt: skip
NAMES = {
    "af": "Afrikaans", "ar": "Arabic", "bg": "Bulgarian", "de": "German", "el": "Greek", "en": "English",
    "es": "Spanish", "et": "Estonian", "eu": "Basque", "fa": "Persian", "fi": "Finnish", "fr": "French",
    "he": "Hebrew", "hi": "Hindi", "hu": "Hungarian", "id": "Indonesian", "it": "Italian", "ja": "Japanese",
    "kk": "Kazakh", "ko": "Korean", "mr": "Marathi", "nl": "Dutch", "pt": "Portuguese", "ru": "Russian",
    "ta": "Tamil", "te": "Telugu", "th": "Thai", "tl": "Tagalog", "tr": "Turkish", "ur": "Urdu",
    "vi": "Vietnamese", "yo": "Yoruba", "zh": "Chinese",
}  # fmt: skip
ADDED = ("lt", "pl", "uk", "wo", "ro")  # by XTREME-R
LANGUAGES = (*NAMES, *ADDED)
WITHOUT_VALIDATION = ("kk", "th", "tl", "yo")

VALIDATION = (
    "af 194 ar 909 bg 1115 de 19233 el 2559 en 3974 es 3054 et 3125 eu 1798 fa 599 fi 3239 fr 5979 he 484 "
    "hi 1659 hu 441 id 559 it 2278 ja 511 ko 3016 mr 46 nl 1394 pt 1770 ru 9960 ta 80 te 131 tr 988 ur 552 "
    "vi 800 zh 3038"
)
TEST = (
    "af 425 ar 1680 bg 1116 de 22458 el 2809 en 5440 es 3147 et 3760 eu 1799 fa 600 fi 4422 fr 9465 he 491 "
    "hi 2684 hu 449 id 1557 it 3518 ja 2372 kk 1047 ko 4276 mr 47 nl 1471 pt 2681 ru 11336 ta 120 te 146 "
    "th 1000 tl 55 tr 4785 ur 535 vi 800 yo 100 zh 5528"
)


def _sizes(split: str, text: str) -> dict[tuple[str, str], int]:
    words = text.split()
    return {(split, code): int(size) for code, size in zip(words[::2], words[1::2], strict=True)}


# google-research/xtreme@838c13b utils_preprocess.py, remove_empty_space and _read_one_file
TOKENS = pl.col("tokens").list.eval(pl.element().str.replace_all("[\u200c ]", ""))
HIDDEN = pl.col("tokens").list.count_matches("_")
WORDLESS = (HIDDEN > 0) & (pl.col("tokens").list.len() <= HIDDEN + 1)
ON_THE_HUB: Columns = {"id": pl.col("row").cast(pl.String), "tokens": TOKENS, "tags": "pos_tags"}

UDPOS = Dataset(
    name="udpos",
    shape="tags",
    hub=(
        Hub(
            repo="google/xtreme",
            config="udpos.{code}",
            codes=NAMES,
            columns=ON_THE_HUB,
            names={"pos_tags": UPOS},
            rows={("train", "en"): 21_253, **_sizes("validation", VALIDATION), **_sizes("test", TEST)},
            drop=WORDLESS,
        ),
        Hub(
            repo="izhx/xtreme-r-udpos",
            config="{code}",
            languages=ADDED,
            columns=ON_THE_HUB,
            names={"pos_tags": UPOS},
            drop=WORDLESS,
        ),
    ),
    mirror=Mirror(
        folder="ud_pos",
        files="{split}/{code}_*.parquet",
        columns={"id": pl.format("{}/{}", "file", "sent_id"), "tokens": TOKENS, "tags": "upos"},
        drop=WORDLESS,
    ),
)

DEFAULTS = Hyperparameters(
    learning_rate=2e-5,
    epochs=10,
    batch_size=32,
    max_length=128,
    source="google-research/xtreme@838c13b scripts/train_udpos.sh",
)

TASK = Task(
    name="udpos",
    kind="tags",
    title="UDPOS: parts of speech of Universal Dependencies",
    metrics=("seqeval_f1", "token_accuracy"),
    labels=UPOS,
    splits={
        "train": ("en",),
        "validation": tuple(code for code in LANGUAGES if code not in WITHOUT_VALIDATION),
        "test": LANGUAGES,
    },
    trained_on=("udpos",),
    data=dict.fromkeys(("train", "validation", "test"), (UDPOS,)),
    defaults=DEFAULTS,
    licence="per treebank (CC BY-SA, CC BY-NC-SA and others)",
    citation="Nivre et al. 2020, Universal Dependencies v2, LREC; Hu et al. 2020, XTREME, ICML",
    read=tagged(UDPOS, UPOS),
)
