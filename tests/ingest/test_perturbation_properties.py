"""What holds for every perturbation on any text."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.example import Kind, Retrieval, Span, Tags
from ingest.fields import FIELDS
from ingest.one_text import perturb_text
from ingest.perturbation import Perturbed, perturb
from ingest.text.protect import protected_ranges
from tests.ingest.any_text import (
    ADDING,
    COMPANY,
    KEPT,
    NAMES,
    UNNESTED,
    WORDS,
    cells,
    is_bio,
    language,
    load,
    names,
    strings,
    text,
)

severity = st.integers(1, 5)
INEXACT = {
    *UNNESTED,  # counts, not rates
    "clean",
    "real_noise",
    "char_swap",  # a pair is two units, and pairs may run out
    "word_swap",
    "char_delete",  # one letter of every word stays
    "unicode_nfd",  # all or nothing
}


def test_the_catalogue_was_found() -> None:
    assert len(NAMES) >= 32
    assert [load(name).name for name in NAMES] == NAMES


def _check(before: list, done: Perturbed, name: str) -> None:
    for old, new, changed, edits, eligible in zip(
        before, done.examples, done.changed, done.edits, done.eligible, strict=True
    ):
        assert (type(new), new.id) == (type(old), old.id)
        assert changed == (new != old)
        assert 0 <= edits <= eligible or done.not_applicable
        assert edits > 0 or not changed
        if isinstance(old, Span):
            assert [answer.text for answer in new.answers] == [answer.text for answer in old.answers]
            for answer in new.answers:
                assert new.context[answer.start : answer.start + len(answer.text)] == answer.text
        if isinstance(old, Tags):
            assert len(new.tokens) == len(new.tags)
            assert is_bio(new.tags)
        was, now = "\n".join(strings(old)), "\n".join(strings(new))
        assert all(now.count(kept) >= was.count(kept) for kept in KEPT)
        if name not in ADDING:
            assert re.findall("[0-9]", now) == re.findall("[0-9]", was)


@pytest.mark.parametrize("kind", FIELDS)
@given(data=st.data(), name=names, language=language, severity=severity, seed=st.integers(0, 9))
def test_labels_stay_right(
    kind: Kind, data: st.DataObject, name: str, language: str, severity: int, seed: int
) -> None:
    cell = data.draw(cells(kind))
    fields = ("question", "context") if kind == "span" else None
    done = perturb(cell, load(name), severity=severity, language=language, seed=seed, fields=fields)
    _check(cell, done, name)


@given(
    texts=st.lists(text, min_size=1, max_size=6),
    name=names.filter(lambda n: n not in COMPANY),
    language=language,
)
def test_order_and_company_do_not_matter(texts: list[str], name: str, language: str) -> None:
    cell = [Retrieval(id=str(at), query=each, positives=()) for at, each in enumerate(texts)]
    forward = perturb(cell, load(name), severity=3, language=language, seed=1)
    backward = perturb(cell[::-1], load(name), severity=3, language=language, seed=1)
    assert forward.examples == backward.examples[::-1]
    alone = perturb(cell[:1], load(name), severity=3, language=language, seed=1)
    by_cell = load(name).parts  # whether a part of a composed one applies is decided on the whole cell
    if not by_cell and not forward.not_applicable and not alone.not_applicable:
        assert alone.examples == forward.examples[:1]


@given(text=text, name=names.filter(lambda n: n not in UNNESTED), language=language)
def test_severities_are_nested(text: str, name: str, language: str) -> None:
    found = load(name)
    assert perturb_text(text, found, severity=0, language=language, seed=1).text == text
    before: set[object] = set()
    count = 0
    for level in range(1, 6):
        done = perturb_text(text, found, severity=level, language=language, seed=1)
        if done.not_applicable:
            return
        assert done.edits >= max(count, 1) or name == "clean"
        touched = {at for edit in done.map.edits for at in range(edit.old_start, edit.old_end)}
        inserted = {
            (edit.old_start, done.text[edit.new_start : edit.new_end])
            for edit in done.map.edits
            if edit.old_start == edit.old_end
        }
        assert before <= touched | inserted
        before, count = touched | inserted, done.edits


@given(text=text, name=names, language=language, severity=severity)
def test_the_edit_map_leads_from_the_old_text_to_the_new(
    text: str, name: str, language: str, severity: int
) -> None:
    done = perturb_text(text, load(name), severity=severity, language=language, seed=3)
    at, rebuilt = 0, ""
    for edit in done.map.edits:
        rebuilt += text[at : edit.old_start]
        assert edit.new_start == len(rebuilt)
        rebuilt += done.text[edit.new_start : edit.new_end]
        at = edit.old_end
    assert rebuilt + text[at:] == done.text


@given(text=text, name=names.filter(lambda n: n not in INEXACT), language=language, severity=severity)
def test_the_rate_is_exact(text: str, name: str, language: str, severity: int) -> None:
    found = load(name)
    done = perturb_text(text, found, severity=severity, language=language, seed=2)
    if not done.not_applicable:
        assert done.edits == max(1, round(found.levels[severity - 1] * done.eligible))


@pytest.mark.parametrize("part", ["http://", "www.", "ftp://a.b/?"])
def test_addresses_in_a_row_are_one_stretch(part: str) -> None:
    # One stretch for each would take the square of the length.
    assert protected_ranges(f"x {part * 1000} y") == [(2, 2 + 1000 * len(part))]


@pytest.mark.parametrize("name", NAMES)
def test_a_text_of_a_hundred_thousand_characters(name: str) -> None:
    line = " ".join(WORDS) + "\n"
    long = (line * (100_000 // len(line) + 1))[:100_000]
    done = perturb(
        [Retrieval(id="1", query=long, positives=()), Retrieval(id="2", query="", positives=())],
        load(name),
        severity=5,
        language="hi",
        seed=0,
    )
    assert not done.changed[1]
    if done.not_applicable is None and name != "clean":
        assert done.changed[0]
        assert 0 < done.edits[0] <= done.eligible[0]
