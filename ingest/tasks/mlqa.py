"""MLQA: extractive question answering in 7 languages, question and context in the same one.

Zero-shot from SQuAD v1.1. Partly parallel: a question that two languages share has the same id. The
mirror has the development set only.
"""

from ingest.dataset import Dataset, Hub, Mirror
from ingest.reading import spans
from ingest.task import Task
from ingest.tasks.squad_v1 import DEFAULTS, FLAT, NESTED

LANGUAGES = ("en", "es", "de", "ar", "hi", "vi", "zh")
VALIDATION = {"en": 1_148, "es": 500, "de": 512, "ar": 517, "hi": 507, "vi": 511, "zh": 504}
TEST = {"en": 11_590, "es": 5_253, "de": 4_517, "ar": 5_335, "hi": 4_918, "vi": 5_495, "zh": 5_137}

MLQA = Dataset(
    name="mlqa",
    shape="span",
    hub=(
        Hub(
            repo="google/xtreme",
            config="MLQA.{code}.{code}",
            columns=NESTED,
            rows={
                **{("validation", code): size for code, size in VALIDATION.items()},
                **{("test", code): size for code, size in TEST.items()},
            },
        ),
    ),
    mirror=Mirror(folder="mlqa", files="{split}/{code}_{code}.parquet", columns=FLAT),
)

TASK = Task(
    name="mlqa",
    kind="span",
    title="MLQA: extractive question answering",
    metrics=("mlqa_f1", "mlqa_exact_match"),
    splits={"validation": LANGUAGES, "test": LANGUAGES},
    trained_on=("squad_v1",),
    overlap=("squad_v1", "squad_v2"),
    data={"validation": (MLQA,), "test": (MLQA,)},
    defaults=DEFAULTS,
    licence="CC BY-SA 3.0",
    citation="Lewis et al. 2020, MLQA: Evaluating Cross-lingual Extractive Question Answering, ACL",
    parallel=True,
    read=spans(MLQA),
)
