"""A victim and a scene on the toys, for tests of searches."""

import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch

from ingest.example import Answer, Choice, Example, Pair, Retrieval, Span, Tags
from ingest.fields import noisy_fields
from tests.xtb.toys import EXAMPLES, POOL, toy_task
from tests.xtb.workshop import mini
from xtb.adversarial.attack import Attack, Scene, Value
from xtb.adversarial.catalog import attack
from xtb.adversarial.search import Found, attack_examples
from xtb.adversarial.victim import Victim
from xtb.encoder import Encoder
from xtb.model import TaskModel, build_model


def victim_for(encoder: Encoder, kind: Any, goal: str = "", **task: Any) -> Victim:
    toy = toy_task(kind, **task)
    pool = POOL if kind == "retrieval" else ()
    return Victim(build_model(encoder, toy, seed=3), toy, "en", pool=pool, goal=goal)


def right_examples(victim: Victim, kind: str, given: Sequence[Example] = ()) -> list[Example]:
    """Examples, or the toys, with what the model says as gold; without those of which it says nothing."""
    examples: list[Any] = list(given or EXAMPLES[kind])
    if kind == "pair":  # the task may have fewer labels than the toys
        examples = [replace(example, label=0) for example in examples]
    said = [seen.outcome.prediction for seen in victim.see(examples)]
    made = [_as_said(victim, example, text) for example, text in zip(examples, said, strict=True)]
    return [example for example in made if example is not None]


def _as_said(victim: Victim, example: Example, said: str) -> Example | None:
    match example:
        case Pair():
            return replace(example, label=victim.task.labels.index(said))
        case Choice():
            return replace(example, label=int(said))
        case Tags():
            tags = tuple(said.split(" "))
            return replace(example, tags=tags) if any(tag != "O" for tag in tags) else None
        case Span():
            answer = Answer(text=said, start=example.context.find(said))
            return replace(example, answers=(answer,)) if said else None
        case Retrieval():
            return replace(example, positives=(said.split(" ")[0],))
    return None


def scene_for(victim: Victim, chosen: Attack, examples: Sequence[Example], **more: Any) -> Scene:
    given: dict[str, Value] = more.pop("settings", {})
    settings = {**chosen.settings, **given}
    model: TaskModel = victim.model
    kind = victim.task.kind
    return Scene(
        attack=chosen.name,
        task=victim.task,
        split="test",
        language=victim.language,
        seed=more.pop("seed", 0),
        settings=settings,
        fields=more.pop("fields", None) or chosen.fields(settings, kind) or noisy_fields(examples),
        examples=examples,
        source=more.pop("source", mini()),
        limit=None,
        inputs=model.inputs,
        embeddings=model.encoder.get_input_embeddings().weight.detach().numpy(),  # type: ignore[operator]
        mlm=more.pop("mlm", None),
        translate=more.pop("translate", None),
        memo=more.pop("memo", {}),
    )


def fight(
    victim: Victim, name: str, examples: Sequence[Example], *, budget: int = 200, **more: Any
) -> list[Found]:
    chosen = attack(name)
    assert isinstance(chosen, Attack)
    scene = scene_for(victim, chosen, examples, **more)
    return attack_examples(victim, chosen, scene, examples, budget=budget)


def constant(victim: Victim, label: int) -> None:
    """Make a model of pairs give one label whatever it reads."""
    out: Any = victim.model.layer.out
    with torch.no_grad():
        out.weight.zero_()
        out.bias.zero_()
        out.bias[label] = 1.0


def masked_model(folder: Path, encoder: Path, likely: Mapping[str, float] | None = None) -> str:
    """A masked language model with the tokenizer of an encoder, in a folder.

    Its weights are random; given ``likely``, pieces and their scores, it proposes these whatever it reads:
    its logits are its bias, 0 for all other pieces. Pieces that the tokenizer lacks are added to it.
    """
    from transformers import XLMRobertaConfig, XLMRobertaForMaskedLM

    tokenizer = json.loads((encoder / "tokenizer.json").read_text())
    pieces = [piece for piece, _ in tokenizer["model"]["vocab"]]
    new = [piece for piece in likely or () if piece not in pieces]
    tokenizer["model"]["vocab"] += [[piece, -1.0] for piece in new]
    config = XLMRobertaConfig(**json.loads((encoder / "config.json").read_text()))
    config.vocab_size += len(new)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(1)
        model: Any = XLMRobertaForMaskedLM(config)
    if likely is not None:
        with torch.no_grad():
            model.lm_head.layer_norm.weight.zero_()
            model.lm_head.layer_norm.bias.zero_()
            for piece, score in likely.items():
                model.lm_head.bias[[*pieces, *new].index(piece)] = score
    model.save_pretrained(folder)
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer))
    shutil.copy(encoder / "tokenizer_config.json", folder / "tokenizer_config.json")
    return str(folder)
