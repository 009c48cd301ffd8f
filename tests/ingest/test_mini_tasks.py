"""The built-in tasks: disjoint splits, balance, right answers, the same meaning in every language."""

from collections import Counter
from collections.abc import Iterator

import pytest

from ingest.catalog import task, task_names
from ingest.example import Choice, Pair, Retrieval, Span, Tags
from ingest.mini import MiniSource, choice, corpus, nli, paraphrase, reading, retrieval, tagging
from ingest.mini.concepts import SPLITS, Split
from ingest.mini.corpus import content
from ingest.mini.facts import frames
from ingest.mini.grammar import Clause
from ingest.mini.languages import LANGUAGES

TASKS = [name for name in task_names() if name.startswith("mini_")]
SOURCE = MiniSource()


def clauses(split: Split) -> Iterator[tuple[str, str, Clause]]:
    """Task, frame and clauses of every example of a split."""
    for one in nli.items(split):
        yield from (("nli", one.frame, clause) for clause in (one.premise, one.hypothesis))
    for pair in paraphrase.items(split):
        yield from (("paraphrase", pair.frame, clause) for clause in (pair.first, pair.second))
    for question in choice.items(split):
        yield from (("choice", question.frame, clause) for clause in (question.premise, *question.options))
    for named in (True, False):
        for sentence in tagging.items(split, named=named):
            yield from (("tagging", sentence.frame, clause) for clause, _ in sentence.clauses)
    for read in reading.items(split):
        yield from (("reading", read.frame, clause) for clause in read.clauses)
    for found in retrieval.items(split):
        yield "retrieval", found.frame, found.clause


def test_there_are_seven_tasks_of_all_kinds() -> None:
    assert len(TASKS) == 7
    assert {task(name).kind for name in TASKS} == {"pair", "choice", "tags", "span", "retrieval"}
    assert all(task(name).synthetic and "synthetic" in task(name).title for name in TASKS)


@pytest.mark.parametrize("split", SPLITS)
def test_a_split_uses_its_own_lexicon_rows_and_frames_only(split: Split) -> None:
    own = {frame.name for frame in frames(split)}
    seen = set()
    for name, frame, clause in clauses(split):
        seen.add(name)
        assert frame in own
        assert {row.split for row in content(clause)} == {split}
    assert len(seen) == 6


def test_frames_of_the_splits_are_disjoint_and_cover_all() -> None:
    parts = [set(frames(split)) for split in SPLITS]
    assert sum(map(len, parts)) == len(set().union(*parts)) == len(frames()) == 360
    assert min(map(len, parts)) >= 40


def test_no_sentence_of_dev_and_test_is_seen_in_pretraining() -> None:
    held = {clause for split in SPLITS[1:] for _, _, clause in clauses(split)}
    for index in range(3000):
        for sentence in corpus.document(0, index):
            for clause, _ in sentence.clauses:
                assert clause not in held
                assert {row.split for row in content(clause)} not in ({"dev"}, {"test"})


def test_pretraining_meets_every_lexicon_row() -> None:
    met = {
        row.name
        for index in range(3000)
        for sentence in corpus.document(0, index)
        for clause, _ in sentence.clauses
        for row in content(clause)
    }
    from ingest.mini.concepts import FUNCTION, concepts

    assert met == set(concepts()) - set(FUNCTION)


@pytest.mark.parametrize(("name", "classes"), [("mini_nli", 3), ("mini_para", 2), ("mini_copa", 2)])
def test_labels_are_balanced(name: str, classes: int) -> None:
    for split in SPLITS:
        labels = Counter(
            one.label for one in task(name).read(SOURCE, split, "en") if isinstance(one, Pair | Choice)
        )
        assert len(labels) == classes
        assert max(labels.values()) - min(labels.values()) <= 1


def test_negation_gives_no_label_away() -> None:
    negated = Counter(item.label for item in nli.items("train") if item.hypothesis.negated)
    assert all(negated[label] >= 100 for label in range(3))


def test_a_hypothesis_never_repeats_its_premise() -> None:
    for one in task("mini_nli").read(SOURCE, "test", "en"):
        assert isinstance(one, Pair)
        assert one.first != one.second


def test_paraphrases_share_words_and_differ_in_form() -> None:
    for one in task("mini_para").read(SOURCE, "test", "en"):
        assert isinstance(one, Pair)
        assert one.first != one.second
        assert len(set(one.first.lower().split()) & set(one.second.lower().split())) >= 2


def test_the_right_option_follows_from_the_premise() -> None:
    known = choice.pairs("test")
    for item in choice.items("test"):
        right, wrong = item.options if item.label == 0 else item.options[::-1]
        event, effect = (item.premise, right) if item.question == "result" else (right, item.premise)
        assert (event.predicate.name, effect.predicate.name) in known
        assert effect.subject == event.object
        assert wrong != right


@pytest.mark.parametrize("code", LANGUAGES)
def test_answers_stand_where_they_are_said_to(code: str) -> None:
    for one in task("mini_qa").read(SOURCE, "test", code):
        assert isinstance(one, Span)
        (answer,) = one.answers
        assert answer.text
        assert one.context[answer.start : answer.start + len(answer.text)] == answer.text


@pytest.mark.parametrize("name", ["mini_pos", "mini_ner"])
def test_every_word_has_a_known_tag(name: str) -> None:
    one = task(name)
    for code in LANGUAGES:
        for sentence in one.read(SOURCE, "test", code):
            assert isinstance(sentence, Tags)
            assert len(sentence.tokens) == len(sentence.tags)
            assert set(sentence.tags) <= set(one.labels)


def test_entities_are_valid_and_in_every_sentence() -> None:
    for code in LANGUAGES:
        for sentence in task("mini_ner").read(SOURCE, "test", code):
            assert isinstance(sentence, Tags)
            assert any(tag.startswith("B-") for tag in sentence.tags)
            for before, tag in zip(("O", *sentence.tags), sentence.tags, strict=False):
                assert not tag.startswith("I-") or before[2:] == tag[2:]


def test_each_query_has_one_positive_in_a_pool_without_doubles() -> None:
    one = task("mini_retrieval")
    assert one.pool is not None
    pool = one.pool(SOURCE, "test", "qda")
    assert len({candidate.text for candidate in pool}) == len(pool) == 240
    ids = {candidate.id for candidate in pool}
    queries = one.read(SOURCE, "test", "qda")
    assert all(isinstance(query, Retrieval) and set(query.positives) <= ids for query in queries)


@pytest.mark.parametrize("name", TASKS)
def test_languages_are_parallel(name: str) -> None:
    one = task(name)
    first, *others = one.splits["test"]
    ids = [example.id for example in one.read(SOURCE, "test", first)]
    assert len(set(ids)) == len(ids) == one.generated["test"] == 240
    for code in others:
        assert [example.id for example in one.read(SOURCE, "test", code)] == ids


def test_sizes() -> None:
    sizes = {split: len(task("mini_nli").read(SOURCE, split, "en")) for split in SPLITS}
    assert sizes == task("mini_nli").generated == {"train": 3000, "dev": 240, "test": 240}
