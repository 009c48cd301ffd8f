"""LAReQA (XQuAD-R): find the sentences that answer a question, among those of all languages at once.

A question has one answer sentence in each language, and the pool is the sentences of all languages
together, so the right answers of a question are as many as the languages the source holds (11; a mirror
without Greek has 10, and its scores are not comparable). Parallel: ids are XQuAD's.

As in XTREME-R a candidate's text is its sentence followed by its paragraph, which is put together from its
sentences (equal to XQuAD's but for blanks at the end; 5 % of the Chinese ones lack a "•"). ``train`` and
``validation`` are made from SQuAD v1.1 in the same way, with sentences cut by a rule of our own: against
LAReQA's English ones its F1 is .948.

The hub's conversion lacks the sentence boundaries, so a mirror is needed.
"""

import hashlib
import re
from itertools import pairwise

import polars as pl

from ingest.dataset import Dataset, Mirror
from ingest.example import Candidate, Retrieval, Span
from ingest.reading import candidates, queries
from ingest.source import Source
from ingest.task import Hyperparameters, Task
from ingest.tasks import squad_v1

LANGUAGES = ("ar", "de", "el", "en", "es", "hi", "ru", "th", "tr", "vi", "zh")
POOL_SIZES = {
    "ar": 1_222, "de": 1_276, "el": 1_234, "en": 1_180, "es": 1_215, "hi": 1_244, "ru": 1_219, "th": 852,
    "tr": 1_167, "vi": 1_209, "zh": 1_196,
}  # fmt: skip
OBTAIN = "use a mirror that has lareqa/test/<language>_questions.parquet and <language>_candidates.parquet"

LANGUAGE = pl.col("file").str.extract(r"^([^_]+)_")
NAME = pl.format("{}:{}", LANGUAGE, "candidate_id")
GAP = (pl.col("start") - pl.col("end").shift(1)).over("context_id").fill_null(0).clip(0)
PIECE = pl.concat_str(pl.lit(" ").repeat_by(GAP).list.join(""), pl.col("sentence"))
PARAGRAPH = PIECE.str.join("").over("context_id")

QUESTIONS = Dataset(
    name="lareqa",
    shape="retrieval",
    mirror=Mirror(
        folder="lareqa",
        files="{split}/{code}_questions.parquet",
        columns={"id": "id", "query": "question", "positives": pl.concat_list(NAME)},
        rows={("test", code): 1_190 for code in LANGUAGES},
    ),
    obtain=OBTAIN,
)
CANDIDATES = Dataset(
    name="lareqa_pool",
    shape="pool",
    mirror=Mirror(
        folder="lareqa",
        files="{split}/{code}_candidates.parquet",
        columns={
            "id": NAME,
            # google-research/xtreme@838c13b third_party/processors/lareqa.py
            "text": pl.concat_str("sentence", PARAGRAPH).str.replace_all("\n", "", literal=True),
        },
        rows={("test", code): size for code, size in POOL_SIZES.items()},
    ),
    obtain=OBTAIN,
)


def read(source: Source, split: str, language: str) -> list[Retrieval]:
    """Questions of a language with their answer sentences in every language that the source holds."""
    if split != "test":
        return [_question(example) for example in squad_v1.read(source, split, language)]
    answers: dict[str, list[str]] = {}
    for code in TASK.available(source, split):
        for item in queries(QUESTIONS)(source, split, code):
            answers.setdefault(item.id, []).extend(item.positives)
    return [
        Retrieval(id=item.id, query=item.query, positives=tuple(answers[item.id]))
        for item in queries(QUESTIONS)(source, split, language)
    ]


def pool(source: Source, split: str, language: str) -> list[Candidate]:
    """The sentences of all languages that the source holds; the same for every language of ``test``."""
    if split == "test":
        codes = TASK.available(source, split)
        return [item for code in codes for item in candidates(CANDIDATES)(source, split, code)]
    contexts = {example.context: None for example in squad_v1.read(source, split, language)}
    return [
        Candidate(id=_name(context, start), text=f"{context[start:end]}{context}".replace("\n", ""))
        for context in contexts
        for start, end in sentences(context)
    ]


def sentences(text: str) -> list[tuple[int, int]]:
    """Ranges of an English text's sentences: cut after ., ! or ? before blank and capital, digit or quote."""
    cuts = [match.end() for match in re.finditer(r"""[.!?]["')\]]*\s+(?=["'(\[]*[A-Z0-9])""", text)]
    bounds = [0, *cuts, len(text)]
    return [
        (start, start + len(text[start:end].rstrip()))
        for start, end in pairwise(bounds)
        if text[start:end].strip()
    ]


def _question(example: Span) -> Retrieval:
    at = example.answers[0].start
    start = max((start for start, _ in sentences(example.context) if start <= at), default=0)
    return Retrieval(id=example.id, query=example.question, positives=(_name(example.context, start),))


def _name(context: str, start: int) -> str:
    return f"{hashlib.blake2b(context.encode(), digest_size=6).hexdigest()}:{start}"


TASK = Task(
    name="lareqa",
    kind="retrieval",
    title="LAReQA: answer retrieval from a multilingual pool",
    metrics=("map_at_20",),
    splits={"train": ("en",), "validation": ("en",), "test": LANGUAGES},
    trained_on=("lareqa",),
    overlap=("squad_v1", "squad_v2"),
    data={
        "train": (squad_v1.SQUAD,),
        "validation": (squad_v1.SQUAD,),
        "test": (QUESTIONS, CANDIDATES),
    },
    defaults=Hyperparameters(
        learning_rate=2e-5,
        epochs=3,
        batch_size=16,
        max_length=256,
        query_length=96,
        source="google-research/xtreme@838c13b scripts/train_lareqa.sh",
    ),
    licence="CC BY-SA 4.0",
    citation="Roy et al. 2020, LAReQA: Language-agnostic Answer Retrieval from a Multilingual Pool, EMNLP",
    read=read,
    pool=pool,
)
