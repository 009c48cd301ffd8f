"""Running the searches of many examples side by side, under a budget of queries.

A query is one forward example: a text that is scored, a probe, or a gradient. The clean text and the fresh
pass that verifies a success are not counted. Queries are counted in the order in which a search
proposes them, and a search ends at its first success; so what a budget of 100 finds, a budget of
500 finds after the same number of queries, and success within Q queries can only grow with Q.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from ingest.example import Example
from xtb.adversarial.attack import REFUSED, Ask, Attack, Proposal, Reply, Scene, Search
from xtb.adversarial.constraints import Constraints, Keeper
from xtb.adversarial.original import Original
from xtb.adversarial.victim import Seen, Victim

Alike = Callable[[Sequence[tuple[Example, Example]]], Sequence[bool]]
"""For pairs of an original and a candidate: are they alike enough?"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """How the search for one example ended.

    Attributes:
        example: as it was.
        clean: what the model makes of it.
        adversarial: the text that fooled the model, else that of the highest loss; None where nothing
            was scored, and where the model is wrong on the clean text, which is not attacked.
        seen: what the model makes of that.
        queries: spent until success or the end.
    """

    example: Example
    clean: Seen
    adversarial: Example | None = None
    seen: Seen | None = None
    queries: int = 0

    @property
    def fooled(self) -> bool:
        """Did the search find a text that fools the model?"""
        return self.seen is not None and self.seen.fooled


@dataclass(slots=True)
class _State:
    """A search under way; ``asked`` are the proposals that are scored, with their places in ``ask``."""

    original: Original
    clean: Seen
    search: Search
    keeper: Keeper
    ask: Ask | None = None
    asked: list[tuple[int, Proposal]] = field(default_factory=list)
    queries: int = 0
    best: tuple[Example, Seen] | None = None

    def found(self) -> Found:
        example, seen = self.best or (None, None)
        return Found(
            example=self.original.example,
            clean=self.clean,
            adversarial=example,
            seen=seen,
            queries=self.queries,
        )


def attack_examples(
    victim: Victim,
    attack: Attack,
    scene: Scene,
    examples: Sequence[Example],
    *,
    budget: int,
    alike: Sequence[Alike] = (),
) -> list[Found]:
    """Attacks examples; each one's result depends on the others only by the rounding of batches.

    Args:
        victim: the model.
        attack: how.
        scene: what its searches know.
        examples: to attack.
        budget: most queries an example.
        alike: judgements of models that are not the victim; candidates that fail one are not scored and
            cost nothing.
    """
    constraints = Constraints.of(scene.settings)
    states: list[_State | None] = []
    clean = victim.see(examples)
    for example, seen in zip(examples, clean, strict=True):
        if seen.fooled:
            states.append(None)
            continue
        original = Original(example, scene.fields)
        search = attack.search(example, scene)
        states.append(_State(original, seen, search, constraints.keeper(original)))
    live = [state for state in states if state is not None and _begin(state)]
    while live:
        _select(live, budget, alike)
        live = _round(victim, scene, live, budget)
    return [
        Found(example=example, clean=seen) if state is None else state.found()
        for example, seen, state in zip(examples, clean, states, strict=True)
    ]


def _begin(state: _State) -> bool:
    state.ask = next(state.search, None)
    return state.ask is not None


def _select(live: Sequence[_State], budget: int, alike: Sequence[Alike]) -> None:
    """Choose what is scored of what each search asks: what keeps its constraints, within its budget."""
    for state in live:
        assert state.ask is not None
        asked = list(enumerate(state.ask.proposals))
        if not (state.ask.probe or state.ask.gradient):
            asked = [(place, one) for place, one in asked if state.keeper.keeps(one)]
        state.asked = asked
    judged = [state for state in live if state.ask and not (state.ask.probe or state.ask.gradient)]
    for judgement in alike:
        pairs = [(state.original.example, one.example) for state in judged for _, one in state.asked]
        answers = iter(judgement(pairs))
        for state in judged:
            state.asked = [each for each in state.asked if next(answers)]
    for state in live:
        state.asked = state.asked[: budget - state.queries]


def _round(victim: Victim, scene: Scene, live: Sequence[_State], budget: int) -> list[_State]:
    """Score what was selected; returns the searches that go on."""
    blanks = [blank for state in live if state.ask is not None for blank in state.ask.blanks]
    words = iter(scene.mlm.words(blanks) if scene.mlm is not None else [[] for _ in blanks])
    scoring = [state for state in live if state.ask is not None and not state.ask.gradient]
    climbing = [state for state in live if state.ask is not None and state.ask.gradient]
    seen = iter(victim.see([one.example for state in scoring for _, one in state.asked]))
    steep = iter(victim.slopes([one.example for state in climbing for _, one in state.asked]))
    going = []
    for state in live:
        assert state.ask is not None
        if state.ask.blanks:
            reply = Reply([], words=[next(words) for _ in state.ask.blanks])
        elif state.ask.gradient:
            slopes = [next(steep) for _ in state.asked]
            state.queries += len(slopes)
            missing = len(state.ask.proposals) - len(slopes)
            reply = Reply([], [*slopes, *([[]] * missing)])
        else:
            mine = [next(seen) for _ in state.asked]
            if _take(state, mine):
                state.search.close()
                continue
            reply = _reply(state, mine)
        if state.queries >= budget:
            state.search.close()
            continue
        try:
            state.ask = state.search.send(reply)
        except StopIteration:
            continue
        going.append(state)
    return going


def _take(state: _State, seen: Sequence[Seen]) -> bool:
    """Count queries and note the best; True at the first success."""
    assert state.ask is not None
    for (_, proposal), one in zip(state.asked, seen, strict=True):
        state.queries += 1
        if state.ask.probe:
            continue
        if one.fooled or state.best is None or one.loss > state.best[1].loss:
            state.best = proposal.example, one
        if one.fooled:
            return True
    return False


def _reply(state: _State, seen: Sequence[Seen]) -> Reply:
    assert state.ask is not None
    losses = [REFUSED] * len(state.ask.proposals)
    for (place, _), one in zip(state.asked, seen, strict=True):
        losses[place] = one.loss
    return Reply(losses)
