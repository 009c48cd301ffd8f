"""Adversarial texts as rows: the fields that differ as JSON, and the example again from them."""

import json
from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Any

import polars as pl

from ingest.example import Answer, Example, Tags
from ingest.fields import FIELDS, KINDS
from warehouse.rows import ATTACK_OUTCOME
from xtb.adversarial.constraints import edits_between, size_of
from xtb.adversarial.distance import chrf
from xtb.adversarial.original import parts_of
from xtb.adversarial.search import Found
from xtb.adversarial.victim import Seen, Victim


def differing(before: Example, after: Example) -> list[str]:
    """Names of the fields in which two versions of an example differ."""
    return [each.name for each in fields(before) if getattr(before, each.name) != getattr(after, each.name)]


def as_json(example: Example, names: Sequence[str]) -> str:
    """Some fields of an example as JSON.

    >>> from ingest.example import Pair
    >>> as_json(Pair(id="1", first="a", second="b", label=0), ["second"])
    '{"second": "b"}'
    """
    values: dict[str, Any] = {}
    for name in names:
        value = getattr(example, name)
        if name == "answers":
            value = [{"text": answer.text, "start": answer.start} for answer in value]
        values[name] = value
    return json.dumps(values, ensure_ascii=False)


def restored(original: Example, stored: str) -> Example:
    """The example that ``as_json`` wrote, on top of its original."""
    values: dict[str, Any] = json.loads(stored)
    for name, value in values.items():
        if name == "answers":
            values[name] = tuple(Answer(**answer) for answer in value)
        elif isinstance(value, list):
            values[name] = tuple(value)
    return replace(original, **values)


def verified(victim: Victim, found: Sequence[Found]) -> dict[str, Seen]:
    """What a fresh forward pass makes of the stored text of each success, by example id."""
    won = [one for one in found if one.fooled and one.adversarial is not None]
    again = []
    for one in won:
        assert one.adversarial is not None
        stored = as_json(one.adversarial, differing(one.example, one.adversarial))
        again.append(restored(one.example, stored))
    return {one.example.id: seen for one, seen in zip(won, victim.see(again), strict=True)}


def rows(victim: Victim, found: Sequence[Found], similarity: Sequence[float | None]) -> list[dict[str, Any]]:
    """The columns of ``attack_outcome`` beside its key, for the results of a search or a replay."""
    fresh = verified(victim, found)
    before = _inputs(victim, [one.example for one in found])
    after = _inputs(victim, [one.adversarial or one.example for one in found])
    made = []
    for one, cosine, ids, noisy in zip(found, similarity, before, after, strict=True):
        check = fresh.get(one.example.id)
        made.append(
            {
                "example_id": one.example.id,
                "clean_right": not one.clean.fooled,
                "fooled": one.fooled,
                "verified": None if check is None else check.fooled,
                "clean_correct": one.clean.outcome.correct,
                "clean_exact": one.clean.outcome.exact,
                "clean_prediction": one.clean.outcome.prediction,
                "clean_loss": one.clean.loss,
                "queries": one.queries,
                **_adversarial(one, cosine, noisy != ids),
            }
        )
    return made


def _adversarial(one: Found, similarity: float | None, token_changed: bool) -> dict[str, Any]:
    """What is known of the adversarial text, if there is one."""
    if one.adversarial is None or one.seen is None:
        return {}
    names = differing(one.example, one.adversarial)
    texts = [name for name in FIELDS[KINDS[type(one.example)]] if name in names]
    old = [part.text for part in parts_of(one.example, texts)]
    new = [part.text for part in parts_of(one.adversarial, texts)]
    edits = edits_between(old, new)
    return {
        "adversarial_correct": one.seen.outcome.correct,
        "adversarial_exact": one.seen.outcome.exact,
        "adversarial_prediction": one.seen.outcome.prediction,
        "adversarial_loss": one.seen.loss,
        "edits": edits,
        "edit_rate": edits / max(size_of(old), 1),
        "chrf": chrf(new, old),
        "similarity": similarity,
        "token_changed": token_changed,
        "unedited_flipped": _unedited_flipped(one),
        "original": as_json(one.example, names),
        "adversarial": as_json(one.adversarial, names),
    }


def _unedited_flipped(one: Found) -> bool | None:
    """Tags: is there a word that was not edited, but is tagged otherwise? None where words came or went."""
    before, after = one.example, one.adversarial
    if not isinstance(before, Tags) or not isinstance(after, Tags) or one.seen is None:
        return None
    if len(before.tokens) != len(after.tokens):
        return None
    tags = zip(one.clean.outcome.prediction.split(" "), one.seen.outcome.prediction.split(" "), strict=True)
    words = zip(before.tokens, after.tokens, tags, strict=True)
    return any(old == new and said != says for old, new, (said, says) in words)


def _inputs(victim: Victim, examples: Sequence[Example]) -> list[list[bytes]]:
    """The token ids of each example's rows."""
    ids: list[list[bytes]] = [[] for _ in examples]
    for feature in victim.features(examples):
        ids[feature.example] += [row.ids.tobytes() for row in feature.rows]
    return ids


def frame(key: dict[str, Any], made: Sequence[dict[str, Any]]) -> pl.DataFrame:
    """Rows of the table ``attack_outcome``."""
    columns = ATTACK_OUTCOME.schema
    return pl.DataFrame([{name: (key | row).get(name) for name in columns} for row in made], schema=columns)
