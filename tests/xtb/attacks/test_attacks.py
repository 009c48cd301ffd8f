"""The attacks one by one on small models: what each writes, and that it keeps its word."""

from collections.abc import Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ingest import catalog as ingest_catalog
from ingest.example import Pair, Span
from ingest.task import take
from tests.xtb.adversarial.battle import (
    constant,
    fight,
    masked_model,
    right_examples,
    scene_for,
    victim_for,
)
from tests.xtb.conftest import SHAPE
from tests.xtb.tiny import make_xlmr
from tests.xtb.toys import PAIRS
from tests.xtb.workshop import mini, place_in
from warehouse.errors import UsageError
from xtb.adversarial.attack import Attack, Reply
from xtb.adversarial.catalog import attack, attack_names, settings_of
from xtb.adversarial.fixed_mlm import FixedMLM
from xtb.adversarial.order import Order, assaults
from xtb.adversarial.parallel import written
from xtb.adversarial.search import Found
from xtb.adversarial.stored import rows
from xtb.adversarial.victim import Victim
from xtb.attacks.bumblebee import _learned
from xtb.attacks.imperceptible import INVISIBLE
from xtb.attacks.universal_trigger import prepare
from xtb.encoder import Encoder, load_encoder
from xtb.model import build_model


def test_every_attack_is_listed_under_the_name_of_its_file() -> None:
    assert len(attack_names()) == 10
    for name in attack_names():
        found = attack(name)
        assert found.name == name
        assert found.definition.endswith(".")
        assert settings_of(found, {}) == {
            name: value for name, value in found.settings.items() if value not in ("", False)
        }


def on_mini(
    encoder: Encoder, task: str, language: str, limit: int = 12, *, as_said: bool = True
) -> tuple[Victim, list[Any]]:
    """A random model on a task of the built-in benchmark; pairs get the label it gives them."""
    chosen = ingest_catalog.task(task)
    victim = Victim(build_model(encoder, chosen, seed=3), chosen, language)
    examples: list[Any] = take(chosen.read(mini(), "test", language), limit)
    if as_said and chosen.kind == "pair":
        said = [chosen.labels.index(seen.outcome.prediction) for seen in victim.see(examples)]
        examples = [replace(one, label=label) for one, label in zip(examples, said, strict=True)]
    return victim, examples


def texts(found: Found) -> list[tuple[str, str]]:
    """The texts of a pair before and after."""
    after = found.adversarial
    assert isinstance(found.example, Pair)
    assert isinstance(after, Pair)
    return [(found.example.first, after.first), (found.example.second, after.second)]


def attacked(found: list[Found]) -> list[Found]:
    some = [one for one in found if one.adversarial is not None]
    assert some
    return some


def test_worst_of_k_scores_k_draws_and_the_same_ones_each_time(encoder: Encoder) -> None:
    victim = victim_for(encoder, "pair")
    constant(victim, 0)
    right = [replace(pair, label=0) for pair in PAIRS[:4]]
    found = fight(victim, "worst_of_k", right)
    assert [one.queries for one in found] == [10] * 4
    assert [one.adversarial for one in found] == [
        one.adversarial for one in fight(victim, "worst_of_k", right)
    ]


def test_imperceptible_adds_only_what_is_not_seen(encoder: Encoder) -> None:
    victim = victim_for(encoder, "pair")
    examples = right_examples(victim, "pair")[:6]
    given = {"families": "invisible", "population": 8, "iterations": 2}
    for one in attacked(fight(victim, "imperceptible", examples, settings=given)):
        for before, after in texts(one):
            assert "".join(char for char in after if char not in INVISIBLE) == before
        added = sum(len(after) - len(before) for before, after in texts(one))
        assert 1 <= added <= 5


def test_a_deletion_shows_as_the_text_it_was(encoder: Encoder) -> None:
    victim = victim_for(encoder, "pair")
    given = {"families": "deletion", "population": 6, "iterations": 1}
    for one in attacked(fight(victim, "imperceptible", right_examples(victim, "pair")[:4], settings=given)):
        for before, after in texts(one):
            shown: list[str] = []
            pieces = after.split("\b")
            for at, piece in enumerate(pieces):
                shown.append(piece)
                if at + 1 < len(pieces):
                    from xtb.adversarial.distance import clusters

                    shown = ["".join(clusters("".join(shown))[:-1])]
            assert "".join(shown) == before


def test_polygloss_mixes_in_words_of_the_lexicon_that_the_reference_has(encoder: Encoder) -> None:
    victim, examples = on_mini(encoder, "mini_nli", "qle")
    english = {one.id: one for one in victim.task.read(mini(), "test", "en")}
    more = {"settings": {"embed": "en"}, "source": mini()}
    for one in attacked(fight(victim, "polygloss", examples, **more)):
        twin = english[one.example.id]
        reference = f"{twin.first} {twin.second}".lower()
        for before, after in texts(one):
            old, new = before.split(), after.split()
            assert len(old) == len(new)
            changed = [b for a, b in zip(old, new, strict=True) if a != b]
            assert all(word.strip(".,?").lower() in reference for word in changed)


def test_bumblebee_takes_phrases_out_of_the_translation(encoder: Encoder) -> None:
    victim, examples = on_mini(encoder, "mini_nli", "qle", 40)
    english = {one.id: one for one in victim.task.read(mini(), "test", "en")}
    found = fight(victim, "bumblebee", examples, settings={"embed": "en"}, source=mini())
    for one in attacked(found):
        twin: Any = english[one.example.id]
        words = {
            *one.example.first.split(),
            *one.example.second.split(),
            *twin.first.split(),
            *twin.second.split(),
        }
        assert all(set(after.split()) <= words for _, after in texts(one))
        assert any(before != after for before, after in texts(one))


def test_bumblebee_mixes_in_what_a_translator_makes_of_english(encoder: Encoder) -> None:
    victim, examples = on_mini(encoder, "mini_nli", "en", 6)
    asked: list[str] = []

    def translate(texts: Sequence[str], language: str) -> list[str | None]:
        asked.append(language)
        return [" ".join(f"{language}{word[::-1]}" for word in text.split()) for text in texts]

    more: dict[str, Any] = {"source": mini(), "translate": translate}
    found = fight(victim, "bumblebee", examples, settings={"embed": "qlb,qle"}, **more)
    for one in attacked(found):
        for before, after in texts(one):
            for old, new in zip(before.split(), after.split(), strict=True):
                assert new in (old, f"qlb{old[::-1]}", f"qle{old[::-1]}")
    assert asked == ["qlb", "qle"]  # each text once, though every search asks
    chosen = attack("bumblebee")
    assert isinstance(chosen, Attack)
    # Words are aligned on what is translated, whatever sample of the split that is.
    sampled = {one.id for one in examples}
    rest: list[Any] = [one for one in victim.task.read(mini(), "test", "en") if one.id not in sampled][:6]
    scene = scene_for(victim, chosen, rest, settings={"embed": "qlb", "align": 6}, **more)
    forward, _ = _learned(scene, "qlb")
    words = {word.casefold() for one in rest for word in f"{one.first} {one.second}".split()}
    assert {word.strip(".,?") for word in words} <= {word.strip(".,?") for word in forward}
    for code, given, says in (("en", {}, "--set embed"), ("qle", {"embed": "en"}, "translate English")):
        other, those = on_mini(encoder, "mini_nli", code, 2)
        assert says in (chosen.lacks(scene_for(other, chosen, those, settings=given, **more)) or "")


@pytest.mark.parametrize(
    ("stretch", "latin"),
    [
        ("старый дом", "staryy dom"),
        ("घर, 12 b", "ghar, 12 b"),
        ("北京。", "bei jing。"),
        ("Ölweg", "Ölweg"),
    ],
)
def test_what_is_mixed_in_can_be_transliterated(encoder: Encoder, stretch: str, latin: str) -> None:
    victim = victim_for(encoder, "pair")
    chosen = attack("polygloss")
    assert isinstance(chosen, Attack)
    assert written(scene_for(victim, chosen, PAIRS), stretch) == stretch
    assert written(scene_for(victim, chosen, PAIRS, settings={"transliterate": True}), stretch) == latin


def test_polygloss_writes_its_words_in_latin_letters_where_asked(encoder: Encoder) -> None:
    victim = victim_for(encoder, "pair")
    constant(victim, 0)
    examples = [replace(PAIRS[0], first="old boats", label=0)]
    more: dict[str, Any] = {"memo": {"lexicon": {"boats": ("лодки",)}}, "fields": ("first",)}
    for given, said in ((False, "old лодки"), (True, "old lodki")):
        (one,) = fight(victim, "polygloss", examples, settings={"transliterate": given}, **more)
        assert texts(one)[0] == ("old boats", said)


def test_bumblebee_does_not_apply_without_parallel_texts(encoder: Encoder) -> None:
    victim = victim_for(encoder, "pair")
    chosen = attack("bumblebee")
    assert isinstance(chosen, Attack)
    assert "not parallel" in (chosen.lacks(scene_for(victim, chosen, PAIRS)) or "")


def test_addsent_adds_a_sentence_and_keeps_answers_where_they_are_said_to_be(encoder: Encoder) -> None:
    victim, examples = on_mini(encoder, "mini_qa", "qle", 30)
    chosen = attack("addsent")
    assert isinstance(chosen, Attack)
    scene = scene_for(victim, chosen, examples)
    for example in examples[:4]:
        search = chosen.search(example, scene)
        ask = next(search)
        assert ask.proposals
        for proposal in ask.proposals:
            made = proposal.example
            assert isinstance(made, Span)
            assert example.context in made.context
            assert made.question == example.question
            for answer in made.answers:
                assert made.context[answer.start : answer.start + len(answer.text)] == answer.text
            added = made.context.replace(example.context, "")
            assert not any(answer.text.casefold() in added.casefold() for answer in example.answers)
    right = right_examples(victim, "span", examples[:12])[:4]
    found = fight(victim, "addsent", right, budget=16)
    for one, row in zip(attacked(found), rows(victim, attacked(found), [None] * len(found)), strict=False):
        assert row["verified"] in ((True,) if one.fooled else (None,))


@pytest.mark.slow
def test_distractors_come_in_the_languages_that_are_named(encoder: Encoder) -> None:
    victim, examples = on_mini(encoder, "mini_qa", "qle", 30)
    chosen = attack("addsent")
    assert isinstance(chosen, Attack)

    def added(languages: str, example: Any) -> list[str]:
        scene = scene_for(victim, chosen, examples, settings={"languages": languages})  # type: ignore[arg-type]
        ask = next(chosen.search(example, scene), None)  # type: ignore[union-attr]
        made = [one.example.context for one in ask.proposals] if ask else []  # type: ignore[union-attr]
        return [text.replace(example.context, "").strip() for text in made]

    contexts = {
        code: " ".join(one.context for one in victim.task.read(mini(), "test", code))  # type: ignore[union-attr]
        for code in ("qle", "en", "qro")
    }
    for example in examples[:3]:
        third = added("qro", example)
        assert third
        assert all(sentence in contexts["qro"] for sentence in third)
        assert added("", example) == added("qle,en", example)
        assert set(added("qle,qro", example)) >= set(third)


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Encoder:
    """An encoder whose vocabulary has English words."""
    pairs = ingest_catalog.task("mini_nli").read(mini(), "dev", "en")
    texts = [one.first for one in pairs if isinstance(one, Pair)]
    return load_encoder(
        str(make_xlmr(tmp_path_factory.mktemp("reader"), texts, vocabulary=300, positions=128, **SHAPE))
    )


def test_a_trigger_is_found_on_english_and_stands_before_every_text(reader: Encoder) -> None:
    victim, examples = on_mini(reader, "mini_nli", "qle")
    chosen = attack("universal_trigger")
    assert isinstance(chosen, Attack)
    given: Any = {"examples": 8, "rounds": 1, "candidates": 3}
    scene = scene_for(victim, chosen, examples, settings=given)
    trigger = prepare(victim, scene)
    assert len(trigger.split()) == 3
    assert trigger == prepare(victim, scene)
    english = take(victim.task.read(mini(), "dev", "en"), 8)
    drawn = prepare(victim, scene_for(victim, chosen, examples, settings=given | {"rounds": 0}))

    def loss_with(words: str) -> float:
        texts: list[Any] = [replace(one, second=f"{words} {one.second}") for one in english]  # type: ignore[call-arg, union-attr]
        return float(np.mean([seen.loss for seen in victim.see(texts)]))

    assert drawn != trigger
    assert loss_with(trigger) > loss_with(drawn)
    found = fight(victim, "universal_trigger", examples, settings=given, memo={"trigger": trigger})
    for one in attacked(found):
        (first, same), (second, after) = texts(one)
        assert (same, after) == (first, f"{trigger} {second}")
        assert one.queries == 1


def test_candidates_are_the_words_that_the_masked_model_is_known_to_propose(
    encoder: Encoder, tiny_encoder: Path, tmp_path: Path
) -> None:
    likely = {"▁in": 3.0, "▁Die": 2.0, "▁the": 5.0}
    mlm = FixedMLM(masked_model(tmp_path, tiny_encoder, likely), "cpu")
    victim = victim_for(encoder, "pair")
    constant(victim, 0)
    english = [replace(PAIRS[0], first=text, label=0) for text in ("old boats", "the table")]
    given: Any = {"candidates": 3, "max_words": 1.0}
    more: Any = {"settings": given, "mlm": mlm, "fields": ("first",)}
    scene = scene_for(victim, attack("mlm_substitute"), english, **more)  # type: ignore[arg-type]
    proposed = []
    for example in english:
        search = attack("mlm_substitute").search(example, scene)  # type: ignore[union-attr]
        ask = next(search)
        while not ask.blanks:
            ask = search.send(Reply([0.0] * len(ask.proposals)))
        ask = search.send(Reply([], words=mlm.words(ask.blanks)))
        proposed.append([one.example.first for one in ask.proposals])  # type: ignore[union-attr]
    # Words are tried best first; the loss without them is the same, so in the order of the text. "the" is
    # what stands there already.
    assert proposed == [["the boats", "in boats", "Die boats"], ["in table", "Die table"]]
    for one in fight(victim, "mlm_substitute", english, **more):
        assert one.adversarial is not None
        changed = set(one.adversarial.first.split()) - set(one.example.first.split())  # type: ignore[union-attr]
        assert changed <= {"in", "Die", "the"}
        assert one.adversarial.second == one.example.second  # type: ignore[union-attr]


def test_an_encoder_without_a_language_model_head_is_refused(tiny_encoder: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no head for masked words"):
        FixedMLM(str(tiny_encoder), "cpu")
    for name, given in (("mlm_substitute", ()), ("worst_of_k", ("max_perplexity=2",))):
        with pytest.raises(UsageError, match="--mlm"):
            assaults(Order(attacks=(name,), tasks=("mini_nli",), given=given), None, place_in(tmp_path))  # type: ignore[arg-type]


@pytest.mark.slow
def test_no_attack_changes_a_gold_label_or_id(encoder: Encoder) -> None:
    victim, examples = on_mini(encoder, "mini_nli", "qle", 8)
    for name in ("greedy_char", "worst_of_k", "imperceptible", "polygloss", "hotflip"):
        for one in fight(victim, name, examples, budget=30):
            after = one.adversarial or one.example
            kept = [each.name for each in fields(after) if each.name in ("id", "label")]
            assert [getattr(after, each) for each in kept] == [getattr(one.example, each) for each in kept]
