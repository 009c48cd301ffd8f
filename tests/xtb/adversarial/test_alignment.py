"""Words of parallel texts find each other."""

from xtb.adversarial.alignment import links, model1, phrases

PAIRS = [
    ("das haus", "the house"),
    ("das buch", "the book"),
    ("ein buch", "a book"),
    ("ein haus", "a house"),
]


def test_words_that_come_together_are_linked_whatever_their_order() -> None:
    pairs = [(source.split(), target.split()[::-1]) for source, target in PAIRS]
    forward, backward = model1(pairs), model1([(target, source) for source, target in pairs])
    assert forward["buch"]["book"] > 0.7
    assert abs(sum(forward["das"].values()) - 1) < 1e-9
    assert links(["das", "buch"], ["book", "the"], forward, backward) == {(0, 1), (1, 0)}


def test_one_round_of_model_1_worked_out_by_hand() -> None:
    # Uniform start: every word of the first pair counts 1/2 for each word of the other side.
    table = model1([(["a", "b"], ["x", "y"]), (["a"], ["x"])], rounds=1)
    assert table["a"] == {"x": 1.5 / 2, "y": 0.5 / 2}
    assert table["b"] == {"x": 0.5, "y": 0.5}


def test_phrases_take_nothing_from_outside() -> None:
    assert phrases(2, {(0, 1), (1, 0)}, 2) == [(0, 0, 1, 1), (0, 1, 0, 1), (1, 1, 0, 0)]
    assert phrases(3, {(0, 0), (2, 1), (0, 2)}, 3) == [
        (0, 2, 0, 2),
        (1, 2, 1, 1),  # a word that is aligned with nothing may come along
        (2, 2, 1, 1),
    ]
