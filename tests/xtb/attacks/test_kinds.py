"""Every attack against every kind of task it is defined for, from the stored text."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from ingest.example import Example, Span, Tags
from ingest.fields import noisy_fields
from tests.xtb.adversarial.battle import fight, right_examples, victim_for
from tests.xtb.toys import EXAMPLES
from xtb.adversarial.attack import Attack
from xtb.adversarial.catalog import attack, attack_names
from xtb.adversarial.original import Original
from xtb.adversarial.stored import rows
from xtb.encoder import Encoder

SMALL: dict[str, dict[str, Any]] = {
    "greedy_char": {"max_edit_rate": 0.5},
    "worst_of_k": {"k": 4, "severity": 5},
    "hotflip": {"beam": 2, "flips": 2},
    "imperceptible": {"population": 6, "iterations": 3},
    "bumblebee": {"embed": "de"},
}
MADE = sorted(
    (name, kind)
    for name in attack_names()
    if isinstance(chosen := attack(name), Attack) and name != "mlm_substitute"
    for kind in chosen.kinds
    if (name, kind) != ("addsent", "span")
)
"""test_attacks.py has mlm_substitute, which asks a model, and addsent with questions and distractors."""


def translated(example: Any) -> Any:
    """The toy in another language: every word is spelled backwards."""

    def turned(text: str) -> str:
        return " ".join(word[::-1] for word in text.split())

    values = {name: getattr(example, name) for name in noisy_fields([example])}
    return replace(
        example,
        **{
            name: turned(value) if isinstance(value, str) else tuple(turned(text) for text in value)
            for name, value in values.items()
        },
    )


def words(examples: Sequence[Example]) -> set[str]:
    """The words of texts in small letters."""
    originals = [Original(one, noisy_fields(examples)) for one in examples]
    cores = [(each, word.core) for each in originals for word in each.words]
    return {each.parts[core.part].text[core.start : core.end].lower() for each, core in cores if core}


@pytest.mark.slow
@pytest.mark.parametrize(("name", "kind"), MADE)
def test_each_attack_on_each_kind(encoder: Encoder, name: str, kind: str) -> None:
    read = {"en": list(EXAMPLES[kind]), "de": [translated(one) for one in EXAMPLES[kind]]}
    victim = victim_for(encoder, kind, read=lambda source, split, language: read[language])
    examples = right_examples(victim, kind)[:6]
    assert examples
    memo = {"trigger": "old boats", "lexicon": dict.fromkeys(words(examples), ("Haus", "Fluss"))}
    found = fight(victim, name, examples, settings=SMALL.get(name, {}), memo=memo, budget=120)
    assert all(not one.clean.fooled for one in found)
    assert any(one.adversarial is not None for one in found)
    for one, row in zip(found, rows(victim, found, [None] * len(found)), strict=True):
        assert row["queries"] <= 120
        if one.adversarial is None:
            continue
        assert row["original"] != row["adversarial"]
        assert row["verified"] in ((True,) if one.fooled else (None,))
        assert one.adversarial.id == one.example.id
        if isinstance(one.adversarial, Tags):
            assert len(one.adversarial.tokens) == len(one.adversarial.tags)
        if isinstance(one.adversarial, Span):
            for answer in one.adversarial.answers:
                assert one.adversarial.context[answer.start :].startswith(answer.text)
