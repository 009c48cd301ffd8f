"""Every task against the mirror of real benchmark data: sizes, labels, pairing, the known traps."""

from collections import Counter
from functools import cache
from pathlib import Path

import polars as pl
import pytest

from ingest import catalog
from ingest.errors import MissingData
from ingest.example import Choice, Pair, Retrieval, Span, Tags
from ingest.source import Source, open_source
from ingest.task import take

pytestmark = pytest.mark.real_data

# What the mirror's own description states: task, split, languages, examples of one (the first in our order).
FACTS = [
    ("xnli", "validation", 13, 2_490),
    ("xnli", "test", 13, 5_010),
    ("mnli", "train", 1, 9_071),
    ("mnli", "validation", 1, 1_000),
    ("copa", "train", 1, 400),
    ("copa", "validation", 1, 100),
    ("xcopa", "validation", 9, 100),
    ("xcopa", "test", 9, 500),
    ("siqa", "train", 1, 20_000),
    ("siqa", "validation", 1, 1_954),
    ("squad_v1", "train", 1, 20_000),
    ("squad_v1", "validation", 1, 10_570 - 1_190),
    ("squad_v1", "test", 1, 10_570),
    ("squad_v2", "validation", 1, 11_873 - 1_699),
    ("squad_v2", "test", 1, 11_873),
    ("xquad", "test", 10, 1_190),
    ("mlqa", "validation", 7, 1_148),
    ("tydiqa", "train", 1, 2_696),
    ("tydiqa", "validation", 1, 500),
    ("tydiqa", "test", 3, 500),
    ("udpos", "train", 1, 12_544),
    ("udpos", "validation", 26, 194),
    ("udpos", "test", 34, 425),
    ("pud", "test", 17, 1_000),
    ("ud_supertag", "train", 1, 12_544),
    ("panx", "train", 1, 20_000),
    ("panx", "validation", 37, 1_000),
    ("panx", "test", 41, 1_000),
    ("pawsx", "validation", 7, 2_000 - 68),
    ("pawsx", "test", 7, 1_994 - 26),
    ("tatoeba", "test", 38, 1_000),
    ("lareqa", "test", 10, 1_190),
    ("anli_plus", "validation", 1, 3_198),
    ("hellaswag", "train", 1, 8_042),
    ("hellaswag", "validation", 1, 1_000),
    ("cosmosqa", "train", 1, 2_485),
    ("cosmosqa", "validation", 1, 500),
    ("commonsenseqa", "validation", 1, 1_221),
    ("xnli_real_noise", "test", 6, 658),
    ("panx_real_noise", "test", 5, 7_922 - 32),
    ("disfl_qa", "train", 1, 7_181),
    ("disfl_qa", "validation", 1, 1_000),
    ("disfl_qa", "test", 1, 3_643),
]


@cache
def source_of(mirror: Path) -> Source:
    return open_source(mirror)


@pytest.fixture
def source(mirror: Path) -> Source:
    return source_of(mirror)


@pytest.mark.parametrize(("name", "split", "languages", "size"), FACTS, ids=lambda value: str(value))
def test_sizes_are_those_the_mirror_states(
    source: Source, name: str, split: str, languages: int, size: int
) -> None:
    task = catalog.task(name)
    there = task.available(source, split)
    assert len(there) == languages
    examples = task.read(source, split, there[0])
    assert len(examples) == size
    assert len({example.id for example in examples}) == size


def test_every_split_of_every_task_is_among_the_facts_or_missing(source: Source) -> None:
    known = {(name, split) for name, split, _, _ in FACTS}
    for name in catalog.task_names():
        task = catalog.task(name)
        if not task.synthetic:
            there = {(name, split) for split in task.splits if task.available(source, split)}
            made_from_squad = {("lareqa", "train"), ("lareqa", "validation")}
            cut_from_treebanks = {("ud_supertag", "validation"), ("ud_supertag", "test")}
            assert there - made_from_squad - cut_from_treebanks <= known


@pytest.mark.parametrize("training", [False, pytest.param(True, marks=pytest.mark.slow)])
@pytest.mark.parametrize("name", [n for n in catalog.task_names() if not n.startswith("mini_")])
def test_one_language_of_each_split_reads_whole(source: Source, name: str, training: bool) -> None:
    """Parsing checks labels, tags and offsets; here that each label occurs, and that texts are there."""
    task = catalog.task(name)
    kinds = {"pair": Pair, "choice": Choice, "tags": Tags, "span": Span, "retrieval": Retrieval}
    for split in [split for split in task.splits if (split == "train") == training]:
        for language in task.available(source, split)[-1:]:
            examples = task.read(source, split, language)
            assert all(isinstance(example, kinds[task.kind]) for example in examples)
            if isinstance(examples[0], Pair):
                assert {e.label for e in examples if isinstance(e, Pair)} == set(range(len(task.labels)))
            if isinstance(examples[0], Choice):
                options = {len(e.options) for e in examples if isinstance(e, Choice)}
                assert len(options) == 1
                assert {e.label for e in examples if isinstance(e, Choice)} == set(range(options.pop()))


@pytest.mark.parametrize(
    ("name", "split", "one", "two"),
    [
        ("xnli", "test", "de", "sw"),
        ("xquad", "test", "en", "th"),
        ("xcopa", "test", "sw", "zh"),
        ("pud", "test", "de", "th"),
        ("lareqa", "test", "ar", "zh"),
    ],
)
def test_parallel_benchmarks_pair_by_id(source: Source, name: str, split: str, one: str, two: str) -> None:
    task = catalog.task(name)
    first, second = (task.read(source, split, code) for code in (one, two))
    assert {example.id for example in first} == {example.id for example in second}
    sample = [{example.id for example in take(examples, 50)} for examples in (first, second)]
    assert sample[0] == sample[1]


def test_xnli_labels_agree_across_languages(source: Source) -> None:
    task = catalog.task("xnli")
    labels = [
        [e.label for e in task.read(source, "test", code) if isinstance(e, Pair)] for code in ("en", "th")
    ]
    assert labels[0] == labels[1]
    assert Counter(labels[0]) == {0: 1_670, 1: 1_670, 2: 1_670}  # balanced, as the paper says


def test_xcopa_asks_as_xtreme_r_does(source: Source) -> None:
    def questions(language: str) -> Counter[str]:
        examples = catalog.task("xcopa").read(source, "test", language)
        return Counter(e.question for e in examples if isinstance(e, Choice))

    assert questions("zh") == {"What was the cause?": 250, "What was the effect?": 250}
    assert questions("th") == {"What was the effect?": 500}  # so in the release


def test_squad_is_validated_on_paragraphs_that_xquad_does_not_translate(source: Source, mirror: Path) -> None:
    for name in ("squad_v1", "squad_v2"):
        raw = pl.read_parquet(mirror / name / "validation" / "en.parquet")
        flagged = set(raw.filter("in_xquad")["id"])
        task = catalog.task(name)
        validation, test = (
            {example.id for example in task.read(source, split, "en")} for split in ("validation", "test")
        )
        assert test - validation == flagged


def test_squad_v2_has_unanswerable_questions(source: Source) -> None:
    examples = catalog.task("squad_v2").read(source, "test", "en")
    assert sum(not e.answers for e in examples if isinstance(e, Span)) == 5_945


def test_pawsx_leaves_out_what_was_not_translated(source: Source, mirror: Path) -> None:
    for code in ("de", "ko"):
        raw = pl.read_parquet(mirror / "pawsx" / "validation" / f"{code}.parquet")
        read = {example.id for example in catalog.task("pawsx").read(source, "validation", code)}
        assert read == set(raw.filter(~pl.col("untranslated"))["id"])


def test_pos_words_are_written_as_xtreme_writes_them(source: Source) -> None:
    for code in ("fa", "vi"):
        words = [
            word
            for e in catalog.task("udpos").read(source, "test", code)
            if isinstance(e, Tags)
            for word in e.tokens
        ]
        assert not any("\u200c" in word or " " in word or not word for word in words)


def test_a_language_of_udpos_is_all_its_treebanks(source: Source) -> None:
    names = Counter(example.id.split("/")[0] for example in catalog.task("udpos").read(source, "test", "de"))
    assert names == {"de_gsd": 977, "de_pud": 1_000}


def test_tatoeba_has_one_right_sentence_in_the_pool_of_its_language(source: Source) -> None:
    task = catalog.task("tatoeba")
    assert task.pool is not None
    pool = {item.id: item.text for item in task.pool(source, "test", "jv")}
    examples = task.read(source, "test", "jv")
    assert len(pool) == len(examples) == 205
    first = examples[0]
    assert isinstance(first, Retrieval)
    assert first.query == "Tom karo Mary padha bengok-bengokan."
    assert [pool[item] for item in first.positives] == ["Tom and Mary yelled at each other."]


def test_lareqa_has_one_answer_in_each_language_of_the_pool(source: Source) -> None:
    task = catalog.task("lareqa")
    assert task.pool is not None
    pool = {item.id for item in task.pool(source, "test", "de")}
    assert len(pool) == 11_780  # 13,014 of the release less 1,234 Greek ones
    for example in task.read(source, "test", "de"):
        assert isinstance(example, Retrieval)
        assert len({item.split(":")[0] for item in example.positives}) == len(example.positives) == 10
        assert set(example.positives) <= pool


def test_what_the_mirror_lacks_is_said(source: Source) -> None:
    with pytest.raises(MissingData, match=r"xnli/test/bg\.parquet"):
        catalog.task("xnli").read(source, "test", "bg")
    with pytest.raises(MissingData, match=r"bucc2018\.de|training-gold"):
        catalog.task("bucc2018").read(source, "test", "de")


def test_characters_that_were_lost_before_stay_as_they_are(source: Source, mirror: Path) -> None:
    """U+FFFD in a source text is neither repaired nor refused."""
    raw = pl.read_parquet(mirror / "tatoeba" / "test" / "deu.parquet")
    read = [e.query for e in catalog.task("tatoeba").read(source, "test", "de") if isinstance(e, Retrieval)]
    assert read == raw["sentence"].to_list()
