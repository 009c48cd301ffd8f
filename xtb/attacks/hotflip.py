"""Token flips along the gradient, kept only where the text that is written gives the very ids again."""

from collections.abc import Generator, Sequence
from typing import NamedTuple

import numpy as np

from ingest.example import Example
from xtb.adversarial.attack import Ask, Attack, Proposal, Reply, Scene, scored, slopes
from xtb.adversarial.original import Change, Original, replaced
from xtb.adversarial.pieces import Pieces, Token, located, tokens


class Flip(NamedTuple):
    """A token that becomes another piece, and how much the loss should grow by that."""

    token: Token
    piece: int
    gain: float


def search(example: Example, scene: Scene) -> Generator[Ask, Reply, None]:
    """A beam of texts; each round flips one more token of each."""
    original = Original(example, scene.fields)
    pieces: Pieces = scene.once("pieces", lambda: Pieces(scene.inputs))
    width = scene.count("beam")
    beam: list[tuple[Change, ...]] = [()]
    for _ in range(scene.count("flips")):
        examples = [_example(original, changes) for changes in beam]
        known = yield from slopes([one for one in examples if one is not None])
        tried: dict[tuple[Change, ...], Proposal] = {}
        for changes, steep in zip(beam, known, strict=True):
            texts = _texts(original, changes)
            free = [
                token
                for token in tokens(scene.inputs, original, texts, steep)
                if not original.protected(token.part, token.start, token.end)
                and not any(change.part == token.part and change.start == token.start for change in changes)
            ]
            tried |= _written(scene, original, pieces, changes, flips(free, pieces, scene, 5 * width), width)
        losses = yield from scored(list(tried.values()))
        ranked = sorted(zip(losses, tried, strict=True), key=lambda pair: -pair[0])
        beam = [changes for loss, changes in ranked[:width] if np.isfinite(loss)]
        if not beam:
            return


def flips(free: Sequence[Token], pieces: Pieces, scene: Scene, most: int) -> list[Flip]:
    """The flips of largest ``(E_v - E_x) . dL/dE_x`` (Ebrahimi et al., 2018, eq. 10), best first.

    Pieces are exchanged for pieces of the same script and word-start flag.
    """
    found: list[Flip] = []
    size = min(len(pieces.group), len(scene.embeddings))
    for token in free:
        group = pieces.group[token.id]
        if group < 0:
            continue
        same = np.flatnonzero(pieces.group[:size] == group)
        same = same[same != token.id]
        gains = (scene.embeddings[same] - scene.embeddings[token.id]) @ token.gradient
        best = np.argsort(-gains, kind="stable")[:most]
        found += [Flip(token, int(same[i]), float(gains[i])) for i in best]
    return sorted(found, key=lambda flip: -flip.gain)[:most]


def _written(
    scene: Scene,
    original: Original,
    pieces: Pieces,
    changes: tuple[Change, ...],
    best: Sequence[Flip],
    width: int,
) -> dict[tuple[Change, ...], Proposal]:
    """The texts of the best flips whose ids, tokenised anew, are those that were meant."""
    made: dict[tuple[Change, ...], Proposal] = {}
    for flip in best:
        token = flip.token
        edits = max(token.end - token.start, len(pieces.text(flip.piece)))
        change = Change(token.part, token.start, token.end, pieces.text(flip.piece), edits)
        both = tuple(sorted((*changes, change)))
        before = located(scene.inputs, original, _texts(original, changes))[token.part]
        after = located(scene.inputs, original, _texts(original, both))[token.part]
        meant = [*before.ids[: token.number], flip.piece, *before.ids[token.number + 1 :]]
        proposal = original.propose(both) if after.ids.tolist() == meant else None
        if proposal is not None:
            made[both] = proposal
        if len(made) == width:
            break
    return made


def _texts(original: Original, changes: Sequence[Change]) -> list[str]:
    """The texts of all parts after changes."""
    return [
        replaced(part.text, sorted(change for change in changes if change.part == at))
        for at, part in enumerate(original.parts)
    ]


def _example(original: Original, changes: Sequence[Change]) -> Example | None:
    proposal = original.propose(changes)
    return None if proposal is None else proposal.example


ATTACK = Attack(
    name="hotflip",
    access="gradient",
    definition=(
        "Flip tokens to the pieces of the same script and word-start flag that the gradient says raise the "
        "loss most, with a beam; only where tokenising the written text gives the flipped ids."
    ),
    settings={"beam": 10, "flips": 2},
    citation="Ebrahimi et al. 2018 (HotFlip); beam 10 and 2 words as in TextAttack's recipe",
    search=search,
)
