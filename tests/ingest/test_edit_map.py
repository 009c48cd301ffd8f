"""Edit maps: where positions go, and that two in a row are one."""

from hypothesis import given
from hypothesis import strategies as st

from ingest.edit_map import Edit, EditMap


def test_a_start_moves_past_an_insertion_and_an_end_stays_before_it() -> None:
    inserted = EditMap((Edit(3, 3, 3, 5),))
    assert inserted.start(3) == 5
    assert inserted.end(3) == 3


@st.composite
def edited(draw: st.DrawFn, text: str) -> tuple[str, EditMap]:
    """A text after random edits, and their map."""
    cuts = sorted(draw(st.lists(st.integers(0, len(text)), max_size=6)))
    cuts = cuts[: len(cuts) // 2 * 2]
    out, at, edits = "", 0, []
    for start, end in zip(cuts[::2], cuts[1::2], strict=True):
        new = draw(st.text("xyz", max_size=3))
        out += text[at:start]
        edits.append(Edit(start, end, len(out), len(out) + len(new)))
        out += new
        at = end
    return out + text[at:], EditMap(tuple(edits))


@given(st.data(), st.text("abcdef", max_size=12))
def test_two_maps_in_a_row_are_one(data: st.DataObject, text: str) -> None:
    middle, first = data.draw(edited(text))
    last, second = data.draw(edited(middle))
    both = first.then(second)
    at, rebuilt = 0, ""
    for edit in both.edits:  # what lies between the edits is the same text
        rebuilt += text[at : edit.old_start]
        assert len(rebuilt) == edit.new_start
        rebuilt += last[edit.new_start : edit.new_end]
        at = edit.old_end
    assert rebuilt + text[at:] == last


@given(st.data(), st.text("abcdef", min_size=3, max_size=12))
def test_untouched_spans_go_where_both_maps_send_them(data: st.DataObject, text: str) -> None:
    middle, first = data.draw(edited(text))
    _, second = data.draw(edited(middle))
    both = first.then(second)
    for start in range(len(text)):
        for end in range(start + 1, len(text) + 1):
            if all(e.old_end <= start or e.old_start >= end for e in first.edits):
                a, b = first.start(start), first.end(end)
                if all(e.old_end <= a or e.old_start >= b for e in second.edits):
                    assert (both.start(start), both.end(end)) == (second.start(a), second.end(b))
