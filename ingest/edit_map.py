"""What a perturbation did to one text: edits in code points of the old and the new text, and maps of them.

A map takes the ends of a span (an answer, a word to highlight) from the old text to the new one. The
start of a span moves past what is inserted at its left edge, the end stays before what is inserted at
its right edge. Maps compose: two perturbations in a row are one map.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Edit:
    """``old[old_start:old_end]`` became ``new[new_start:new_end]``; an insertion has an empty old side."""

    old_start: int
    old_end: int
    new_start: int
    new_end: int


@dataclass(frozen=True, slots=True)
class EditMap:
    """The edits of one text, ascending and without overlap.

    >>> cut = EditMap((Edit(0, 2, 0, 0),))  # "an answer" -> " answer"
    >>> cut.start(3), cut.end(9)
    (1, 7)
    """

    edits: tuple[Edit, ...] = ()

    def start(self, position: int) -> int:
        """New place of a position that starts a span."""
        shift = 0
        for edit in self.edits:
            if edit.old_end > position:
                break
            shift = edit.new_end - edit.old_end
        return position + shift

    def end(self, position: int) -> int:
        """New place of a position that ends a span."""
        shift = 0
        for edit in self.edits:
            if edit.old_start >= position:
                break
            shift = edit.new_end - edit.old_end
        return position + shift

    def then(self, later: "EditMap") -> "EditMap":
        """The map of these edits followed by others of the resulting text.

        Edits that overlap in the text between become one.
        """
        steps = [_Step(edit.new_start, edit.new_end, 0, edit) for edit in self.edits]
        steps += [_Step(edit.old_start, edit.old_end, 1, edit) for edit in later.edits]
        steps.sort(key=lambda step: (step.low, step.high, step.turn))
        merged: list[Edit] = []
        old = new = 0  # how much longer the text between is than the old one, and the new one than it
        at = 0
        while at < len(steps):
            low, high = steps[at].low, steps[at].high
            group = [steps[at]]
            while at + len(group) < len(steps) and steps[at + len(group)].low < high:
                group.append(steps[at + len(group)])
                high = max(high, group[-1].high)
            start = (low - old, low + new)
            old += sum(step.growth for step in group if step.turn == 0)
            new += sum(step.growth for step in group if step.turn == 1)
            merged.append(Edit(start[0], high - old, start[1], high + new))
            at += len(group)
        return EditMap(tuple(merged))

    def joined(self) -> "EditMap":
        """The same with edits that touch on both sides made one, for showing."""
        out: list[Edit] = []
        for edit in self.edits:
            if out and out[-1].old_end == edit.old_start and out[-1].new_end == edit.new_start:
                out[-1] = Edit(out[-1].old_start, edit.old_end, out[-1].new_start, edit.new_end)
            else:
                out.append(edit)
        return EditMap(tuple(out))


@dataclass(frozen=True, slots=True)
class _Step:
    """An edit seen from the text between: which stretch of it was written (turn 0) or replaced (turn 1)."""

    low: int
    high: int
    turn: int
    edit: Edit

    @property
    def growth(self) -> int:
        """How much longer the new side is than the old."""
        return (self.edit.new_end - self.edit.new_start) - (self.edit.old_end - self.edit.old_start)
