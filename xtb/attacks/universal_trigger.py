"""A few tokens that mislead the model in front of any text, found on English and tried on every language."""

from collections.abc import Generator, Sequence

import numpy as np

from ingest.example import Example, Kind
from ingest.task import take
from xtb.adversarial.attack import Ask, Attack, Proposal, Reply, Scene, Settings, scored
from xtb.adversarial.original import Change, Original
from xtb.adversarial.pieces import Pieces, tokens
from xtb.adversarial.victim import Victim

ENGLISH = "en"


def fields(settings: Settings, kind: Kind) -> tuple[str, ...]:
    """What the trigger is put in front of: the second text of a pair, the question."""
    return ("second",) if kind == "pair" else ("question",)


def search(example: Example, scene: Scene) -> Generator[Ask, Reply, None]:
    """The text with the trigger in front."""
    yield from scored([_triggered(example, scene.fields, str(scene.memo["trigger"]))])


def prepare(victim: Victim, scene: Scene) -> str:
    """The trigger: words of the vocabulary, each in turn exchanged as the mean gradient says.

    It is found on English examples of the validation split where there is one, so that no test example
    is used twice.
    """
    split = next(
        (s for s in ("validation", "dev", scene.split) if ENGLISH in scene.task.splits.get(s, ())), ""
    )
    examples = take(scene.task.read(scene.source, split, ENGLISH), scene.count("examples")) if split else []
    pieces = Pieces(scene.inputs)
    words = [i for i in pieces.of_script("Latn", starts=True).tolist() if len(pieces.text(i)) > 1]
    if not examples or not words:
        return ""
    rng = np.random.default_rng(scene.seed)
    trigger = [words[i] for i in rng.integers(0, len(words), scene.count("tokens")).tolist()]
    height = _height(victim, scene, examples, pieces, trigger)
    for _ in range(scene.count("rounds")):
        before = list(trigger)
        for place in range(len(trigger)):
            for word in _candidates(victim, scene, examples, pieces, trigger, place, words):
                tried = [*trigger[:place], word, *trigger[place + 1 :]]
                loss = _height(victim, scene, examples, pieces, tried)
                if loss > height:
                    height, trigger = loss, tried
        if trigger == before:
            break
    return _written(pieces, trigger)


def _candidates(
    victim: Victim,
    scene: Scene,
    examples: Sequence[Example],
    pieces: Pieces,
    trigger: Sequence[int],
    place: int,
    words: Sequence[int],
) -> list[int]:
    """The words of largest ``E_v . mean gradient`` at a place of the trigger."""
    total = np.zeros(scene.embeddings.shape[1], np.float32)
    text = _written(pieces, trigger)
    noisy = [_triggered(example, scene.fields, text).example for example in examples]
    for example, steep in zip(noisy, victim.slopes(noisy), strict=True):
        original = Original(example, scene.fields)
        for token in tokens(scene.inputs, original, original.texts, steep):
            if token.number == place:
                total += token.gradient
    gains = scene.embeddings[list(words)] @ total
    return [words[i] for i in np.argsort(-gains, kind="stable")[: scene.count("candidates")].tolist()]


def _height(
    victim: Victim, scene: Scene, examples: Sequence[Example], pieces: Pieces, trigger: Sequence[int]
) -> float:
    """Mean loss of the examples with a trigger."""
    text = _written(pieces, trigger)
    seen = victim.see([_triggered(example, scene.fields, text).example for example in examples])
    return float(np.mean([one.loss for one in seen]))


def _written(pieces: Pieces, trigger: Sequence[int]) -> str:
    return " ".join(pieces.text(number) for number in trigger)


def _triggered(example: Example, names: Sequence[str], trigger: str) -> Proposal:
    made = Original(example, names).propose([Change(0, 0, 0, f"{trigger} ", len(trigger) + 1)])
    assert made is not None  # questions and second texts hold no answers
    return made


def lacks(scene: Scene) -> str | None:
    """Why there is no trigger."""
    if scene.memo.get("trigger"):
        return None
    return f"universal_trigger finds its words on English, which '{scene.task.name}' has not"


ATTACK = Attack(
    name="universal_trigger",
    access="gradient",
    definition=(
        "Put the same few English words in front of every text; they are found on English examples by the "
        "gradient, so that on other languages it is a measure of transfer."
    ),
    kinds=("pair", "span"),
    settings={"tokens": 3, "rounds": 3, "candidates": 10, "examples": 64},
    citation="Wallace et al. 2019 (Universal adversarial triggers)",
    search=search,
    fields=fields,
    lacks=lacks,
    prepare=prepare,
)
