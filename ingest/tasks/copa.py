"""COPA: choice of the more plausible cause or effect, English; the last stage of XTREME-R's XCOPA recipe.

The question reads as in XTREME-R, "What was the cause?" or "What was the effect?". There is no test split:
SuperGLUE keeps its labels, and the files in circulation carry 500 zeros in their place.
"""

import polars as pl

from ingest.dataset import Columns, Dataset, Hub, Mirror
from ingest.english_choice import SETTINGS, english_choice

COLUMNS: Columns = {
    "id": pl.col("idx").cast(pl.String),
    "context": "premise",
    # google-research/xtreme@838c13b third_party/run_xcopa.py, in English for every language
    "question": pl.format(
        "What was the {}?", pl.col("question").replace_strict({"cause": "cause", "effect": "effect"})
    ),
    "options": pl.concat_list("choice1", "choice2"),
    "label": "label",
}

COPA = Dataset(
    name="copa",
    shape="choice",
    hub=(
        Hub(
            repo="aps/super_glue",
            config="copa",
            revision="3de24cf8022e94f4ee4b9d55a6f539891524d646",
            columns=COLUMNS,
            rows={("train", "en"): 400, ("validation", "en"): 100},
        ),
    ),
    mirror=Mirror(folder="xcopa", columns=COLUMNS),
)

TASK = english_choice(
    COPA,
    title="COPA: choice of plausible alternatives",
    options=2,
    defaults=SETTINGS,
    licence="BSD 2-clause",
    citation="Roemmele et al. 2011, Choice of Plausible Alternatives, AAAI Spring Symposium",
)
